"""Payments as ISO 20022 files: pain.008.001.02 collects, pain.001.001.03 pays. Checked against the standard's XSD.

What is submitted together is a file of its own, for ever, whatever is said of its payments: so no payment is in two
files, and a bank that is sent one twice knows it by its message id.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring
from sepaxml import SepaDD, SepaTransfer
from sepaxml.validation import ValidationError, try_valid_xml

from infra.bank.accounts import Accounts, MemberAccount, PartyAccount
from partners.contracts.payment import PaymentMethod
from partners.settlement.payments.legs import Direction, Leg, LegState
from partners.settlement.payments.model import PaidSettlement
from shared.kernel.clock import to_rfc3339

COLLECTS, PAYS = "pain.008.001.02", "pain.001.001.03"
LONGEST_ID = 35
MOST_CENTS = 99_999_999_999


@dataclass(frozen=True, slots=True)
class Submission:
    """What went to the bank together, counted from 1 for each direction of a settlement."""

    number: int
    legs: list[Leg]

    @property
    def unanswered(self) -> int:
        """How many of its payments nothing was said of yet."""
        return sum(leg.state is LegState.SUBMITTED for leg in self.legs)


def submissions(one: PaidSettlement, direction: Direction) -> list[Submission]:
    """All submissions of a direction, oldest first. A payment is in one of them for good."""
    by_bank = [leg for leg in one.legs if leg.direction is direction and leg.means.method is PaymentMethod.BANK_FILE]
    submitted = [leg for leg in by_bank if leg.was_submitted]
    moments = sorted({leg.submitted_at_ms for leg in submitted})
    return [
        Submission(number, [leg for leg in submitted if leg.submitted_at_ms == moment])
        for number, moment in enumerate(moments, 1)
    ]


def submission(one: PaidSettlement, direction: Direction, number: int | None = None) -> Submission:
    """That of a number, or the latest that waits for an answer. Raises ValueError if there is none."""
    found = submissions(one, direction)
    fitting = [other for other in found if (other.unanswered if number is None else other.number == number)]
    if not fitting:
        which = "no payment that waits for an answer" if number is None else f"no submission {number}"
        raise ValueError(f"Settlement {one.settlement_id} has {which}, {direction.value}, at the bank.")
    return fitting[-1]


def submitted_as(one: PaidSettlement, names: Collection[str]) -> list[Leg]:
    """The payments of the settlement's file that has one of these ids, as a bank tells of it; none if it has none."""
    for direction in (Direction.IN, Direction.OUT):
        for found in submissions(one, direction):
            message_id = _message_id(found.legs)
            if message_id in names or _payment_information_id(message_id, 1) in names:
                return found.legs
    return []


def bank_file(
    one: PaidSettlement, direction: Direction, accounts: Accounts, on: date, number: int | None = None
) -> bytes:
    """The file of a submission, of this `number` or the latest that waits for an answer, to be carried out on a day.

    The same submission, accounts and day give the same bytes. Raises ValueError if there is no such submission, an
    account or mandate is missing, or the standard or SEPA does not allow what it says.
    """
    legs = submission(one, direction, number).legs
    for leg in legs:
        if leg.amount_cents > MOST_CENTS:
            raise ValueError(f"{leg.key} is of more than 999,999,999.99, which is the most that SEPA takes.")
    schema = COLLECTS if direction is Direction.IN else PAYS
    file = _debits(one, legs, accounts, on) if direction is Direction.IN else _credits(one, legs, accounts, on)
    document = fromstring(file.export(validate=False))
    _name(document, schema, _message_id(legs), legs[0].submitted_at_ms)
    written: bytes = b'<?xml version="1.0" encoding="UTF-8"?>' + ET.tostring(document, "utf-8")
    try:
        try_valid_xml(written, schema)
    except ValidationError as error:
        raise ValueError(f"The file would not be valid {schema}: {error.__cause__}") from error
    return written


def _debits(one: PaidSettlement, legs: list[Leg], accounts: Accounts, on: date) -> SepaDD:
    network = accounts.network
    config = {**_network(accounts, one.currency), "creditor_id": network.creditor_id, "instrument": "B2B"}
    file = SepaDD(config, schema=COLLECTS, clean=True)
    for leg in legs:
        account = accounts.of(leg)
        if not isinstance(account, PartyAccount) or account.mandate_id is None or account.mandate_date is None:
            raise ValueError(f"{leg.party} has no mandate in the file of accounts.")
        mandate = {"mandate_id": account.mandate_id, "mandate_date": account.mandate_date}
        file.add_payment({**_payment(one, leg, account), **mandate, "type": "RCUR", "collection_date": on})
    return file


def _credits(one: PaidSettlement, legs: list[Leg], accounts: Accounts, on: date) -> SepaTransfer:
    file = SepaTransfer(_network(accounts, one.currency), schema=PAYS, clean=True)
    for leg in legs:
        file.add_payment({**_payment(one, leg, accounts.of(leg)), "execution_date": on})
    return file


def _network(accounts: Accounts, currency: str) -> dict[str, Any]:
    network = accounts.network
    return {"name": network.name, "IBAN": network.iban, "BIC": network.bic, "batch": True, "currency": currency}


def _payment(one: PaidSettlement, leg: Leg, account: PartyAccount | MemberAccount) -> dict[str, Any]:
    return {
        "name": account.name,
        "IBAN": account.iban,
        "BIC": account.bic,
        "amount": leg.amount_cents,
        "description": f"Cashback, {leg.payout}" if leg.payout else f"Settlement of window {one.window}, {leg.party}",
        "endtoend_id": leg.end_to_end_id,
    }


def _message_id(legs: list[Leg]) -> str:
    return hashlib.sha256(" ".join(leg.key for leg in legs).encode()).hexdigest()[:LONGEST_ID]


def _payment_information_id(message_id: str, number: int) -> str:
    return f"{message_id[:30]}-{number}"


def _name(document: ET.Element, schema: str, message_id: str, at_ms: int) -> None:
    """The library makes ids and the time of creation up; these follow from the payments instead."""
    space = f"{{urn:iso:std:iso:20022:tech:xsd:{schema}}}"
    for message in document.iter(f"{space}MsgId"):
        message.text = message_id
    for number, payment in enumerate(document.iter(f"{space}PmtInfId"), 1):
        payment.text = _payment_information_id(message_id, number)
    for batch in document.iter(f"{space}BtchBookg"):
        # Each payment is to be booked by itself: of a single amount for all nobody could tell which are in it.
        batch.text = "false"
    for created in document.iter(f"{space}CreDtTm"):
        created.text = to_rfc3339(at_ms)[:19]
