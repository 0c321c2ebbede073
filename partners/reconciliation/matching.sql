-- What matches what. Every line of both sides in the table compared, once each, with what became of it, but for those that
-- pairing.sql has paired before, which match by the same rules.
--
-- From `ours` and `theirs` (the partner's file), with 0 on both sides for figures that the file does not have.
--
-- 1. A line that names an entry is held against that entry. Of several that name one, the first that says the same as
--    the entry counts, or else the smallest; the others are duplicates.
-- 2. Lines without an entry are held against what is left of ours with the same location, receipt and kind: first those
--    with the same figures, one by one, then the rest in the order of their figures.
-- 3. What is left is only ours, or only theirs, or, if the same line stands before it in the file, a duplicate.
--
-- No step depends on the order of either side's lines, but for which of several same lines of the file is named.
CREATE TABLE named AS
WITH held AS (
    SELECT theirs.*, ours.entry_id IS NOT NULL AS known, coalesce(
        theirs.kind = ours.kind AND theirs.points = ours.points AND theirs.amount_cents = ours.amount_cents
        AND theirs.value_cents = ours.value_cents AND theirs.cashback_cents = ours.cashback_cents, false) AS same
    FROM theirs LEFT JOIN ours ON ours.entry_id = theirs.entry_id
    WHERE theirs.entry_id IS NOT NULL
)
SELECT line, entry_id, known, same, row_number() OVER (PARTITION BY entry_id
    ORDER BY same DESC, kind, points, amount_cents, value_cents, cashback_cents, line) AS copy
FROM held;

CREATE TABLE ours_left AS
SELECT *, row_number() OVER (PARTITION BY location, receipt, kind, points, amount_cents, value_cents, cashback_cents
    ORDER BY entry_id) AS copy
FROM ours ANTI JOIN named USING (entry_id);

CREATE TABLE unnamed AS
SELECT *, row_number() OVER (PARTITION BY location, receipt, kind, points, amount_cents, value_cents, cashback_cents
    ORDER BY line) AS copy
FROM theirs
WHERE entry_id IS NULL;

CREATE TABLE same AS
SELECT unnamed.line, ours_left.entry_id
FROM unnamed
JOIN ours_left USING (location, receipt, kind, points, amount_cents, value_cents, cashback_cents, copy);

CREATE TABLE near AS
WITH ours_placed AS (
    SELECT entry_id, location, receipt, kind, row_number() OVER (PARTITION BY location, receipt, kind
        ORDER BY points, amount_cents, value_cents, cashback_cents, entry_id) AS place
    FROM ours_left ANTI JOIN same USING (entry_id)
), theirs_placed AS (
    SELECT line, location, receipt, kind, row_number() OVER (PARTITION BY location, receipt, kind
        ORDER BY copy, points, amount_cents, value_cents, cashback_cents, line) AS place
    FROM unnamed ANTI JOIN same USING (line)
)
SELECT line, entry_id
FROM theirs_placed JOIN ours_placed USING (location, receipt, kind, place);

CREATE TABLE paired AS
SELECT if(copy > 1, 'duplicate', if(same, 'matched', if(known, 'amount_differs', 'only_theirs'))) AS outcome, line,
    if(copy = 1 AND known, entry_id, NULL) AS entry_id
FROM named
UNION ALL
SELECT 'matched', line, entry_id FROM same
UNION ALL
SELECT 'amount_differs', line, entry_id FROM near
UNION ALL
SELECT if(copy > 1, 'duplicate', 'only_theirs'), line, NULL
FROM (unnamed ANTI JOIN same USING (line)) ANTI JOIN near USING (line)
UNION ALL
SELECT 'only_ours', NULL, entry_id
FROM (ours_left ANTI JOIN same USING (entry_id)) ANTI JOIN near USING (entry_id);

-- A line of theirs alone is known by where it stands, not by its figures: a later file may have more of them, or others.
CREATE TABLE alone AS
SELECT line, concat_ws(' ', location, kind, row_number() OVER (PARTITION BY location, receipt, kind
    ORDER BY points, amount_cents, value_cents, cashback_cents, theirs.entry_id, line), receipt) AS key
FROM paired JOIN theirs USING (line)
WHERE outcome = 'only_theirs' AND location IS NOT NULL AND receipt IS NOT NULL;

CREATE TABLE compared AS
SELECT
    paired.outcome,
    ours.place,
    coalesce(ours.kind, theirs.kind) AS kind,
    coalesce(ours.entry_id, theirs.entry_id) AS entry_id,
    coalesce(ours.location, theirs.location) AS location,
    coalesce(ours.receipt, theirs.receipt) AS receipt,
    paired.line,
    theirs.kind AS their_kind,
    ours.points AS our_points,
    ours.amount_cents AS our_amount_cents,
    ours.value_cents AS our_value_cents,
    ours.cashback_cents AS our_cashback_cents,
    theirs.points AS their_points,
    theirs.amount_cents AS their_amount_cents,
    theirs.value_cents AS their_value_cents,
    theirs.cashback_cents AS their_cashback_cents,
    coalesce(ours.entry_id, alone.key, theirs.entry_id, concat_ws(' ', theirs.location, theirs.kind, theirs.receipt)) AS key
FROM paired LEFT JOIN ours ON ours.entry_id = paired.entry_id LEFT JOIN theirs ON theirs.line = paired.line
LEFT JOIN alone ON alone.line = paired.line;

CREATE TABLE differences AS
SELECT row_number() OVER (ORDER BY list_position(getvariable('outcomes'), outcome), location, receipt, kind, entry_id, key, line)
    AS number, *
FROM compared
WHERE outcome <> 'matched'
