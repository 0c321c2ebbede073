"""Eight clients at two partners at work on one household at once; afterwards the book agrees with every answer.

Two cards use one account, one of them comes and goes; points go to a third account and back.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from infra.cli.audit_run import until_verdict
from shared.ledger.model import Entry, Op
from tests.e2e.shops import Network, Shop, bearer, created, fresh, now
from tests.simulation.ledger.world import check_book
from tests.support.clouds import DeployedCloud

CLIENTS = 8
REQUESTS_A_CLIENT = 7
TRIES = 20
CASHBACK_BPS = 500
REFUSALS = {
    "account_linked",
    "cancel_exceeds_redemption",
    "debt_outstanding",
    "hold_not_open",
    "holds_open",
    "insufficient_cashback",
    "insufficient_points",
    "not_linked",
    "return_exceeds_purchase",
    "same_account",
}
FOLLOWED_BY = {
    "purchase": "return",
    "hold": "end of hold",
    "redemption": "cancellation",
    "capture": "cancellation",
    "cashback redemption": "cashback cancellation",
}
"""What may be asked after a request of a kind was accepted."""

POINTS: dict[str, Callable[[dict[str, Any]], int]] = {
    "purchase": lambda answer: answer["points"],
    "redemption": lambda answer: -answer["points"],
    "capture": lambda answer: -answer["points"],
    "return": lambda answer: -answer["points_taken_back"] - answer["points_owed"],
    "cancellation": lambda answer: answer["points_restored"],
}
"""By how much an answer says that all active and held points, less what is owed, have changed; others not at all."""
CASHBACK: dict[str, Callable[[dict[str, Any]], int]] = {
    "purchase": lambda answer: answer["cashback"]["amount_cents"],
    "cashback redemption": lambda answer: -answer["cashback"]["amount_cents"],
    "return": lambda answer: -_cents(answer, "cashback_taken_back") - _cents(answer, "cashback_owed"),
    "cashback cancellation": lambda answer: answer["cashback_restored"]["amount_cents"],
}


def _cents(answer: dict[str, Any], name: str) -> int:
    return int(answer[name]["amount_cents"])


@dataclass
class Client:
    """One till: draws requests from its seed, sends each until it is answered, and some of them again.

    `cards` are the household's own, the one that comes and goes, and one outside.
    """

    shop: Shop
    cards: tuple[str, str, str]
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
            # What was refused had no effect: sent again it may succeed by what others have done meanwhile.
            reply = again
        if reply.status_code == 201:
            self.accepted.append((kind, reply.json()))
            if self._draw.random() < 0.2:
                other = self._until_answered(path, {**body, "occurred_at": now()}, key)
                assert other.json()["code"] == "idempotency_key_reused", other.text
        else:
            assert reply.json()["code"] in REFUSALS, reply.text
            self.refused.append(reply.json()["code"])

    def _request(self, receipt: str) -> tuple[str, str, dict[str, Any]]:
        kinds = ["purchase"] * 3 + ["redemption", "hold", "cashback redemption", "transfer", "coming or going"]
        kind = self._draw.choice(kinds + [FOLLOWED_BY[done] for done, _ in self.accepted if done in FOLLOWED_BY])
        if kind in ("transfer", "coming or going"):
            return self._between_cards(kind)
        at = {"location_id": "s1", "receipt": receipt, "occurred_at": now()}
        card = {"card_number": self._draw.choice(self.cards[:2]), **at}
        if kind == "purchase":
            return kind, "/v1/purchases", {**card, "total": self._money(5_000)}
        if kind == "cashback redemption":
            return kind, "/v1/redemptions/cashback", {**card, "cashback": self._money(200)}
        if kind in ("redemption", "hold"):
            return kind, f"/v1/{kind}s", {**card, "points": self._draw.randrange(2, 200)}
        before = self._draw.choice([answer for done, answer in self.accepted if FOLLOWED_BY.get(done) == kind])
        if kind == "end of hold":
            kind = self._draw.choice(["capture", "void"])
            part = {"points": self._draw.randrange(2, 100)} if kind == "capture" else {}
            return kind, f"/v1/holds/{before['entry_id']}/{kind}", {**at, **part}
        if kind == "return":
            return kind, f"/v1/purchases/{before['entry_id']}/returns", at
        part = {"points": self._draw.randrange(1, 100)} if kind == "cancellation" else {}
        return kind, f"/v1/redemptions/{before['entry_id']}/cancellations", {**at, **part}

    def _between_cards(self, kind: str) -> tuple[str, str, dict[str, Any]]:
        household, member, outside = self.cards
        at = {"location_id": "s1", "occurred_at": now()}
        if kind == "transfer":
            giver, taker = self._draw.choice([(household, outside), (member, outside), (outside, member)])
            points = self._draw.randrange(1, 100)
            return kind, "/v1/transfers", {"card_number": giver, "to_card_number": taker, "points": points, **at}
        if self._draw.random() < 0.5:
            return "leaving", "/v1/households/departures", {"card_number": member, "points": 0, **at}
        return "joining", "/v1/households", {"card_number": member, "household_card_number": household, **at}

    def _money(self, below_cents: int) -> dict[str, Any]:
        return {"amount_cents": self._draw.randrange(100, below_cents), "currency": "USD"}

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


def test_every_accepted_request_took_effect_once_and_the_balances_are_their_sum(
    network: Network, local_cloud: DeployedCloud
) -> None:
    shops = [network.open_shop(cashback_bps=CASHBACK_BPS), network.open_shop(cashback_bps=CASHBACK_BPS)]
    household, member, outside = shops[0].enrol(), shops[0].enrol(), shops[1].enrol()
    link = {"card_number": member, "household_card_number": household, "location_id": "s1", "occurred_at": now()}
    answers = [
        ("purchase", created(shops[0].post("/v1/purchases", shops[0].purchase(card, "opening", 10_000), fresh("p"))))
        for card in (household, outside)
    ]
    answers.append(("joining", created(shops[1].post("/v1/households", link, fresh("j")))))
    clients = [Client(shops[seed % 2], (household, member, outside), seed) for seed in range(CLIENTS)]
    start = threading.Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(client.work, start) for client in clients]:
            done.result()

    answers += [answer for client in clients for answer in client.accepted]
    ledger, members = local_cloud.services.ledger, local_cloud.services.members
    histories = [list(ledger.history(members.card(card).member)) for card in (household, member, outside)]
    check_book(histories)
    answered = {answer["entry_id"] for _, answer in answers}
    assert len(answered) == len(answers)
    assert {entry.entry_id for history in histories for entry in history if not _unasked(entry, answered)} == answered
    kinds = {kind for kind, _ in answers}
    assert len(kinds) >= 6, f"too few kinds of request were accepted to say anything: {kinds}"

    accounts = [household, outside] + ([] if histories[1][-1].account.follows else [member])
    views = [shops[0].get(f"/v1/cards/{card}").json() for card in accounts]
    points = sum(view["points_balance"] + view["points_held"] - view["points_owed"] for view in views)
    assert points == sum(POINTS[kind](answer) for kind, answer in answers if kind in POINTS)
    cashback = [one for view in views for one in view["cashback"]]
    cents = sum(_cents(one, "balance") - _cents(one, "owed") for one in cashback)
    assert cents == sum(CASHBACK[kind](answer) for kind, answer in answers if kind in CASHBACK)
    assert sum(client.repeated for client in clients) > CLIENTS
    _the_audit_finds_nothing(local_cloud, shops, histories)


def _the_audit_finds_nothing(cloud: DeployedCloud, shops: list[Shop], histories: list[list[Entry]]) -> None:
    """Of these members and partners: other tests plant faults of their own in the same stack."""
    entries = [entry for history in histories for entry in history]
    for shop in shops:
        shop.posted_entries(sum(entry.partner == shop.partner_id for entry in entries))
    run = cloud.services.audit.begin(fresh("tills"), segments=1, settled_for_ms=0)
    total = until_verdict(cloud.services.audit, run, lambda _: None).total
    assert total.entries >= len(entries)
    ours = (*(history[0].member for history in histories), *(shop.partner_id for shop in shops))
    assert [finding for finding in total.findings if finding.subject.startswith(ours)] == []


def _unasked(entry: Entry, answered: set[str]) -> bool:
    """Enrolments were answered elsewhere, and of two entries written together the first one is."""
    return entry.op is Op.ENROL or entry.counterpart in answered
