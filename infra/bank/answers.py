"""What the bank's statement (camt.053, or a CSV file) says of the payments of a settlement."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import chain
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from infra.bank.accounts import same_account
from partners.settlement.payments import changes
from partners.settlement.payments.bookings import booked
from partners.settlement.payments.errors import LegStateError, UnknownLegError
from partners.settlement.payments.legs import CAME_BACK, Booked, Direction, Leg, LegState, LegStep
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.service import BankWord

COLUMNS = ["end_to_end_id", "amount", "currency", "state", "reference"]
MONEY_MOVED = CAME_BACK | {LegState.SUCCEEDED}
UNNAMED = "unnamed"
TOLD = frozenset(LegState) - {LegState.PLANNED, LegState.SUBMITTED, LegState.DISPUTED}


@dataclass(frozen=True, slots=True)
class Booking:
    """A line of a statement: money that came to the network's account (`credited`) or left it.

    `instructed_cents` is what the payment was ordered to be, where the bank says so besides. `name` and `on` are those
    of `Booked`.
    """

    end_to_end_id: str
    amount_cents: int
    instructed_cents: int | None
    currency: str
    credited: bool
    booked: bool
    reference: str
    name: str
    on: str


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """What a file says of payments. `differing` are its lines of another amount or currency, in words."""

    words: list[BankWord]
    differing: list[str]


def bank_answer(one: PaidSettlement, path: Path, own_iban: str) -> BankAnswer:
    """What the file says of the settlement's payments; lines of other payments are left out.

    Raises ValueError if it does not read, or none of its statements is of the network's own account. A CSV file names
    no account.
    """
    differing: list[str] = []
    if path.suffix.lower() == ".csv":
        return BankAnswer(list(_of_csv(one, path, differing)), differing)
    try:
        bookings = list(read_camt(path.read_bytes(), own_iban))
    except (ParseError, InvalidOperation) as error:
        raise ValueError(f"{path} does not read as camt.053: {error}") from error
    return BankAnswer(list(_of_bookings(one, bookings, differing)), differing)


def news(one: PaidSettlement, words: Iterable[BankWord]) -> list[BankWord]:
    """The words that say more than is recorded, so that a file may be read again, and a later one repeat it."""
    said = {leg.key: [step.state for step in leg.history] for leg in one.legs}
    noted = {(leg.key, booking.arrived, booking.name) for leg in one.legs for booking in leg.bookings}
    found = []
    for word in words:
        name = (word.leg, word.booking.arrived, word.booking.name) if word.booking else None
        if name in noted or (name is None and _is_known(said[word.leg], word.state)):
            continue
        said[word.leg].append(word.state)
        noted |= {name} if name else set()
        found.append(word)
    return found


def possible(one: PaidSettlement, words: Iterable[BankWord]) -> tuple[list[BankWord], list[BankWord]]:
    """Those that can be recorded one after the other, and those that contradict what is recorded by then."""
    taken, refused = [], []
    for word in words:
        step = LegStep(word.state, 0, "bank", word.reference)
        try:
            one = booked(one, word.leg, word.booking, step)[0] if word.booking else changes.told(one, word.leg, step)
        except LegStateError:
            refused.append(word)
        else:
            taken.append(word)
    return taken, refused


def _is_known(before: list[LegState], state: LegState) -> bool:
    if state is LegState.PENDING:
        return before[-1] is not LegState.SUBMITTED
    return state in before or (state in CAME_BACK and not CAME_BACK.isdisjoint(before))


def read_camt(document: bytes, own_iban: str) -> Iterator[Booking]:
    """The bookings of a camt.053 of any version on the account of this IBAN; statements of others are left out.

    Raises ValueError for an entry without amount or direction, and if there is no statement of the account.

    Of a transaction within an entry, only what is said of itself counts: its charges and interest have amounts and
    sides of their own. One without a reference of the bank's has the statement's id, and its day for a name.
    """
    accounts = [(_text(_at(one, "Acct", "Id", "IBAN")), one) for one in _all(fromstring(document), "Stmt")]
    if not any(same_account(iban, own_iban) for iban, _ in accounts):
        told = ", ".join(sorted({iban or "one without an IBAN" for iban, _ in accounts})) or "none"
        raise ValueError(f"The statement is of another account than the network's own: {told}.")
    for statement in (one for iban, one in accounts if same_account(iban, own_iban)):
        yield from _in_statement(statement)


def _in_statement(statement: Element) -> Iterator[Booking]:
    """Each booking by a name of its own, though the bank may give the same reference to several, or none."""
    named, times = _text(_at(statement, "Id")), Counter[tuple[str, str, str]]()
    for entry in _all(statement, "Ntry"):
        is_booked = "".join(_status(entry)) in ("BOOK", "")
        for details in list(_at(entry, "NtryDtls", "TxDtls")) or [entry]:
            instructed = _first(_at(details, "AmtDtls", "InstdAmt", "Amt"))
            amount = _first(_at(details, "Amt"), _at(details, "AmtDtls", "TxAmt", "Amt"))
            amount = amount if amount is not None else instructed
            amount = amount if amount is not None else _first(_at(entry, "Amt"))
            side = _text(_at(details, "CdtDbtInd"), _at(entry, "CdtDbtInd"))
            if amount is None or side not in ("CRDT", "DBIT"):
                raise ValueError("An entry of the statement has no amount, or is neither credit nor debit.")
            end_to_end_id = _text(_at(details, "Refs", "EndToEndId"))
            own = _text(_at(entry, "AcctSvcrRef"), _at(details, "Refs", "AcctSvcrRef"))
            on = _day(_text(_at(entry, "BookgDt", "Dt"), _at(entry, "BookgDt", "DtTm")))
            times[end_to_end_id, side, own] += is_booked
            number = times[end_to_end_id, side, own]
            currency = amount.get("Ccy", "")
            same = instructed is not None and instructed.get("Ccy", "") == currency
            yield Booking(
                end_to_end_id=end_to_end_id,
                amount_cents=_cents(amount),
                instructed_cents=_cents(instructed) if instructed is not None and same else None,
                currency=currency,
                credited=side == "CRDT",
                booked=is_booked,
                reference=own or named,
                name=f"{own or on or UNNAMED}{f'#{number}' if number > 1 else ''}",
                on=on,
            )


def _of_bookings(one: PaidSettlement, bookings: Iterable[Booking], differing: list[str]) -> Iterator[BankWord]:
    """Money that goes the payment's way has arrived; the other way, it has come back, or never arrived.

    The bank may add its charges to what it sends or takes back, and say besides what was instructed. Of a collection
    that arrives, what has come counts alone.

    A statement may have its latest entry first, so a payment's arrival is told before its return wherever it stands.
    An earlier statement may be read later: what follows is `booked`'s.
    """
    arrived = {leg.key for leg in one.legs if any(step.state is LegState.SUCCEEDED for step in leg.history)}
    backwards = []
    for booking in bookings:
        leg = _known(one, booking.end_to_end_id)
        if leg is None:
            continue
        collected = booking.credited and leg.direction is Direction.IN
        instructed = leg.amount_cents == booking.instructed_cents and not collected
        told_cents = leg.amount_cents if instructed else booking.amount_cents
        if not _agrees(leg, one.currency, told_cents, booking.currency, differing):
            continue
        if not booking.booked:
            yield BankWord(leg.key, LegState.PENDING, booking.reference)
        elif booking.credited is (leg.direction is Direction.IN):
            arrived.add(leg.key)
            name = Booked(True, booking.name, booking.on)
            yield BankWord(leg.key, LegState.SUCCEEDED, booking.reference, name)
        else:
            backwards.append((leg.key, booking))
    for key, booking in backwards:
        state = LegState.RETURNED if key in arrived else LegState.FAILED
        yield BankWord(key, state, booking.reference, Booked(False, booking.name, booking.on))


def _of_csv(one: PaidSettlement, path: Path, differing: list[str]) -> Iterator[BankWord]:
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
            if row["state"] not in TOLD:
                raise ValueError(f"{path}, line {rows.line_num}: {row['state']!r} is nothing that a bank can say")
            if not _agrees(leg, one.currency, amount_cents, row["currency"], differing):
                continue
            state, reference = LegState(row["state"]), row["reference"]
            moved = reference and state in MONEY_MOVED
            yield BankWord(leg.key, state, reference, Booked(state is LegState.SUCCEEDED, reference) if moved else None)


def _known(one: PaidSettlement, name: str) -> Leg | None:
    try:
        leg = one.leg(name)
    except UnknownLegError:
        return None
    return None if leg.means.through_stripe or leg.direction is Direction.DEPOSIT else leg


def _agrees(leg: Leg, currency: str, told_cents: int, told_currency: str, differing: list[str]) -> bool:
    if (told_cents, told_currency) == (leg.amount_cents, currency):
        return True
    differing.append(f"{leg.key} is of {leg.amount_cents} cents {currency}, not {told_cents} cents {told_currency}.")
    return False


def _cents(amount: Element) -> int:
    return _of_units(amount.text or "")


def _of_units(text: str) -> int:
    cents = Decimal(text.strip()) * 100
    if cents != cents.to_integral_value():
        raise InvalidOperation(f"{text} is no whole number of cents")
    return int(cents)


def _all(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element.iter() if one.tag.rpartition("}")[2] == name)


def _at(element: Element, *path: str) -> Iterator[Element]:
    """What is reached by these names, child by child, in whatever namespace."""
    return element.iterfind("/".join(f"{{*}}{name}" for name in path))


def _first(*found: Iterator[Element]) -> Element | None:
    return next(chain.from_iterable(found), None)


def _text(*found: Iterator[Element]) -> str:
    element = _first(*found)
    return "" if element is None else (element.text or "").strip()


def _day(text: str) -> str:
    """Of a date, or a time of the bank's; empty if it is none."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def _status(entry: Element) -> Iterator[str]:
    """A status is a text in early versions of camt.053 and has a code within in later ones."""
    for status in _at(entry, "Sts"):
        yield from (text.strip() for text in status.itertext())
