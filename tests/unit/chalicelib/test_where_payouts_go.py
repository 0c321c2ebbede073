"""Where the bank sends members' payouts: as was told with each, to one member an account, or as two people agreed.

Eve (ann in the API) asks for payouts and writes the file of accounts and the bank's; others approve and pay.
"""

import argparse
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from infra.bank.accounts import fingerprint
from infra.cli import bank_run
from partners.settlement.payments.payees import PayeeAccounts
from shared.kernel.money import Money
from tests.unit.chalicelib.replies import problem
from tests.unit.chalicelib.test_cashback_routes import Gamma, money
from tests.unit.chalicelib.test_member_payouts import Clerk
from tests.unit.chalicelib.test_payout_requests import payouts
from tests.unit.chalicelib.world import World

HERS, EVES, NETWORKS = "DE89370400440532013000", "DE02120300000000202051", "DE02500105170137075030"
ON = date(2026, 11, 18)


class Desk:
    """Payouts in euros of two members, and the file that the bank gets of them."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self.clerk = Clerk(world, "EUR")
        self.cards = [world.enrol("ann@example.com"), world.enrol("bob@example.com")]
        gamma = Gamma(world, "EUR")
        for number, card in enumerate(self.cards):
            gamma.sells(card, 1_000_000, f"g-{number}")
        agreed = world.payees.people.propose("ann", "network", PayeeAccounts(bank_account=fingerprint(NETWORKS)), "own")
        assert agreed.proposal is not None
        world.payees.people.approve("bob", "network", agreed.proposal.number, "looked")

    def pays_out(self, whose: int, iban: str, key: str, cents: int = 1_000) -> str:
        body = {
            "card_number": self.cards[whose],
            "cashback": money(cents, "EUR"),
            "member_account_fingerprint": fingerprint(iban),
        }
        reply = self.world.post("/v1/payouts", body, self.world.operator, idempotency_key=key)
        assert (reply.status_code, reply.json_body["paid_by"]) == (201, "bank_file")
        entry_id: str = reply.json_body["entry_id"]
        return entry_id

    def settles(self, window: int = 1) -> None:
        self.clerk.closes(window)
        self.clerk.pays(window)

    def writes(self, ibans: dict[str, str], window: int = 1) -> bytes:
        """The bank's file, of the accounts that the operator's own file has for payouts."""
        network = {"name": "Lakeside", "iban": NETWORKS, "bic": "COBADEFFXXX", "creditor_id": "DE98ZZZ09999999999"}
        members = {entry: {"name": "Ann Lee", "iban": iban, "bic": "COBADEFFXXX"} for entry, iban in ibans.items()}
        accounts, file = self.folder / "accounts.json", self.folder / "credits.xml"
        accounts.write_text(json.dumps({"network": network, "parties": {}, "members": members}))
        chosen = self._chosen(window, file=file, accounts=accounts, on=ON, direction="out", submission=None)
        services: Any = self.world
        bank_run.write_bank_file(Console(file=io.StringIO()), services, chosen)
        return file.read_bytes()

    def lists(self, window: int = 1) -> str:
        services: Any = self.world
        text = io.StringIO()
        assert bank_run.show_payouts(Console(file=text), services, self._chosen(window))
        return text.getvalue()

    def agrees(self, iban: str, *payouts: str) -> None:
        """Ann proposes that the members of these payouts are paid at an account; she can't approve it, and bob does."""
        path = f"/v1/member-accounts/{fingerprint(iban)}"
        members = [payout.partition("-")[0] for payout in payouts]
        asked = self.world.post(path, {"members": members, "reason": "a couple"}, self.world.operator)
        assert asked.status_code == 200
        number = asked.json_body["proposal"]["proposal"]
        decided = f"{path}/proposals/{number}/approve"
        problem(self.world.post(decided, {"reason": "eh"}, self.world.operator), 403, "second_person_needed")
        done = self.world.post(decided, {"reason": "asked both"}, self.world.second_operator)
        assert done.json_body["members"] == sorted(set(members))

    @staticmethod
    def _chosen(window: int, **more: object) -> argparse.Namespace:
        return argparse.Namespace(window=window, currency="EUR", **more)


@pytest.fixture
def desk(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(bank_run, "system_clock", world.clock)
    return Desk(world, tmp_path)


def test_a_file_pays_each_payout_at_the_account_that_was_told_and_at_no_other(desk: Desk) -> None:
    payout = desk.pays_out(0, HERS, "o1")
    desk.settles()
    with pytest.raises(ValueError, match=f"The account of payout {payout} in the file is not the one that was told"):
        desk.writes({payout: EVES})
    assert HERS.encode() in desk.writes({payout: f"{HERS[:4]} {HERS[4:].lower()}"})
    assert f"asked by ann, approved by nobody  {fingerprint(HERS)}" in desk.lists()


def test_eve_alone_gets_no_account_of_hers_behind_the_payouts_of_several(desk: Desk) -> None:
    paid = [desk.pays_out(whose, EVES, f"o{whose}") for whose in (0, 1)]
    desk.settles()
    with pytest.raises(ValueError, match="is of several members: ") as refused:
        desk.writes(dict.fromkeys(paid, EVES))
    assert all(payout in str(refused.value) for payout in paid)
    desk.agrees(EVES, *paid)
    assert desk.writes(dict.fromkeys(paid, EVES)).count(EVES.encode()) == 2


def test_nor_one_after_the_other_in_settlements_of_their_own(desk: Desk) -> None:
    first = desk.pays_out(0, EVES, "o1")
    desk.settles()
    desk.writes({first: EVES})
    desk.clerk.tells(1, **{first: "succeeded"})
    second = desk.pays_out(1, EVES, "o2")
    desk.settles(2)
    with pytest.raises(ValueError, match="is of several members: "):
        desk.writes({second: EVES}, 2)
    desk.agrees(EVES, second)
    with pytest.raises(ValueError, match="is of several members: "):
        desk.writes({second: EVES}, 2)
    desk.agrees(EVES, first, second)
    assert EVES.encode() in desk.writes({second: EVES}, 2)


def test_what_eve_gets_alone_in_a_day_is_the_limit_however_many_members_and_requests(desk: Desk) -> None:
    states = []
    for number in range(20):
        body = {
            "card_number": desk.cards[number % 2],
            "cashback": money(1_000, "EUR"),
            "member_account_fingerprint": fingerprint((HERS, EVES)[number % 2]),
        }
        reply = desk.world.post("/v1/payouts", body, desk.world.operator, idempotency_key=f"o{number}")
        if reply.json_body["state"] == "proposed":
            path = f"/v1/payout-requests/{reply.json_body['request_id']}/approve"
            problem(desk.world.post(path, b"", desk.world.operator), 403, "second_person_needed")
        states.append(reply.json_body["state"])
    assert states.count("applied") == 5
    assert desk.clerk.closes(1)["members"] == 5_000


def test_a_payout_of_before_accounts_were_told_waits_for_two_to_agree_on_one(desk: Desk) -> None:
    desk.world.payouts.pay_out("ann", "old", desk.cards[0], Money(2_000, "EUR"))
    [payout] = payouts(desk.world)
    desk.settles()
    assert "no account told" in desk.lists()
    with pytest.raises(ValueError, match=f"Nobody has told the account of payout {payout}"):
        desk.writes({payout: HERS})
    desk.agrees(HERS, payout)
    assert HERS.encode() in desk.writes({payout: HERS})


def test_what_failed_is_tried_again_at_another_account_when_two_agree_on_it(desk: Desk) -> None:
    payout = desk.pays_out(0, EVES, "o1")
    desk.settles()
    desk.clerk.tells(1, **{payout: "failed"})
    desk.clerk.does(1, "decisions", {"party": f"members:{payout}", "decision": "retry"})
    desk.clerk.does(1, "pay")
    with pytest.raises(ValueError, match="is not the one that was told"):
        desk.writes({payout: HERS})
    desk.agrees(HERS, payout)
    assert HERS.encode() in desk.writes({payout: HERS})


def test_where_two_agreed_to_pay_one_member_no_other_is_paid_by_what_one_person_told(desk: Desk) -> None:
    first = desk.pays_out(0, HERS, "o1")
    desk.agrees(EVES, first)
    desk.settles()
    assert EVES.encode() in desk.writes({first: EVES})
    desk.clerk.tells(1, **{first: "succeeded"})
    second = desk.pays_out(1, EVES, "o2")
    desk.settles(2)
    with pytest.raises(ValueError, match="is of several members: "):
        desk.writes({second: EVES}, 2)
    desk.agrees(EVES, first, second)
    assert EVES.encode() in desk.writes({second: EVES}, 2)


def test_an_account_told_for_a_payout_that_was_taken_back_stops_nobody(desk: Desk) -> None:
    slip = desk.pays_out(0, EVES, "o1")
    why = {"reason": "slip"}
    undone = desk.world.post(f"/v1/payouts/{slip}/reversals", why, desk.world.operator, idempotency_key="r")
    assert undone.status_code == 201
    payout = desk.pays_out(1, EVES, "o2")
    desk.settles()
    assert EVES.encode() in desk.writes({payout: EVES})


def test_but_another_payout_of_that_member_that_went_there_does(desk: Desk) -> None:
    first = desk.pays_out(0, EVES, "o1")
    desk.settles()
    desk.writes({first: EVES})
    desk.clerk.tells(1, **{first: "succeeded"})
    slip = desk.pays_out(0, EVES, "o2")
    desk.world.post(f"/v1/payouts/{slip}/reversals", {"reason": "slip"}, desk.world.operator, idempotency_key="r")
    payout = desk.pays_out(1, EVES, "o3")
    desk.settles(2)
    with pytest.raises(ValueError, match="is of several members: "):
        desk.writes({payout: EVES}, 2)


def test_a_member_whose_account_an_earlier_version_noted_stands_there_still(desk: Desk) -> None:
    desk.world.payout_book._client.put_item(
        TableName="partners", Item={"pk": {"S": f"MEMBER-ACCOUNT#{fingerprint(EVES)}"}, "sk": {"S": "0000004811"}}
    )
    payout = desk.pays_out(0, EVES, "o1")
    desk.settles()
    with pytest.raises(ValueError, match=r"is of several members: .*0000004811"):
        desk.writes({payout: EVES})


def test_fingerprints_are_printed_of_ibans_that_are_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{HERS}\n\nDE02 1203 0000 0000 2020 51\n"))
    assert bank_run.show_fingerprints(Console(file=text), Path("-"))
    assert text.getvalue().split() == [fingerprint(HERS), fingerprint(EVES)]
    monkeypatch.setattr("sys.stdin", io.StringIO("DE88370400440532013000"))
    with pytest.raises(ValueError, match="check digits"):
        bank_run.show_fingerprints(Console(file=text), Path("-"))
