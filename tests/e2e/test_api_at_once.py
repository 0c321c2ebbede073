"""What arrives at the same moment is still done once, and never more than there is."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.shops import Network, Shop, bearer, created, fresh, now
from tests.support.clouds import DeployedCloud

ROUNDS = 5


@pytest.fixture(scope="module")
def network(local_cloud: DeployedCloud) -> Network:
    return Network.of(local_cloud)


@pytest.fixture(scope="module")
def shop(network: Network) -> Shop:
    return network.open_shop()


def at_once(*sends: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """The replies to requests that start together, each from a thread of its own."""
    barrier = threading.Barrier(len(sends))

    def start(send: Callable[[], httpx.Response]) -> httpx.Response:
        barrier.wait(10)
        return send()

    with ThreadPoolExecutor(len(sends)) as pool:
        return list(pool.map(start, sends))


def sending(shop: Shop, path: str, body: object, key: str) -> Callable[[], httpx.Response]:
    """A request over a connection of its own."""

    def send() -> httpx.Response:
        headers = {**bearer(shop.key), "Idempotency-Key": key}
        return httpx.post(f"{shop.network.base_url}{path}", json=body, headers=headers, timeout=60)

    return send


def check_one_effect(replies: list[httpx.Response]) -> None:
    assert {reply.status_code for reply in replies} == {201}, [reply.text for reply in replies]
    assert len({reply.content for reply in replies}) == 1
    first_answers = [reply for reply in replies if "Idempotency-Replayed" not in reply.headers]
    assert len(first_answers) <= 1


def test_a_purchase_sent_twice_at_once_is_one_entry_with_two_identical_answers(shop: Shop) -> None:
    card = shop.enrol()
    for number in range(ROUNDS):
        send = sending(shop, "/v1/purchases", shop.purchase(card, f"r-{number}"), fresh("p"))
        check_one_effect(at_once(send, send))
    earned = [entry for entry in shop.card_entries(card) if entry["op"] == "earn"]
    assert sorted(entry["receipt"] for entry in earned) == [f"r-{number}" for number in range(ROUNDS)]
    assert shop.get(f"/v1/cards/{card}").json()["points_balance"] == ROUNDS * 100


def test_a_redemption_sent_three_times_at_once_takes_the_points_once(shop: Shop) -> None:
    card = shop.enrol()
    created(shop.post("/v1/purchases", shop.purchase(card, "r"), fresh("p")))
    send = sending(shop, "/v1/redemptions", shop.redemption(card, "x", 60), fresh("x"))
    check_one_effect(at_once(send, send, send))
    assert shop.get(f"/v1/cards/{card}").json()["points_balance"] == 40


def test_an_enrolment_sent_twice_at_once_makes_one_card(shop: Shop) -> None:
    for _ in range(ROUNDS):
        body = {"contact": f"{fresh('twin')}@example.com", "location_id": "s1", "occurred_at": now()}
        send = sending(shop, "/v1/members", body, fresh("e"))
        check_one_effect(at_once(send, send))


def test_two_tills_cannot_enrol_one_customer_twice(network: Network, shop: Shop) -> None:
    other = network.open_shop()
    body = {"contact": f"{fresh('one')}@example.com", "location_id": "s1", "occurred_at": now()}
    replies = at_once(*[sending(till, "/v1/members", body, fresh("e")) for till in (shop, other)])
    assert sorted(reply.status_code for reply in replies) == [201, 409]


def test_points_cannot_be_spent_twice_at_two_partners(network: Network, shop: Shop) -> None:
    other = network.open_shop()
    for number in range(ROUNDS):
        card = shop.enrol()
        created(shop.post("/v1/purchases", shop.purchase(card, f"d-{number}"), fresh("p")))
        replies = at_once(
            *[sending(till, "/v1/redemptions", till.redemption(card, "x", 100), fresh("x")) for till in (shop, other)]
        )
        assert sorted(reply.status_code for reply in replies) == [201, 422]
        (refused,) = [reply.json() for reply in replies if reply.status_code == 422]
        assert (refused["code"], refused["points_available"]) == ("insufficient_points", 0)
        assert shop.get(f"/v1/cards/{card}").json()["points_balance"] == 0
