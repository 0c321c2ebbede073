-- What the lines of each location and UTC day add up to, in the order of statements. Runs in DuckDB and in Athena.
--
-- Cashback is a text in a line, `kind:issuer:cents` each with spaces between.
SELECT
    sums.*,
    coalesce(issued_cashback_cents, 0) AS issued_cashback_cents,
    coalesce(honoured_cashback_cents, 0) AS honoured_cashback_cents
FROM (
    SELECT
        day,
        location,
        count(*) AS lines,
        sum(CASE WHEN visit THEN 1 ELSE 0 END) AS visits,
        sum(CASE kind WHEN 'earn' THEN coalesce(amount_cents, 0) WHEN 'return' THEN -coalesce(amount_cents, 0) ELSE 0 END)
            AS sales_cents,
        sum(issued) AS issued_points,
        sum(honoured_points) AS honoured_points,
        sum(position_micros) AS position_micros
    FROM lines
    GROUP BY day, location
) AS sums
LEFT JOIN (
    SELECT
        day,
        location,
        sum(CASE split_part(one, ':', 1) WHEN 'cashback_issued' THEN CAST(split_part(one, ':', 3) AS BIGINT) ELSE 0 END)
            AS issued_cashback_cents,
        sum(CASE split_part(one, ':', 1) WHEN 'cashback_redeemed' THEN CAST(split_part(one, ':', 3) AS BIGINT) ELSE 0 END)
            AS honoured_cashback_cents
    FROM lines
    CROSS JOIN UNNEST(split(cashback, ' ')) AS moved (one)
    GROUP BY day, location
) AS cash ON cash.day = sums.day AND cash.location = sums.location
ORDER BY sums.day, sums.location
