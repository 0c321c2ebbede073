-- What moved in the table lines, as partners.visits.lines.recount sees it, in the order of the lines. $par_micros.
WITH unfolded AS (
    SELECT partner, line, entry_id, day, location, recorded_at, currency, coalesce(price_micros, 0) AS price_micros,
        issued, owed,
        from_json(record, '{
            "honoured": [{"issuer": "VARCHAR", "points": "BIGINT"}],
            "adjusted": [{"issuer": "VARCHAR", "points": "BIGINT"}],
            "expired": [{"issuer": "VARCHAR", "points": "BIGINT"}],
            "written_off": [{"issuer": "VARCHAR", "points": "BIGINT"}],
            "cashback": [{"kind": "VARCHAR", "issuer": "VARCHAR", "currency": "VARCHAR", "cents": "BIGINT"}]
        }') AS lists
    FROM lines
),
one_each AS (
    SELECT * EXCLUDE (currency, price_micros, issued, owed, lists), move.*
    FROM (
        SELECT *, unnest([
            {kind: 'issued', issuer: partner, currency: currency, price_micros: price_micros, quantity: issued},
            {kind: 'owed', issuer: partner, currency: NULL, price_micros: 0, quantity: owed}
        ] || list_transform(coalesce(lists.honoured, []), lambda one: {
            kind: 'redeemed', issuer: one.issuer, currency: currency, price_micros: price_micros, quantity: one.points
        }) || list_transform(coalesce(lists.adjusted, []), lambda one: {
            kind: 'adjusted', issuer: one.issuer, currency: NULL, price_micros: 0, quantity: one.points
        }) || list_transform(coalesce(lists.expired, []), lambda one: {
            kind: 'expired', issuer: one.issuer, currency: NULL, price_micros: 0, quantity: one.points
        }) || list_transform(coalesce(lists.written_off, []), lambda one: {
            kind: 'written_off', issuer: one.issuer, currency: NULL, price_micros: 0, quantity: one.points
        }) || list_transform(coalesce(lists.cashback, []), lambda one: {
            kind: one.kind, issuer: one.issuer, currency: one.currency, price_micros: $par_micros, quantity: one.cents
        })) AS move
        FROM unfolded
    )
)
SELECT * FROM one_each WHERE quantity <> 0
