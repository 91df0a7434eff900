-- A shop's day with so many SIMs, and so many times its median day with any.
WITH days AS (
  SELECT shop, opened, count(*) AS sims, list(record_id ORDER BY record_id) AS ids
  FROM sims WHERE shop IS NOT NULL AND opened IS NOT NULL GROUP BY shop, opened
), usual AS (
  SELECT shop, quantile_disc(sims, 0.5) AS usual FROM days GROUP BY shop
)
SELECT d.shop || ' ' || CAST(d.opened AS VARCHAR) AS subject, d.sims, CAST(d.opened AS VARCHAR) AS day, u.usual,
  CAST(d.ids[:50] AS VARCHAR[]) AS behind, d.sims AS behind_total
FROM days AS d JOIN usual AS u USING (shop)
WHERE d.sims >= $sims AND d.sims >= $times_usual * u.usual
