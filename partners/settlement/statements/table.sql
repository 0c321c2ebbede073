-- Rows of the file of CSV, as partners.settlement.statements.table.csv_line has them; without ends of line.
WITH fields AS (
    SELECT unnest(from_json(record, '{
        "entry_id": "VARCHAR", "kind": "VARCHAR", "location": "VARCHAR", "receipt": "VARCHAR",
        "recorded_at": "VARCHAR", "occurred_at": "VARCHAR", "currency": "VARCHAR", "amount_cents": "VARCHAR",
        "points": "VARCHAR", "value_cents": "VARCHAR", "price_micros": "VARCHAR", "issued": "VARCHAR",
        "owed": "VARCHAR", "honoured": [{"issuer": "VARCHAR", "points": "VARCHAR"}],
        "adjusted": [{"issuer": "VARCHAR", "points": "VARCHAR"}],
        "expired": [{"issuer": "VARCHAR", "points": "VARCHAR"}],
        "written_off": [{"issuer": "VARCHAR", "points": "VARCHAR"}],
        "cashback": [{"kind": "VARCHAR", "issuer": "VARCHAR", "cents": "VARCHAR"}],
        "visit": "VARCHAR", "position_micros": "VARCHAR", "terms_day": "VARCHAR"
    }'))
    FROM lines
),
harmless AS (
    SELECT * REPLACE (
        CASE WHEN regexp_matches(location, '^[=+\-@\t\r]') THEN '''' || location ELSE location END AS location,
        CASE WHEN regexp_matches(receipt, '^[=+\-@\t\r]') THEN '''' || receipt ELSE receipt END AS receipt
    )
    FROM fields
)
SELECT concat_ws(
    ',',
    entry_id,
    kind,
    location,
    CASE WHEN receipt IS NULL THEN ''
        WHEN regexp_matches(receipt, '[",\r\n]') THEN '"' || replace(receipt, '"', '""') || '"'
        ELSE receipt END,
    recorded_at,
    occurred_at,
    coalesce(currency, ''),
    coalesce(amount_cents, ''),
    coalesce(points, ''),
    coalesce(value_cents, ''),
    coalesce(price_micros, ''),
    coalesce(issued, ''),
    coalesce(owed, ''),
    array_to_string(list_transform(coalesce(honoured, []), lambda one: one.issuer || ':' || one.points), ' '),
    array_to_string(list_transform(coalesce(adjusted, []), lambda one: one.issuer || ':' || one.points), ' '),
    array_to_string(list_transform(coalesce(expired, []), lambda one: one.issuer || ':' || one.points), ' '),
    array_to_string(list_transform(coalesce(written_off, []), lambda one: one.issuer || ':' || one.points), ' '),
    array_to_string(
        list_transform(coalesce(cashback, []), lambda one: one.kind || ':' || one.issuer || ':' || one.cents), ' '
    ),
    coalesce(visit, ''),
    coalesce(position_micros, ''),
    coalesce(terms_day, '')
)
FROM harmless
