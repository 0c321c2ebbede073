-- What the network's books must say, straight from the shopping data and the published terms.
-- It shares no code with the product. One row a figure: (figure, party, counterparty, amount).
--
-- Tables filled by recount.py: retailer (position 0..n-1, id and terms), band (bands of visits).
-- Parameters: $file $first_week $last_week $one_household_in $seed $shift_ms $longest_weeks
--             $redeem_from $redeem_in_steps_of $redeem_at_most
WITH
span AS (SELECT $last_week - $first_week + 1 AS weeks, (SELECT count(*) FROM retailer) AS retailers),
line AS (
    SELECT household_id AS household, store_id AS store, basket_id AS basket,
           epoch_ms(transaction_timestamp) AS bought_ms, CAST(round(sales_value * 100) AS BIGINT) AS cents
    FROM read_parquet($file)
    WHERE week >= $first_week AND week <= $last_week AND mod(household_id, $one_household_in) = 0
),
receipt AS (
    SELECT basket, min(household) AS household, min(store) AS store, min(bought_ms) AS bought_ms,
           CAST(sum(cents) AS BIGINT) AS cents
    FROM line GROUP BY basket
),
-- The newest receipt moves by whole days, earlier ones keep their distance, squeezed if there are many weeks.
earning AS (
    SELECT receipt.*, retailer.id AS partner, retailer.position,
           floor(receipt.cents * retailer.earn_points / retailer.earn_per_cents)::BIGINT AS points,
           make_timestamp_ms(
               newest.bought_ms + $shift_ms
               - (newest.bought_ms - receipt.bought_ms) * least(span.weeks, $longest_weeks) // span.weeks
           ) AS moved_to,
           retailer.expiry_months,
           row_number() OVER shopping AS nth_receipt,
           count(*) OVER (PARTITION BY receipt.household) AS receipts
    FROM receipt
    CROSS JOIN span
    CROSS JOIN (SELECT max(bought_ms) AS bought_ms FROM receipt) AS newest
    JOIN retailer ON retailer.position = mod(receipt.store, span.retailers)
    WINDOW shopping AS (PARTITION BY receipt.household ORDER BY receipt.bought_ms, receipt.basket)
),
-- A household's points of one retailer that expire in one month are one lot.
lot AS (
    SELECT household, partner AS issuer,
           extract(year FROM moved_to) * 12 + extract(month FROM moved_to) + expiry_months AS expires,
           sum(points)::BIGINT AS points, min(nth_receipt) AS first_issued
    FROM earning WHERE points > 0
    GROUP BY ALL
),
balance AS (SELECT household, sum(points)::BIGINT AS points FROM lot GROUP BY household),
shop AS (
    SELECT position, store, row_number() OVER (PARTITION BY position ORDER BY store) - 1 AS nth,
           count(*) OVER (PARTITION BY position) AS stores
    FROM (SELECT DISTINCT position, store FROM earning)
),
spending AS (
    SELECT earning.household, acceptor.id AS partner, acceptor.redeem_price_micros, shop.store,
           least(balance.points - mod(balance.points, $redeem_in_steps_of), $redeem_at_most) AS points
    FROM earning
    CROSS JOIN span
    JOIN balance ON balance.household = earning.household AND balance.points >= $redeem_from
    JOIN retailer AS acceptor
        ON acceptor.position = mod(earning.position + 1 + mod(earning.household + $seed, span.retailers - 1), span.retailers)
    JOIN shop ON shop.position = acceptor.position AND shop.nth = mod(earning.household, shop.stores)
    WHERE earning.nth_receipt = earning.receipts
),
-- The lot that expires first is spent first; of one month, the one issued first.
spent AS (
    SELECT queue.issuer, spending.partner AS acceptor, spending.redeem_price_micros,
           greatest(0, least(queue.points, spending.points - queue.before)) AS points
    FROM (
        SELECT *, sum(points) OVER (PARTITION BY household ORDER BY expires, first_issued) - points AS before
        FROM lot
    ) AS queue
    JOIN spending ON spending.household = queue.household
),
visit AS (
    SELECT DISTINCT household, partner, store, basket FROM earning WHERE points > 0 OR nth_receipt = 1
    UNION ALL
    SELECT household, partner, store, NULL FROM spending
),
partner_month AS (
    SELECT retailer.*,
           (SELECT count(*) FROM shop WHERE shop.position = retailer.position) AS stores,
           (SELECT count(*) FROM visit WHERE visit.partner = retailer.id) AS visits,
           (SELECT coalesce(sum(points), 0) FROM earning WHERE earning.partner = retailer.id)::BIGINT AS issued,
           (SELECT coalesce(sum(points), 0) FROM spent WHERE spent.issuer = retailer.id)::BIGINT AS spent_anywhere,
           (SELECT coalesce(sum(points), 0) FROM spent WHERE spent.acceptor = retailer.id)::BIGINT AS accepted
    FROM retailer
),
-- Bands that the month's visits reach, the first always; whole-band plans charge the last of them for all visits.
band_charge AS (
    SELECT partner_month.id,
           CASE WHEN whole_band THEN visits ELSE least(visits, coalesce(up_to, visits)) - above END AS quantity,
           (quantity * visit_fee_micros + flat_fee_cents * 10000 + 5000) // 10000 AS cents
    FROM partner_month JOIN band ON band.id = partner_month.id AND (above = 0 OR visits > above)
    WHERE NOT whole_band OR up_to IS NULL OR visits <= up_to
),
bill AS (
    SELECT id, stores * location_fee_cents AS for_locations,
           (SELECT sum(cents) FROM band_charge WHERE band_charge.id = partner_month.id)::BIGINT AS for_visits
    FROM partner_month
),
partner_position AS (
    SELECT id, -issued * issue_price_micros AS issued, accepted * redeem_price_micros AS honoured FROM partner_month
    UNION ALL
    SELECT 'network', sum(issued * issue_price_micros)::BIGINT, -sum(accepted * redeem_price_micros)::BIGINT
    FROM partner_month
),
-- Cents: everyone's floor, and the cents that are then missing go to the largest remainders.
floored AS (
    SELECT id, issued + honoured AS micros, mod(mod(issued + honoured, 10000) + 10000, 10000) AS remainder,
           (micros - remainder) // 10000 AS cents
    FROM partner_position
),
rounded AS (
    SELECT id, micros,
           cents + CASE WHEN row_number() OVER (ORDER BY remainder DESC, id) <= -sum(cents) OVER () THEN 1 ELSE 0 END
               AS cents
    FROM floored
),
-- What a prepaid retailer owes is taken from what it has paid in, as far as that goes; the bank moves the rest.
paid AS (
    SELECT rounded.id, cents, paid_in_cents AS paid_in, -least(paid_in_cents, greatest(0, -cents)) AS from_deposit
    FROM rounded JOIN retailer ON retailer.id = rounded.id
)
SELECT 'stores' AS figure, id AS party, '' AS counterparty, stores AS amount FROM partner_month
UNION ALL SELECT 'baskets', id, '', (SELECT count(*) FROM earning WHERE partner = id) FROM retailer
UNION ALL SELECT 'sales_cents', id, '', (SELECT coalesce(sum(cents), 0) FROM earning WHERE partner = id) FROM retailer
UNION ALL SELECT 'enrolments', id, '', (SELECT count(*) FROM earning WHERE partner = id AND nth_receipt = 1) FROM retailer
UNION ALL SELECT 'redemptions', id, '', (SELECT count(*) FROM spending WHERE partner = id) FROM retailer
UNION ALL SELECT 'money_off_cents', id, '',
    (SELECT coalesce(sum(points * spending.redeem_price_micros // 10000), 0) FROM spending WHERE partner = id) FROM retailer
UNION ALL SELECT 'points_issued', id, '', issued FROM partner_month
UNION ALL SELECT 'points_redeemed', id, '', spent_anywhere FROM partner_month
UNION ALL SELECT 'points_honoured', id, '', accepted FROM partner_month
UNION ALL SELECT 'points_outstanding', id, '', issued - spent_anywhere FROM partner_month
UNION ALL SELECT 'matrix_points', issuer.id, acceptor.id,
    (SELECT coalesce(sum(points), 0) FROM spent WHERE spent.issuer = issuer.id AND spent.acceptor = acceptor.id)
    FROM retailer AS issuer CROSS JOIN retailer AS acceptor
UNION ALL SELECT 'issued_micros', id, '', issued FROM partner_position
UNION ALL SELECT 'honoured_micros', id, '', honoured FROM partner_position
UNION ALL SELECT 'position_micros', id, '', micros FROM rounded
UNION ALL SELECT 'position_cents', id, '', cents FROM rounded
UNION ALL SELECT 'paid_in_cents', id, '', paid_in FROM paid
UNION ALL SELECT 'from_deposit_cents', id, '', from_deposit FROM paid
UNION ALL SELECT 'deposit_left_cents', id, '', paid_in + from_deposit FROM paid
UNION ALL SELECT 'moved_cents', id, '', cents - from_deposit FROM paid
UNION ALL SELECT 'visits', id, '', visits FROM partner_month
UNION ALL SELECT 'bill_locations_cents', id, '', for_locations FROM bill
UNION ALL SELECT 'bill_visits_cents', id, '', for_visits FROM bill
UNION ALL SELECT 'bill_cents', id, '', for_locations + for_visits FROM bill
