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

-- A row for each of ours, as they stand in the files, with numbers alone: what else they say is read there when it is wanted.
CREATE TABLE pairing AS
SELECT place, single.line
FROM all_ours LEFT JOIN single USING (key)
ORDER BY place;

-- Which of their lines are paired, a bit each: to look one up takes less than a join.
SET VARIABLE last_line = (SELECT coalesce(max(line), 0) FROM checked);

SET VARIABLE paired = (SELECT coalesce(bitstring_agg(line, 0, getvariable('last_line')),
    bitstring('0', getvariable('last_line')::INT + 1)) FROM pairing);

CREATE TABLE unpaired AS
SELECT line FROM checked WHERE compared AND get_bit(getvariable('paired'), line::INT) = 0;

-- What several of ours have is looked for only if there is any: if theirs in pairs and in none are more than there are.
CREATE TABLE taken_twice AS
SELECT line FROM pairing
WHERE line IS NOT NULL AND (SELECT (SELECT count(line) FROM pairing) + (SELECT count(*) FROM unpaired)
    > (SELECT count(*) FROM checked WHERE compared))
GROUP BY line HAVING count(*) > 1;

UPDATE pairing SET line = NULL WHERE line IN (FROM taken_twice);

INSERT INTO unpaired FROM taken_twice;

SET VARIABLE unpaired = (SELECT coalesce(bitstring_agg(line, 0, getvariable('last_line')),
    bitstring('0', getvariable('last_line')::INT + 1)) FROM unpaired);

CREATE TABLE ours AS
SELECT * EXCLUDE (key) FROM all_ours SEMI JOIN (FROM pairing WHERE line IS NULL) USING (place);

-- Side by side: both stand in the same order, which matching.py checks.
CREATE VIEW pairs AS
SELECT all_ours.*, pairing.place AS paired_place, pairing.line
FROM all_ours POSITIONAL JOIN pairing;

DROP TABLE single
