"""Eight clients at two partners at work on one member at once; afterwards the book agrees with every answer."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from shared.ledger.audit import check_history
from shared.ledger.model import Op
from tests.e2e.shops import Network, Shop, bearer, created, fresh, now
from tests.support.clouds import DeployedCloud

CLIENTS = 8
REQUESTS_A_CLIENT = 6
TRIES = 20
REFUSALS = {"insufficient_points", "hold_not_open", "return_exceeds_purchase", "cancel_exceeds_redemption"}

CHANGES: dict[str, Callable[[dict[str, Any]], int]] = {
    "purchase": lambda answer: answer["points"],
    "redemption": lambda answer: -answer["points"],
    "hold": lambda answer: 0,
    "capture": lambda answer: -answer["points"],
    "void": lambda answer: 0,
    "return": lambda answer: -answer["points_taken_back"] - answer["points_owed"],
    "cancellation": lambda answer: answer["points_restored"],
}
"""By how much each answer says that active and held points, less what is owed, have changed."""


@dataclass
class Client:
    """One till: draws requests from its seed, sends each until it is answered, and some of them again."""

    shop: Shop
    card: str
    seed: int
    accepted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    repeated: int = 0

    def work(self, start: threading.Barrier) -> None:
        self._draw = random.Random(self.seed)
        with httpx.Client(base_url=self.shop.network.base_url, timeout=60) as self._http:
            start.wait(60)
            for number in range(REQUESTS_A_CLIENT):
                self._one(f"c{self.seed}-{number}")

    def _one(self, receipt: str) -> None:
        kind, path, body = self._request(receipt)
        key = fresh("k")
        reply = self._until_answered(path, body, key)
        if self._draw.random() < 0.3:
            self.repeated += 1
            again = self._until_answered(path, body, key)
            if reply.status_code == 201:
                assert (again.status_code, again.content) == (201, reply.content)
                assert again.headers["Idempotency-Replayed"] == "true"
        if reply.status_code == 201:
            self.accepted.append((kind, reply.json()))
            if self._draw.random() < 0.2:
                other = self._until_answered(path, {**body, "receipt": "another"}, key)
                assert other.json()["code"] == "idempotency_key_reused", other.text
        else:
            assert reply.json()["code"] in REFUSALS, reply.text
            self.refused.append(reply.json()["code"])

    def _request(self, receipt: str) -> tuple[str, str, dict[str, Any]]:
        at = {"location_id": "s1", "receipt": receipt, "occurred_at": now()}
        kinds = ["purchase"] * 3 + ["redemption", "hold"] + [self._follows(kind) for kind, _ in self.accepted]
        kind = self._draw.choice(kinds)
        if kind == "purchase":
            total = {"amount_cents": self._draw.randrange(100, 5_000), "currency": "USD"}
            return kind, "/v1/purchases", {"card_number": self.card, **at, "total": total}
        if kind in ("redemption", "hold"):
            points = self._draw.randrange(2, 200)
            return kind, f"/v1/{kind}s", {"card_number": self.card, **at, "points": points}
        before = self._draw.choice([answer for done, answer in self.accepted if self._follows(done) == kind])
        path = {
            "end of hold": f"/v1/holds/{before['entry_id']}/",
            "return": f"/v1/purchases/{before['entry_id']}/returns",
            "cancellation": f"/v1/redemptions/{before['entry_id']}/cancellations",
        }[kind]
        if kind == "end of hold":
            kind = self._draw.choice(["capture", "void"])
            path += kind
        part = {} if kind in ("return", "void") else {"points": self._draw.randrange(1, 100)}
        return kind, path, {**at, **part}

    @staticmethod
    def _follows(kind: str) -> str:
        """What may be asked after a request of this kind was accepted."""
        return {"hold": "end of hold", "redemption": "cancellation", "capture": "cancellation"}.get(
            kind, "return" if kind == "purchase" else "purchase"
        )

    def _until_answered(self, path: str, body: dict[str, Any], key: str) -> httpx.Response:
        headers = {**bearer(self.shop.key), "Idempotency-Key": key}
        for _ in range(TRIES):
            reply = self._http.post(path, json=body, headers=headers)
            if reply.status_code != 503:
                return reply
        raise AssertionError(f"{path} was not answered in {TRIES} tries: {reply.text}")


@pytest.fixture(scope="module")
def network(local_cloud: DeployedCloud) -> Network:
    return Network.of(local_cloud)


def test_every_accepted_request_took_effect_once_and_the_balance_is_their_sum(
    network: Network, local_cloud: DeployedCloud
) -> None:
    shops = [network.open_shop(), network.open_shop()]
    card = shops[0].enrol()
    opening = created(shops[0].post("/v1/purchases", shops[0].purchase(card, "opening", 10_000), fresh("p")))
    clients = [Client(shops[seed % 2], card, seed) for seed in range(CLIENTS)]
    start = threading.Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(client.work, start) for client in clients]:
            done.result()

    answers = [("purchase", opening)] + [answer for client in clients for answer in client.accepted]
    member = local_cloud.services.members.card(card).member
    history = list(local_cloud.services.ledger.history(member))
    assert check_history(history) == len(history)
    assert sorted(entry.entry_id for entry in history if entry.op is not Op.ENROL) == sorted(
        answer["entry_id"] for _, answer in answers
    )
    assert len({entry.key_hash for entry in history}) == len(history)
    assert len({kind for kind, _ in answers}) >= 4, "too few kinds of request were accepted to say anything"
    view = shops[0].get(f"/v1/cards/{card}").json()
    expected = sum(CHANGES[kind](answer) for kind, answer in answers)
    assert view["points_balance"] + view["points_held"] - view["points_owed"] == expected
    assert sum(client.repeated for client in clients) > CLIENTS
