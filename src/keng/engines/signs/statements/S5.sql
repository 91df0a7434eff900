-- Accounts whose owner's number of papers stands on a warning list.
SELECT a.record_id AS subject, count(DISTINCT coalesce(w.list, '')) AS lists, [] :: VARCHAR[] AS behind, 0 AS behind_total
FROM accounts AS a
JOIN warned AS w ON w.holder_id = a.holder_id
GROUP BY a.record_id
