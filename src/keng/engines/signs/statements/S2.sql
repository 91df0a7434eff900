-- An account that stands on lists offered for sale.
SELECT a.record_id AS subject, count(DISTINCT coalesce(o.list, '')) AS lists, [] :: VARCHAR[] AS behind, 0 AS behind_total
FROM accounts AS a
JOIN offered AS o ON o.account = a.record_id
GROUP BY a.record_id
