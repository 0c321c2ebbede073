"""What the bank's statement (camt.053, or a CSV file) says of the payments of a settlement."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from partners.settlement.payments.errors import UnknownLegError
from partners.settlement.payments.legs import Direction, Leg, LegState
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.service import BankWord

COLUMNS = ["end_to_end_id", "amount", "currency", "state", "reference"]
TOLD = frozenset(LegState) - {LegState.PLANNED, LegState.SUBMITTED}


@dataclass(frozen=True, slots=True)
class Booking:
    """A line of a statement: money that came to the network's account (`credited`) or left it."""

    end_to_end_id: str
    amount_cents: int
    currency: str
    credited: bool
    booked: bool
    reference: str


def bank_words(one: PaidSettlement, path: Path) -> list[BankWord]:
    """What the file says of the settlement's payments; lines of other payments are left out.

    Raises ValueError if it does not read, or a payment's amount or currency is another.
    """
    if path.suffix.lower() == ".csv":
        return list(_of_csv(one, path))
    try:
        bookings = list(read_camt(path.read_bytes()))
    except (ParseError, InvalidOperation) as error:
        raise ValueError(f"{path} does not read as camt.053: {error}") from error
    return list(_of_bookings(one, bookings))


def read_camt(document: bytes) -> Iterator[Booking]:
    """The bookings of a camt.053 of any version. Raises ValueError for an entry without amount or direction."""
    for entry in _all(fromstring(document), "Ntry"):
        booked = "".join(_status(entry)) in ("BOOK", "")
        reference = _text(entry, "AcctSvcrRef")
        for details in list(_all(entry, "TxDtls")) or [entry]:
            amount = next(_all(details, "Amt"), None)
            amount = next(_all(entry, "Amt"), None) if amount is None else amount
            side = _text(details, "CdtDbtInd") or _text(entry, "CdtDbtInd")
            if amount is None or side not in ("CRDT", "DBIT"):
                raise ValueError("An entry of the statement has no amount, or is neither credit nor debit.")
            end_to_end_id = _text(details, "EndToEndId")
            yield Booking(end_to_end_id, _cents(amount), amount.get("Ccy", ""), side == "CRDT", booked, reference)


def _of_bookings(one: PaidSettlement, bookings: list[Booking]) -> Iterator[BankWord]:
    """Money that goes the payment's way has arrived; the other way, it has come back, or never arrived."""
    arrived = {leg.key for leg in one.legs if leg.state is LegState.SUCCEEDED}
    for booking in bookings:
        leg = _known(one, booking.end_to_end_id)
        if leg is None:
            continue
        _check(leg, one.currency, booking.amount_cents, booking.currency)
        if not booking.booked:
            yield BankWord(leg.key, LegState.PENDING, booking.reference)
        elif booking.credited is (leg.direction is Direction.IN):
            arrived.add(leg.key)
            yield BankWord(leg.key, LegState.SUCCEEDED, booking.reference)
        else:
            came_back = LegState.RETURNED if leg.key in arrived else LegState.FAILED
            yield BankWord(leg.key, came_back, booking.reference)


def _of_csv(one: PaidSettlement, path: Path) -> Iterator[BankWord]:
    with path.open(newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != COLUMNS:
            raise ValueError(f"{path}: its first line must be {','.join(COLUMNS)}")
        for row in rows:
            leg = _known(one, row["end_to_end_id"])
            if leg is None:
                continue
            try:
                amount_cents = _of_units(row["amount"])
            except InvalidOperation as error:
                raise ValueError(f"{path}, line {rows.line_num}: {row['amount']!r} is no amount") from error
            _check(leg, one.currency, amount_cents, row["currency"])
            if row["state"] not in TOLD:
                raise ValueError(f"{path}, line {rows.line_num}: {row['state']!r} is nothing that a bank can say")
            yield BankWord(leg.key, LegState(row["state"]), row["reference"])


def _known(one: PaidSettlement, name: str) -> Leg | None:
    try:
        leg = one.leg(name)
    except UnknownLegError:
        return None
    return None if leg.means.through_stripe else leg


def _check(leg: Leg, currency: str, told_cents: int, told_currency: str) -> None:
    if (told_cents, told_currency) != (leg.amount_cents, currency):
        raise ValueError(
            f"{leg.key} is of {leg.amount_cents} cents {currency}, not {told_cents} cents {told_currency}."
        )


def _cents(amount: Element) -> int:
    return _of_units(amount.text or "")


def _of_units(text: str) -> int:
    cents = Decimal(text.strip()) * 100
    if cents != cents.to_integral_value():
        raise InvalidOperation(f"{text} is no whole number of cents")
    return int(cents)


def _all(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element.iter() if one.tag.rpartition("}")[2] == name)


def _text(element: Element, name: str) -> str:
    found = next(_all(element, name), None)
    return "" if found is None else (found.text or "").strip()


def _status(entry: Element) -> Iterator[str]:
    """A status is a text in early versions of camt.053 and has a code within in later ones."""
    for child in entry:
        if child.tag.rpartition("}")[2] == "Sts":
            yield from (text.strip() for text in child.itertext())
