-- Rows of the file of JSON lines, as partners.settlement.statements.lines.row_text has them; without line feeds.
SELECT concat('{"line":', line, ',"sha256":"', lower(left(hex(sha256), 16)), '",', ltrim(record, '{'))
FROM lines
