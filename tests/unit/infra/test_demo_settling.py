"""The demo's settlement goes through the bank as far as there is something to move."""

from datetime import date
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from infra.demo.client import Api
from infra.demo.errors import UnexpectedAnswerError
from infra.demo.retailers import RETAILERS
from infra.demo.settling import Settling
from partners.contracts.model import NETWORK


def leg(party: str, direction: str, attempt: int = 1) -> dict[str, Any]:
    name = f"{party}-{direction}-{attempt}"
    return {"party": party, "direction": direction, "amount_cents": 100, "end_to_end_id": name}


class Bank(Settling):
    """Closes nothing and writes no files: all that is given to the bank is moved."""

    def __init__(self, legs: dict[str, list[dict[str, Any]]]) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            step = request.url.path.rpartition("/")[2]
            self.asked.append((request.url.path, request.headers["Authorization"].rpartition(" ")[2]))
            settlement = {"stage": "settled", "more": False, "legs": legs.get(step, legs["pay"])}
            proposed = {"proposal": {"proposal": 1}}
            listed = {"positions": [], "next_cursor": None, "deposit_held_cents": 17}
            return httpx.Response(200, json={**listed, "settlements": [settlement], **settlement, **proposed})

        api = Api("https://network.example", transport=httpx.MockTransport(answer))
        nobody = cast("Any", None)
        super().__init__(nobody, api, ("ann", "bob"), nobody, nobody, Path(), lambda: None)
        self.asked: list[tuple[str, str]] = []
        self.given: list[str] = []

    def _closed_window(self) -> int:
        return 7

    def _through_the_bank(self, window: int, name: str, on: date, bounces: Any = None) -> dict[str, int]:
        del window, on, bounces
        self.given.append(name)
        return {f"harvest-{'out' if name == 'pay' else 'in'}-{len(self.given)}": -100}


def test_where_nobody_receives_there_is_no_file_of_transfers() -> None:
    collected = [leg("harvest", "in")]
    bank = Bank({"collect": collected, "pay": collected})
    settled = bank.settle(date(2026, 11, 22))
    assert bank.given == ["collect", "collect-again"]
    assert (settled.bounced, settled.paid) == ("harvest", 0)


def test_what_is_taken_from_a_deposit_goes_through_no_bank() -> None:
    legs = [leg("harvest", "in"), {**leg("northpharm", "deposit"), "amount_cents": 5}]
    bank = Bank({"collect": legs, "pay": legs})
    settled = bank.settle(date(2026, 11, 22))
    assert (settled.bounced, settled.collected) == ("harvest", 2), "of two attempts"
    names = ("from_deposit_cents", "deposit_left_cents", "moved_cents")
    found = [[settled.figures[name, party, ""] for name in names] for party in ("harvest", "northpharm")]
    assert found == [[0, 17, -100], [-5, 17, 0]]
    with pytest.raises(UnexpectedAnswerError, match="choose more households"):
        Bank({"collect": legs[1:], "pay": []}).settle(date(2026, 11, 22))


def test_creditors_are_paid_by_a_file_of_their_own() -> None:
    bank = Bank({"collect": [leg("harvest", "in")], "pay": [leg("harvest", "in"), leg("greenleaf", "out")]})
    assert bank.settle(date(2026, 11, 22)).paid == 1
    assert bank.given == ["collect", "collect-again", "pay"]


def test_two_operators_agree_on_the_bank_accounts_of_the_network_and_every_retailer_first() -> None:
    bank = Bank({"collect": [leg("harvest", "in")], "pay": []})
    bank.settle(date(2026, 11, 22))
    path = "/v1/partners/{}/payee-accounts"
    expected = [
        (f"{path.format(party)}{rest}", who)
        for party in (NETWORK, *(one.partner_id for one in RETAILERS))
        for rest, who in (("", "ann"), ("/proposals/1/approve", "bob"))
    ]
    found = [one for one in bank.asked if "payee-accounts" in one[0]]
    assert sorted(found) == sorted(expected)


def test_who_has_no_debtor_is_told_what_to_do() -> None:
    with pytest.raises(UnexpectedAnswerError, match="choose more households"):
        Bank({"collect": [], "pay": []}).settle(date(2026, 11, 22))
