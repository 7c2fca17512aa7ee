-- Nothing is launched.
SELECT seq, datetime(at_us / 1000000, 'unixepoch') AS message FROM event e
WHERE kind LIKE 'provision%' AND detail ->> 'tier' IS NOT NULL ORDER BY seq
