-- What an account received beside the accounts of people of the same ten years of birth, province and job.
WITH came AS (
  SELECT dst, CAST(sum(amount) AS BIGINT) AS received, count(*) AS credits FROM moves GROUP BY dst
), placed AS MATERIALIZED (
  SELECT c.*, a.record_id, (year(a.date_of_birth) // 10, a.province_code, a.occupation) AS peer_group
  FROM came AS c JOIN accounts AS a ON a.key = c.dst
  WHERE a.date_of_birth IS NOT NULL
), high AS (
  SELECT peer_group, count(*) AS peers, quantile_disc(received, $high_percent / 100) AS high FROM placed GROUP BY peer_group
), above AS MATERIALIZED (
  SELECT p.dst, p.record_id, p.received, p.credits, h.high, h.peers
  FROM placed AS p JOIN high AS h USING (peer_group)
  WHERE h.peers >= $peers AND p.received >= $times * h.high
), rows AS (
  SELECT dst, list(transfer_id ORDER BY us, transfer_id) AS ids FROM moves SEMI JOIN above USING (dst) GROUP BY dst
)
SELECT a.record_id AS subject, a.received, a.received // a.high AS times, a.peers,
  CAST(r.ids[:50] AS VARCHAR[]) AS behind, a.credits AS behind_total
FROM above AS a JOIN rows AS r USING (dst)
