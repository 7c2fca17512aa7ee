WITH RECURSIVE follows(root, seq) AS (SELECT seq, seq FROM request UNION ALL
  SELECT f.root, e.seq FROM follows f JOIN event e ON e.cause_seq = f.seq)
SELECT count(*), group_concat(instr(d.value, 'x')) FROM follows, json_each('[1, "ax"]') d
