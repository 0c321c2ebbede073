-- What the lines of each location and UTC day add up to, in the order of statements. Runs in DuckDB and in Athena.
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
ORDER BY day, location
