-- Rows of the file of CSV, as partners.settlement.statements.table.csv_line has them; without line feeds.
--
-- A row is put together at once, which takes less than to have DuckDB write it field by field. Nothing but a receipt can
-- need quotation marks.
SELECT concat(
    partner, ',',
    window_number, ',',
    entry_id, ',',
    kind, ',',
    CASE WHEN ascii(location) IN (9, 13, 43, 45, 61, 64) THEN '''' || location ELSE location END, ',',
    CASE WHEN contains(receipt, ',') OR contains(receipt, '"') OR contains(receipt, chr(10)) OR contains(receipt, chr(13))
        THEN '"' || replace(harmless, '"', '""') || '"' ELSE harmless END, ',',
    strftime(recorded_at, '%Y-%m-%dT%H:%M:%S.%gZ'), ',',
    strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.%gZ'), ',',
    currency, ',',
    amount_cents, ',',
    nullif(points, 0), ',',
    value_cents, ',',
    price_micros, ',',
    nullif(issued, 0), ',',
    nullif(owed, 0), ',',
    honoured, ',',
    adjusted, ',',
    expired, ',',
    written_off, ',',
    cashback, ',',
    nullif(visit, false), ',',
    nullif(position_micros, 0), ',',
    terms_day, chr(13)
)
FROM (
    SELECT *, CASE WHEN ascii(receipt) IN (9, 13, 43, 45, 61, 64) THEN '''' || receipt ELSE receipt END AS harmless
    FROM lines
)
