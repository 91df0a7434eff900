-- An account whose papers are nobody's, somebody else's, or of one who died.
SELECT a.record_id AS subject, v.verdict, [] :: VARCHAR[] AS behind, 0 AS behind_total
FROM accounts AS a
JOIN verdicts AS v USING (record_id)
WHERE list_contains($verdicts, v.verdict)
