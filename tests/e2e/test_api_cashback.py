"""Cashback on the deployed system: earned at one partner, spent at another, paid out, and settled."""

from tests.e2e.shops import Network, created, fresh, now
from tests.support.clouds import DeployedCloud


def usd(cents: int) -> dict[str, object]:
    return {"amount_cents": cents, "currency": "USD"}


def test_cashback_is_earned_spent_paid_out_and_settled(local_cloud: DeployedCloud) -> None:
    network = Network.of(local_cloud)
    books, dairy = network.open_shop("books-"), network.open_shop("dairy-", cashback_bps=150)
    card = dairy.enrol()
    bought = created(dairy.post("/v1/purchases", dairy.purchase(card, "r-1", 100_000), fresh("p")))
    assert (bought["cashback"], bought["explanation"][1]) == (usd(1_500), "1.5 % of 1000.00 USD = 15.00 USD cashback")

    body = {"card_number": card, "location_id": "s1", "receipt": "b-1", "occurred_at": now(), "cashback": usd(200)}
    spent = created(books.post("/v1/redemptions/cashback", body, fresh("x")))
    assert (spent["cashback_balance"], spent["visit"]) == (usd(1_300), True)
    undo = {"location_id": "s1", "receipt": "b-2", "occurred_at": now(), "cashback": usd(50)}
    created(books.post(f"/v1/redemptions/{spent['entry_id']}/cancellations", undo, fresh("u")))

    payout = {"card_number": card, "cashback": usd(1_000)}
    paid = created(network.post("/v1/payouts", payout, idempotency_key=fresh("o")))
    assert paid["cashback_balance"] == usd(350)
    small = network.post("/v1/payouts", {**payout, "cashback": usd(999)}, idempotency_key=fresh("o"))
    assert (small.json()["code"], small.json()["minimum_cents"]) == ("payout_below_minimum", 1_000)
    back = created(network.post(f"/v1/payouts/{paid['entry_id']}/reversals", None, idempotency_key=fresh("r")))
    assert back["cashback_balance"] == usd(1_350)

    assert [entry["cashback"] for entry in dairy.posted_entries(2)] == [None, usd(1_500)]
    assert [entry["op"] for entry in books.posted_entries(2)] == ["spend", "cancel"]
    period = {"from": bought["recorded_at"][:10], "to": back["recorded_at"][:10]}
    flows = network.rows("/v1/position-flows", "flows", **period)
    [[flow]] = [one["cashback_flows"] for one in flows if one["issuer"] == dairy.partner_id]
    assert (flow["issued_cents"], flow["redeemed_cents"], flow["owed_cents"]) == (1_500, 150, 0)
    positions = [one for one in network.rows("/v1/positions", "positions", **period) if one["currency"] == "USD"]
    assert sum(position["net_micros"] for position in positions) == 0
    assert next(one["net_cents"] for one in positions if one["party"] == books.partner_id) == 150


def test_a_large_payout_takes_two_operators(local_cloud: DeployedCloud) -> None:
    network = Network.of(local_cloud)
    dairy = network.open_shop("dairy-", cashback_bps=150)
    card = dairy.enrol()
    created(dairy.post("/v1/purchases", dairy.purchase(card, "r-2", 1_000_000), fresh("p")))
    account = "c" * 64
    body = {"card_number": card, "cashback": usd(15_000), "member_account_fingerprint": account}
    asked = created(network.post("/v1/payouts", body, idempotency_key=fresh("o")))
    assert (asked["state"], asked["cashback_balance"]) == ("proposed", None)
    path = f"/v1/payout-requests/{asked['request_id']}/approve"
    assert network.post(path, {}).json()["code"] == "second_person_needed"
    paid = network.post(path, {}, network.second_operator_key).json()
    assert (paid["state"], paid["cashback_balance"]) == ("applied", usd(0))
    shown = network.get(f"/v1/payouts/{paid['entry_id']}").json()
    assert (shown["member_account_fingerprint"], shown["cashback"]) == (account, usd(15_000))
    assert shown["asked_by"] != shown["approved_by"] is not None
    assert asked["request_id"] in [one["request_id"] for one in network.rows("/v1/payout-requests", "requests")]
