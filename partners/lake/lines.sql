-- Spooled records as rows of the table lines, in the order of the statement, but for what lists.sql adds.
-- $partner, $first_line.
-- What follows from points and a price is read as text, and fails where it is more than a column holds: as a number it
-- would be null then.
SELECT
    $partner AS partner,
    $first_line - 1 + row_number() OVER () AS line,
    sorted.* EXCLUDE (honoured, cashback) REPLACE (
        recorded_at::TIMESTAMP_MS AS recorded_at,
        occurred_at::TIMESTAMP_MS AS occurred_at,
        coalesce(points, 0) AS points,
        coalesce(issued, 0) AS issued,
        coalesce(owed, 0) AS owed,
        coalesce(visit, false) AS visit,
        coalesce(position_micros, '0')::BIGINT AS position_micros
    ),
    coalesce(list_sum(list_transform(honoured, lambda one: one.points)), 0)::BIGINT AS honoured_points,
    nullif(abs(list_sum(list_transform(cashback, lambda one: CASE
        WHEN one.kind IN ('cashback_issued', 'cashback_redeemed', 'cashback_paid_out') THEN one.cents
        WHEN one.kind = 'cashback_owed' THEN -one.cents
        ELSE 0
    END)))::BIGINT, 0) AS cashback_cents,
    unhex(sha256(record)) AS sha256
FROM (
    SELECT fields.*, fields.recorded_at::DATE AS day, record
    FROM (
        SELECT record, from_json(record, '{
            "entry_id": "VARCHAR", "kind": "VARCHAR", "location": "VARCHAR", "receipt": "VARCHAR",
            "recorded_at": "TIMESTAMP", "occurred_at": "TIMESTAMP", "currency": "VARCHAR",
            "amount_cents": "BIGINT", "points": "BIGINT", "value_cents": "BIGINT", "price_micros": "BIGINT",
            "issued": "BIGINT", "owed": "BIGINT", "honoured": [{"points": "BIGINT"}],
            "cashback": [{"kind": "VARCHAR", "cents": "BIGINT"}],
            "visit": "BOOLEAN", "position_micros": "VARCHAR"
        }') AS fields
        FROM spooled
    )
    ORDER BY day, fields.location, fields.recorded_at, fields.entry_id
) AS sorted
