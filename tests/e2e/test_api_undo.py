"""Holds, returns, cancellations and batches on the deployed system, down to the positions they leave."""

import pytest

from tests.e2e.shops import Network, Shop, created, fresh
from tests.support.clouds import DeployedCloud


@pytest.fixture(scope="module")
def network(local_cloud: DeployedCloud) -> Network:
    return Network.of(local_cloud)


@pytest.fixture
def bakery(network: Network) -> Shop:
    return network.open_shop("bakery-")


@pytest.fixture
def books(network: Network) -> Shop:
    return network.open_shop("books-")


def at(shop: Shop, card: str, receipt: str, **changes: object) -> dict[str, object]:
    """Where and when, as the shop's redemption requests say it, without card and points."""
    body = shop.redemption(card, receipt, 1)
    return {name: value for name, value in body.items() if name not in ("card_number", "points")} | changes


def test_what_is_held_captured_returned_and_cancelled_adds_up(network: Network, bakery: Shop, books: Shop) -> None:
    card = bakery.enrol()
    bought = created(bakery.post("/v1/purchases", bakery.purchase(card, "r-1"), fresh("p")))
    held = created(books.post("/v1/holds", books.redemption(card, "b-1", 60), fresh("h")))
    assert held["points_balance"] == 40

    path = f"/v1/holds/{held['entry_id']}/capture"
    captured = created(books.post(path, at(books, card, "b-1", points=50), fresh("c")))
    assert (captured["points_released"], captured["points_balance"], captured["visit"]) == (10, 50, True)
    assert books.post(path, at(books, card, "b-1"), fresh("c")).json()["code"] == "hold_not_open"

    path = f"/v1/redemptions/{captured['entry_id']}/cancellations"
    cancelled = created(books.post(path, at(books, card, "b-2", points=20), fresh("u")))
    assert (cancelled["points_restored"], cancelled["points_balance"]) == (20, 70)

    path = f"/v1/purchases/{bought['entry_id']}/returns"
    returned = created(bakery.post(path, at(bakery, card, "r-2"), fresh("t")))
    assert (returned["points_taken_back"], returned["points_owed"], returned["points_balance"]) == (70, 30, 0)

    assert [entry["op"] for entry in bakery.posted_entries(3)] == ["enrol", "earn", "return"]
    assert [entry["op"] for entry in books.posted_entries(3)] == ["reserve", "capture", "cancel"]
    day = bought["recorded_at"][:10]
    days = {"from": day, "to": returned["recorded_at"][:10]}
    flows = network.rows("/v1/position-flows", "flows", **days)
    flow = next(one["points_flow"] for one in flows if one["issuer"] == bakery.partner_id)
    assert (flow["points_issued"], flow["points_redeemed"], flow["points_owed"]) == (30, 30, 30)
    net = {position["party"]: position["net_micros"] for position in network.rows("/v1/positions", "positions", **days)}
    assert (net[bakery.partner_id], net[books.partner_id]) == (-30 * 6_000, 30 * 5_000)


def test_an_offline_tills_batch_counts_once_however_often_it_is_delivered(bakery: Shop) -> None:
    cards = [bakery.enrol() for _ in range(3)]
    lines = [
        {"idempotency_key": f"till-{number}", **bakery.purchase(cards[number % 3], f"r-{number}")}
        for number in range(30)
    ]
    first = bakery.post("/v1/purchases/batch", {"purchases": lines[:20]}).json()
    assert (first["recorded"], first["refused"]) == (20, 0)
    again = bakery.post("/v1/purchases/batch", {"purchases": lines}).json()
    assert (again["recorded"], again["replayed"], again["refused"]) == (10, 20, 0)
    for card in cards:
        assert bakery.get(f"/v1/cards/{card}").json()["points_balance"] == 1_000
