-- Rows of `unlisted`, the table lines without these columns, with what their records have in lists and a day of terms.
--
-- Lists of shares are taken as text, in which an issuer's id and a number have nothing that is written in another way:
-- [{"issuer":"a","points":1},{"issuer":"b","points":2}] becomes a:1 b:2. Those that ran out may end with a month:
-- [{"issuer":"a","points":1,"with_month":"2026-10"},{"issuer":"b","points":2}] becomes a:1:2026-10 b:2.
SELECT
    * EXCLUDE (lists),
    replace(replace(lists.honoured[13:-3], '","points":', ':'), '},{"issuer":"', ' ') AS honoured,
    replace(replace(lists.adjusted[13:-3], '","points":', ':'), '},{"issuer":"', ' ') AS adjusted,
    rtrim(replace(replace(replace(
        replace(lists.expired[13:-3], '"},{"issuer":"', ' '), '},{"issuer":"', ' '
    ), ',"with_month":"', ':'), '","points":', ':'), '"') AS expired,
    replace(replace(lists.written_off[13:-3], '","points":', ':'), '},{"issuer":"', ' ') AS written_off,
    CASE WHEN lists.cashback IS NOT NULL THEN array_to_string(
        list_transform(lists.cashback, lambda one: concat(one.kind, ':', one.issuer, ':', one.cents, ':' || one.with_month)), ' '
    ) END AS cashback,
    lists.terms_day AS terms_day
FROM (
    SELECT *, from_json(record, '{
        "honoured": "JSON", "adjusted": "JSON", "expired": "JSON", "written_off": "JSON",
        "cashback": [{"kind": "VARCHAR", "issuer": "VARCHAR", "cents": "VARCHAR", "with_month": "VARCHAR"}], "terms_day": "DATE"
    }') AS lists
    FROM unlisted
)
