-- Most lines of both sides say the same: they are paired here by compact keys, and the rest is left to matching.sql.
--
-- From `all_ours` and `checked` (the partner's file, see reading.py), with 0 on both sides for figures that the file does not
-- have. The keys of ours are of entries if all lines of the file name one, or of places if none does.
--
-- A pair is a line of ours and one of theirs with the same key, where no other line of either side has it, or names the
-- same entry: so matching.sql would match the two as well, whatever else there is. If some lines of the file name entries
-- and others do not, ours have no keys.
--
-- A key has 64 bits of hash. Two lines that differ could be paired only if each is alone on its side, so of k lines that
-- one side lacks and k that the other lacks, with a probability of k * k / 2^64: 5e-8 if a million do and none matches.
CREATE TABLE single AS
SELECT max(key) AS key, max(line) AS line
FROM checked
WHERE compared
GROUP BY alone
HAVING count(*) = 1;

CREATE TABLE our_side AS
SELECT all_ours.* EXCLUDE (key), single.line
FROM all_ours LEFT JOIN single USING (key);

UPDATE our_side SET line = NULL
WHERE line IN (SELECT line FROM our_side WHERE line IS NOT NULL GROUP BY line HAVING count(*) > 1);

CREATE TABLE ours AS
SELECT * EXCLUDE (line) FROM our_side WHERE line IS NULL;

CREATE TABLE unpaired AS
SELECT line FROM checked ANTI JOIN our_side USING (line) WHERE compared;

DROP TABLE single
