-- Rows of the file of CSV, as partners.settlement.statements.table.csv_line has them.
--
-- What has a column is taken from there; records are read for their lists alone. Those of shares are taken as text, in which
-- an issuer's id and a number have nothing that is written in another way: [{"issuer":"a","points":1},{"issuer":"b","points":2}]
-- becomes a:1 b:2. Quotation marks are put here, and not by DuckDB, which puts more of them.
SELECT
    entry_id,
    kind,
    CASE WHEN ascii(location) IN (9, 13, 43, 45, 61, 64) THEN '''' || location ELSE location END AS location,
    CASE WHEN contains(receipt, ',') OR contains(receipt, '"') OR contains(receipt, chr(10)) OR contains(receipt, chr(13))
        THEN '"' || replace(harmless, '"', '""') || '"' ELSE harmless END AS receipt,
    recorded_at,
    occurred_at,
    currency,
    amount_cents,
    nullif(points, 0) AS points,
    value_cents,
    price_micros,
    nullif(issued, 0) AS issued,
    nullif(owed, 0) AS owed,
    replace(replace(lists.honoured[13:-3], '","points":', ':'), '},{"issuer":"', ' ') AS honoured,
    replace(replace(lists.adjusted[13:-3], '","points":', ':'), '},{"issuer":"', ' ') AS adjusted,
    replace(replace(lists.expired[13:-3], '","points":', ':'), '},{"issuer":"', ' ') AS expired,
    replace(replace(lists.written_off[13:-3], '","points":', ':'), '},{"issuer":"', ' ') AS written_off,
    CASE WHEN lists.cashback IS NOT NULL THEN array_to_string(
        list_transform(lists.cashback, lambda one: concat(one.kind, ':', one.issuer, ':', one.cents)), ' '
    ) END AS cashback,
    nullif(visit, false) AS visit,
    nullif(position_micros, 0) AS position_micros,
    lists.terms_day AS terms_day
FROM (
    SELECT * EXCLUDE (record),
        CASE WHEN ascii(receipt) IN (9, 13, 43, 45, 61, 64) THEN '''' || receipt ELSE receipt END AS harmless,
        from_json(record, '{
        "honoured": "JSON", "adjusted": "JSON", "expired": "JSON", "written_off": "JSON",
        "cashback": [{"kind": "VARCHAR", "issuer": "VARCHAR", "cents": "VARCHAR"}], "terms_day": "VARCHAR"
    }') AS lists
    FROM lines
)
