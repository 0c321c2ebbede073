"""Settles what was recorded: the window is closed, two operators approve, and the bank moves the money by its files.

What a prepaid retailer owes is taken from what it has paid in. The first collection from one retailer bounces, and is
tried again.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from infra.bank.accounts import check_agreed, fingerprint, read_accounts
from infra.bank.answers import bank_answer, outcome_of
from infra.bank.files import bank_file, submission
from infra.demo.bank import Payment, payments, statement_of_account
from infra.demo.client import Api, pages
from infra.demo.errors import UnexpectedAnswerError
from infra.demo.figures import NETWORK, Figure
from infra.demo.retailers import CURRENCY, RETAILERS
from infra.stack import Stack
from infra.target import Target
from partners.settlement.payments.legs import Direction
from partners.settlement.payments.service import SettlementPayments

ACCOUNTS = Path(__file__).parent / "accounts.json"
STEPS = 12
"""How often `settle` says that it goes on."""
MOST_DRAINS = 20


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of it: figures of positions, of deposits and of what the bank moved, payments by the bank's file, who
    bounced.
    """

    window: int
    figures: Mapping[Figure, int]
    collected: int
    paid: int
    bounced: str


class Settling:
    """`folder` gets the files between network and bank. Every method may raise UnexpectedAnswerError."""

    def __init__(
        self,
        stack: Stack,
        api: Api,
        operators: tuple[str, str],
        payments_of: SettlementPayments,
        bank_account: Callable[[str], str | None],
        folder: Path,
        advance: Callable[[], None],
    ) -> None:
        self._stack = stack
        self._api = api
        self._first, self._second = operators
        self._payments = payments_of
        self._bank_account = bank_account
        self._folder = folder
        self._advance = advance

    def settle(self, today: date) -> Settled:
        """Close the open window and pay it."""
        window = self._closed_window()
        self._agree_on_accounts()
        moves = ("moved_cents", "from_deposit_cents")
        figures: dict[Figure, int] = {(name, one.partner_id, ""): 0 for name in moves for one in RETAILERS}
        for page in pages(self._api, f"/v1/windows/{window}/positions", self._first):
            for position in page["positions"]:
                if position["party"] != NETWORK:
                    figures["settled_cents", position["party"], ""] = position["net_cents"]
        self._post(f"/v1/windows/{window}/settlements", self._first)
        one = f"/v1/windows/{window}/settlements/{CURRENCY}"
        self._post(f"{one}/approve", self._second)

        legs = self._post(f"{one}/collect", self._first)["legs"]
        debtors = [leg for leg in legs if leg["direction"] == Direction.IN]
        if not debtors:
            raise UnexpectedAnswerError("The bank has nothing to collect: choose more households.")
        bounced = min(debtors, key=lambda leg: int(leg["amount_cents"]))
        moved = self._through_the_bank(
            window, "collect", today, lambda payment: payment.end_to_end_id == bounced["end_to_end_id"]
        )
        self._post(f"{one}/decisions", self._first, {"decision": "retry", "party": bounced["party"]})
        self._post(f"{one}/collect", self._first)
        moved |= self._through_the_bank(window, "collect-again", today + timedelta(days=1))
        collected = len(moved)
        paying = self._post(f"{one}/pay", self._second)
        while paying["more"]:
            paying = self._post(f"{one}/pay", self._second)
        if any(leg["direction"] == Direction.OUT for leg in paying["legs"]):
            moved |= self._through_the_bank(window, "pay", today + timedelta(days=2))

        settled = self._api.get(f"/v1/windows/{window}/settlements", self._first).body["settlements"][0]
        if settled["stage"] != "settled":
            raise UnexpectedAnswerError(f"The settlement should be settled: {settled}")
        for leg in settled["legs"]:
            if leg["end_to_end_id"] in moved:
                figures["moved_cents", leg["party"], ""] = moved[leg["end_to_end_id"]]
            if leg["direction"] == Direction.DEPOSIT:
                figures["from_deposit_cents", leg["party"], ""] = -leg["amount_cents"]
        figures |= self._deposits_left()
        return Settled(window, figures, collected, len(moved) - collected, bounced["party"])

    def _deposits_left(self) -> dict[Figure, int]:
        """What is held of each retailer after all."""
        left: dict[Figure, int] = {}
        for one in RETAILERS:
            funding = self._api.get(f"/v1/partners/{one.partner_id}/funding", self._first, limit="1").body
            left["deposit_left_cents", one.partner_id, ""] = funding["deposit_held_cents"]
        self._advance()
        return left

    def _agree_on_accounts(self) -> None:
        """One operator proposes where the network and each retailer are paid, the other approves."""
        for party, account in read_accounts(ACCOUNTS).agreed_on.items():
            path = f"/v1/partners/{party}/payee-accounts"
            wanted = {"bank_account_fingerprint": fingerprint(account.iban), "reason": "As their contract says"}
            shown = self._api.post(path, self._first, wanted).body
            approve = f"{path}/proposals/{shown['proposal']['proposal']}/approve"
            self._api.post(approve, self._second, {"reason": "Compared with their letter"})

    def _closed_window(self) -> int:
        """The window that was open, closed at once: here nothing is on its way any more."""
        number = int(self._api.get("/v1/windows", self._first).body["windows"][0]["window"])
        self._post(f"/v1/windows/{number}/close", self._first)
        client = Target.local(str(self._stack.endpoint_url)).client("lambda")
        for _ in range(MOST_DRAINS):
            done = client.invoke(
                FunctionName=self._stack.settlement_function, Payload=json.dumps({"drain_seconds": 0}).encode()
            )
            answer = json.loads(done["Payload"].read())
            if "FunctionError" in done:
                raise UnexpectedAnswerError(f"{self._stack.settlement_function}: {answer}")
            if answer == {"window": number, "state": "closed"}:
                self._advance()
                return number
        raise UnexpectedAnswerError(f"Window {number} does not close: {answer}")

    def _through_the_bank(
        self, window: int, name: str, on: date, bounces: Callable[[Payment], bool] = lambda _: False
    ) -> dict[str, int]:
        """Send what is submitted as a file, read the bank's answer; by end-to-end id what it moved, seen by parties."""
        direction = Direction.OUT if name == "pay" else Direction.IN
        one = self._payments.settlement(window, CURRENCY)
        accounts = read_accounts(ACCOUNTS)
        check_agreed(accounts, submission(one, direction).legs, self._bank_account)
        sent = bank_file(one, direction, accounts, on)
        (self._folder / f"{name}.pain.xml").write_bytes(sent)
        answer = self._folder / f"{name}.camt053.xml"
        answer.write_bytes(statement_of_account(sent, accounts.network.iban, bounces))
        outcomes = [outcome_of(word) for word in bank_answer(one, answer, accounts.network.iban).words]
        self._post(f"/v1/windows/{window}/settlements/{CURRENCY}/outcomes", self._first, {"outcomes": outcomes})
        return {
            payment.end_to_end_id: _cents(payment) * (1 if direction is Direction.OUT else -1)
            for payment in payments(sent)
            if not bounces(payment)
        }

    def _post(self, path: str, operator: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self._api.post(path, operator, body or {}).body
        self._advance()
        return answer


def _cents(payment: Payment) -> int:
    units, _, cents = payment.amount.partition(".")
    return int(units) * 100 + int(cents.ljust(2, "0"))
