-- What moved in the table lines, as partners.visits.lines.recount sees it, in the order of the lines. $par_micros.
SELECT partner, line, entry_id, day, location, recorded_at, kind, issuer, currency, price_micros, quantity
FROM (
    SELECT * EXCLUDE (kind, currency, price_micros), 'issued' AS kind, partner AS issuer, currency,
        coalesce(price_micros, 0) AS price_micros, issued AS quantity
    FROM lines
    UNION ALL BY NAME
    SELECT * EXCLUDE (kind, currency, price_micros), 'redeemed' AS kind, one.issuer AS issuer, currency,
        coalesce(price_micros, 0) AS price_micros, one.points AS quantity
    FROM lines, unnest(honoured) AS honoured_of(one)
    UNION ALL BY NAME
    SELECT * EXCLUDE (kind, currency, price_micros), 'owed' AS kind, partner AS issuer, NULL::VARCHAR AS currency,
        0::BIGINT AS price_micros, owed AS quantity
    FROM lines
    UNION ALL BY NAME
    SELECT * EXCLUDE (kind, currency, price_micros), 'adjusted' AS kind, one.issuer AS issuer,
        NULL::VARCHAR AS currency, 0::BIGINT AS price_micros, one.points AS quantity
    FROM lines, unnest(adjusted) AS adjusted_of(one)
    UNION ALL BY NAME
    SELECT * EXCLUDE (kind, currency, price_micros), 'expired' AS kind, one.issuer AS issuer,
        NULL::VARCHAR AS currency, 0::BIGINT AS price_micros, one.points AS quantity
    FROM lines, unnest(expired) AS expired_of(one)
    UNION ALL BY NAME
    SELECT * EXCLUDE (kind, currency, price_micros), 'written_off' AS kind, one.issuer AS issuer,
        NULL::VARCHAR AS currency, 0::BIGINT AS price_micros, one.points AS quantity
    FROM lines, unnest(written_off) AS written_off_of(one)
    UNION ALL BY NAME
    SELECT * EXCLUDE (kind, currency, price_micros), one.kind AS kind, one.issuer AS issuer,
        one.currency AS currency, $par_micros::BIGINT AS price_micros, one.cents AS quantity
    FROM lines, unnest(cashback) AS cashback_of(one)
)
WHERE quantity <> 0
ORDER BY line, kind, issuer, currency
