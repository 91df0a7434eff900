-- The first waking after so long a silence with so many credits of so much within 24 hours.
-- A silence lies between two transfers of the file: what was before the file is not known.
WITH dense AS MATERIALIZED (
  SELECT DISTINCT dst AS account FROM (
    SELECT dst FROM moves QUALIFY lead(us, $credits - 1) OVER (PARTITION BY dst ORDER BY us) - us <= 86400000000
  )
), silences AS MATERIALIZED (
  SELECT account, us, silent FROM (
    SELECT account, us, us - lag(us) OVER (PARTITION BY account ORDER BY us) AS silent FROM (
      SELECT dst AS account, us FROM moves WHERE dst IN (FROM dense)
      UNION ALL
      SELECT src, us FROM moves WHERE src IN (FROM dense)
    )
  ) WHERE silent >= $quiet_days * 86400000000
), woken AS (
  SELECT s.account, s.us, any_value(s.silent) AS silent, count(*) AS credits, CAST(sum(m.amount) AS BIGINT) AS received,
    list(m.transfer_id ORDER BY m.us, m.transfer_id) AS ids
  FROM silences AS s JOIN moves AS m ON m.dst = s.account AND m.us BETWEEN s.us AND s.us + 86400000000
  GROUP BY s.account, s.us
  HAVING count(*) >= $credits AND sum(m.amount) >= $least_received
)
SELECT a.record_id AS subject, w.silent // 86400000000 AS quiet_days, w.credits, w.received,
  CAST(w.ids[:50] AS VARCHAR[]) AS behind, w.credits AS behind_total
FROM woken AS w JOIN accounts AS a ON a.key = w.account
QUALIFY row_number() OVER (PARTITION BY w.account ORDER BY w.us) = 1
