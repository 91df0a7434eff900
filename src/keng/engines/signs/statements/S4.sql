-- Credits from accounts on the list of suspects.
SELECT any_value(a.record_id) AS subject, count(*) AS credits, count(DISTINCT m.src) AS senders,
  CAST(sum(m.amount) AS BIGINT) AS received,
  CAST(list(m.transfer_id ORDER BY m.us, m.transfer_id)[:50] AS VARCHAR[]) AS behind, count(*) AS behind_total
FROM moves AS m
JOIN accounts AS a ON a.key = m.dst
WHERE m.src IN (SELECT hash(account) FROM listed)
GROUP BY m.dst
HAVING count(*) > $more_than
