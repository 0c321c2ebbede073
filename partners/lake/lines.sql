-- Spooled records as rows of the table lines, in the order of the statement. $partner, $first_line.
SELECT
    $partner AS partner,
    $first_line - 1 + row_number() OVER (ORDER BY day, record.location, recorded_at_ms, record.entry_id) AS line,
    record.entry_id AS entry_id,
    day,
    record.location AS location,
    epoch_ms(recorded_at_ms)::TIMESTAMP_MS AS recorded_at,
    epoch_ms(occurred_at_ms)::TIMESTAMP_MS AS occurred_at,
    record.kind AS kind,
    record.receipt AS receipt,
    record.currency AS currency,
    record.amount_cents AS amount_cents,
    coalesce(record.points, 0) AS points,
    record.value_cents AS value_cents,
    record.price_micros AS price_micros,
    coalesce(record.issued, 0) AS issued,
    coalesce(record.owed, 0) AS owed,
    coalesce(list_sum(list_transform(record.honoured, lambda one: one.points)), 0)::BIGINT AS honoured_points,
    coalesce(record.honoured, []) AS honoured,
    coalesce(record.adjusted, []) AS adjusted,
    coalesce(record.expired, []) AS expired,
    coalesce(record.written_off, []) AS written_off,
    coalesce(record.cashback, []) AS cashback,
    coalesce(record.visit, false) AS visit,
    coalesce(record.position_micros, 0) AS position_micros,
    unhex(sha256) AS sha256
FROM spooled
ORDER BY line
