"""Two customers on the deployed system: they give, share and part, are merged, and one account ends."""

import httpx
import pytest

from shared.ledger.audit import check_history
from tests.e2e.shops import Network, Shop, created, fresh, now
from tests.support.clouds import DeployedCloud

WHY = {"reason": "Enrolled twice, ticket 4711"}


@pytest.fixture(scope="module")
def network(local_cloud: DeployedCloud) -> Network:
    return Network.of(local_cloud)


@pytest.fixture
def shop(network: Network) -> Shop:
    return network.open_shop("sharing-")


def balance(shop: Shop, card: str) -> tuple[int, int]:
    view = shop.get(f"/v1/cards/{card}").json()
    return view["points_balance"], view["shared_with"]


def buy(shop: Shop, card: str, receipt: str) -> None:
    created(shop.post("/v1/purchases", shop.purchase(card, receipt), fresh("p")))


def decide(network: Network, path: str, body: dict[str, object], key: str) -> httpx.Response:
    return network.post(path, {**body, **WHY}, idempotency_key=key)


def test_two_customers_give_share_part_are_merged_and_closed(
    network: Network, shop: Shop, local_cloud: DeployedCloud
) -> None:
    contact = {"contact": f"{fresh('c')}@example.com", "location_id": "s1", "occurred_at": now()}
    ann, bob = shop.enrol(), str(created(shop.post("/v1/members", contact, fresh("e")))["card_number"])
    buy(shop, ann, "r-1")
    desk = {"location_id": "s1", "occurred_at": now()}
    created(shop.post("/v1/transfers", {"card_number": ann, "to_card_number": bob, "points": 30, **desk}, fresh("g")))
    assert (balance(shop, ann), balance(shop, bob)) == ((70, 0), (30, 0))

    pair = {"card_number": bob, "household_card_number": ann, **desk}
    joined = created(shop.post("/v1/households", pair, fresh("j")))
    assert (joined["points"], joined["points_balance"]) == (30, 100)
    buy(shop, bob, "r-2")
    assert balance(shop, ann) == balance(shop, bob) == (200, 1)
    parted = created(shop.post("/v1/households/departures", {**pair, "points": 50}, fresh("l")))
    assert (parted["points_balance"], balance(shop, ann)) == (50, (150, 0))

    merge = {"card_number": bob, "into_card_number": ann}
    assert created(decide(network, "/v1/merges", merge, fresh("m")))["points_balance"] == 200
    assert created(decide(network, "/v1/merges/reversals", merge, fresh("n")))["points_balance"] == 50

    closing, key = {"card_number": bob}, fresh("z")
    refused = decide(network, "/v1/closures", closing, fresh("z"))
    assert (refused.status_code, refused.json()["code"]) == (409, "account_not_empty")
    closed = decide(network, "/v1/closures", {**closing, "forfeit": True}, key)
    assert created(closed)["points_forfeited"] == 50
    again = decide(network, "/v1/closures", {**closing, "forfeit": True}, key)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (closed.content, "true")
    assert shop.get(f"/v1/cards/{bob}").json()["code"] == "account_closed"
    created(shop.post("/v1/members", contact, fresh("e")))

    # Two enrolments, two purchases, a transfer, a joining and a leaving in two accounts each, and an enrolment.
    posted = shop.posted_entries(11)
    assert sum(entry["visit"] for entry in posted) == 5
    for card in (ann, bob):
        check_history(local_cloud.services.ledger.history(card[4:14]))
