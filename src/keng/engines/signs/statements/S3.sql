-- Credits of which so much leaves so soon, from so many senders within so long, of which next to nothing stays.
-- A credit is quick if the debits from its moment on reach `gone_percent` of it within `gone_minutes`. The account's window is
-- the one, ending with a quick credit, in which quick credits came from most senders (the earliest of these).
-- `dense` and `suspects` let through what may hold: so many credits within so long, each with some debit soon after it.
WITH dense AS MATERIALIZED (
  SELECT DISTINCT dst AS account FROM (
    SELECT dst FROM moves
    QUALIFY lead(us, $senders - 1) OVER (PARTITION BY dst ORDER BY us) - us <= $within_hours * 3600000000
  )
), answered AS (
  SELECT account, us, debit, min(CASE WHEN debit THEN us END)
    OVER (PARTITION BY account ORDER BY us DESC, debit DESC ROWS UNBOUNDED PRECEDING) AS next_debit
  FROM (
    SELECT dst AS account, us, FALSE AS debit FROM moves WHERE dst IN (FROM dense)
    UNION ALL
    SELECT src, us, TRUE FROM moves WHERE src IN (FROM dense)
  )
), suspects AS MATERIALIZED (
  SELECT DISTINCT account FROM (
    SELECT account, us FROM answered WHERE NOT debit AND next_debit - us <= $gone_minutes * 60000000
  ) QUALIFY lead(us, $senders - 1) OVER (PARTITION BY account ORDER BY us) - us <= $within_hours * 3600000000
), events AS MATERIALIZED (
  SELECT dst AS account, src AS other, transfer_id, amount, us, FALSE AS debit FROM moves WHERE dst IN (FROM suspects)
  UNION ALL
  SELECT src, dst, transfer_id, amount, us, TRUE FROM moves WHERE src IN (FROM suspects)
), summed AS MATERIALIZED (
  SELECT *, CAST(sum(CASE WHEN debit THEN amount ELSE 0 END)
    OVER (PARTITION BY account ORDER BY us, debit, transfer_id ROWS UNBOUNDED PRECEDING) AS BIGINT) AS out_so_far
  FROM events
), quick AS MATERIALIZED (
  SELECT c.account, c.other, c.transfer_id, c.amount, c.us, d.us - c.us AS took
  FROM (SELECT *, out_so_far + ($gone_percent * amount + 99) // 100 AS wanted_out FROM summed WHERE NOT debit) AS c
  ASOF JOIN (SELECT account, out_so_far, us FROM summed WHERE debit) AS d
    ON d.account = c.account AND d.out_so_far >= c.wanted_out
  WHERE d.us - c.us <= $gone_minutes * 60000000
), windows AS (
  SELECT account, us AS last_us, count(DISTINCT other) OVER span AS senders, min(us) OVER span AS first_us
  FROM quick
  WINDOW span AS (PARTITION BY account ORDER BY us RANGE BETWEEN {within_us} PRECEDING AND CURRENT ROW)
), best AS MATERIALIZED (
  SELECT account, senders, first_us, last_us FROM windows WHERE senders >= $senders
  QUALIFY row_number() OVER (PARTITION BY account ORDER BY senders DESC, last_us) = 1
), flows AS (
  SELECT e.account, sum(e.amount) FILTER (NOT e.debit) AS came, coalesce(sum(e.amount) FILTER (e.debit), 0) AS went,
    list(e.transfer_id ORDER BY e.us, e.transfer_id) FILTER (e.debit) AS sent
  FROM events AS e JOIN best AS b ON b.account = e.account AND e.us BETWEEN b.first_us AND b.last_us + $gone_minutes * 60000000
  GROUP BY e.account
), taken AS (
  SELECT q.account, count(*) AS credits, sum(q.amount) AS received, max(q.took) AS took,
    list(q.transfer_id ORDER BY q.us, q.transfer_id) AS got
  FROM quick AS q JOIN best AS b ON b.account = q.account AND q.us BETWEEN b.first_us AND b.last_us
  GROUP BY q.account
)
SELECT a.record_id AS subject, b.senders, t.credits, CAST(t.received AS BIGINT) AS received,
  greatest(1, (b.last_us - b.first_us + 3599999999) // 3600000000) AS hours,
  greatest(1, (t.took + 59999999) // 60000000) AS minutes,
  least(100, CAST(100 * f.went // f.came AS BIGINT)) AS out_percent,
  CAST(list_concat(t.got[:25], f.sent[:25]) AS VARCHAR[]) AS behind, len(t.got) + len(f.sent) AS behind_total
FROM best AS b
JOIN flows AS f USING (account)
JOIN taken AS t USING (account)
JOIN accounts AS a ON a.key = b.account
WHERE 100 * f.went >= (100 - $left_percent) * f.came
