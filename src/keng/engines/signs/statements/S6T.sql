-- Debits between midnight and `until_hour`, Vietnam time, among all debits.
WITH many AS MATERIALIZED (
  SELECT src, count(*) AS debits, count(*) FILTER ((us + 25200000000) % 86400000000 < $until_hour * 3600000000) AS night
  FROM moves GROUP BY src
  HAVING count(*) >= $debits
    AND 100 * count(*) FILTER ((us + 25200000000) % 86400000000 < $until_hour * 3600000000) >= $night_percent * count(*)
), rows AS (
  SELECT src, list(transfer_id ORDER BY us, transfer_id) AS ids
  FROM moves SEMI JOIN many USING (src) WHERE (us + 25200000000) % 86400000000 < $until_hour * 3600000000 GROUP BY src
)
SELECT a.record_id AS subject, m.night, m.debits, 100 * m.night // m.debits AS percent, $until_hour AS until_hour,
  CAST(r.ids[:50] AS VARCHAR[]) AS behind, m.night AS behind_total
FROM many AS m
JOIN rows AS r USING (src)
JOIN accounts AS a ON a.key = m.src
