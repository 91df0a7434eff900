-- Numbers of papers of one length that follow each other closely among the SIMs of one day.
WITH numbers AS (
  SELECT DISTINCT opened, length(holder_id) AS digits, CAST(holder_id AS BIGINT) AS number
  FROM sims WHERE opened IS NOT NULL AND regexp_full_match(holder_id, '[0-9]{9}|[0-9]{12}')
), parted AS (
  SELECT *, coalesce(number - lag(number) OVER near > $step, TRUE) AS starts
  FROM numbers WINDOW near AS (PARTITION BY opened, digits ORDER BY number)
), chained AS (
  SELECT *, sum(CAST(starts AS INTEGER)) OVER (PARTITION BY opened, digits ORDER BY number ROWS UNBOUNDED PRECEDING) AS chain
  FROM parted
), chains AS (
  SELECT opened, digits, chain, count(*) AS length, min(number) AS first_number, max(number) AS last_number
  FROM chained GROUP BY ALL HAVING count(*) >= $chain
), members AS (
  SELECT s.record_id, c.opened, c.length, c.digits, c.first_number
  FROM sims AS s JOIN chains AS c ON c.opened = s.opened AND c.digits = length(s.holder_id)
    AND TRY_CAST(s.holder_id AS BIGINT) BETWEEN c.first_number AND c.last_number
  WHERE regexp_full_match(s.holder_id, '[0-9]{9}|[0-9]{12}')
), together AS (
  SELECT opened, digits, first_number, list(record_id ORDER BY record_id) AS ids FROM members GROUP BY ALL
)
SELECT CAST(m.record_id AS VARCHAR) AS subject, m.length AS chain, CAST(m.opened AS VARCHAR) AS day,
  CAST(t.ids[:50] AS VARCHAR[]) AS behind, len(t.ids) AS behind_total
FROM members AS m JOIN together AS t USING (opened, digits, first_number)
