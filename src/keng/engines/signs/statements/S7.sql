-- Devices behind the accounts of many people; the device with most people tells. Accounts without a number of papers are one person each.
WITH used AS (
  SELECT DISTINCT d.device, a.record_id, coalesce(a.holder_id, 'account ' || a.record_id) AS holder
  FROM devices AS d JOIN accounts AS a USING (record_id)
), shared AS (
  SELECT device, count(DISTINCT holder) AS holders, count(*) AS accounts, list(record_id ORDER BY record_id) AS ids
  FROM used GROUP BY device HAVING count(DISTINCT holder) >= $holders
), each_account AS (
  SELECT u.record_id, s.* FROM used AS u JOIN shared AS s USING (device)
  QUALIFY row_number() OVER (PARTITION BY u.record_id ORDER BY s.holders DESC, s.accounts DESC, s.device) = 1
)
SELECT record_id AS subject, holders, accounts, ids[:50] AS behind, accounts AS behind_total FROM each_account
