"""What the bank's statement (camt.053, or a CSV file) says of the payments of a settlement."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from infra.bank.camt import Amount, Booking, read_camt
from infra.bank.files import submitted_as
from partners.settlement.payments.bookings import is_known, with_day
from partners.settlement.payments.contradicted import is_noted, is_said
from partners.settlement.payments.errors import EvidenceNeededError, UnknownLegError
from partners.settlement.payments.evidence import check_evidence
from partners.settlement.payments.legs import CAME_BACK, Booked, Direction, Leg, LegState, is_reference
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.telling import BankWord
from partners.settlement.payments.vouching import confirmed

COLUMNS = ["end_to_end_id", "amount", "currency", "state", "reference"]
MONEY_MOVED = CAME_BACK | {LegState.SUCCEEDED}
LONGEST_REFERENCE = 80
MOST_CHARGES_CENTS = 5_000
"""More than a bank charges for an entry: what differs by more is another amount."""
AMOUNT_FORM = re.compile(r"([0-9]{1,15})(?:[.]([0-9]{0,2})0*)?")
TOLD = frozenset(LegState) - {LegState.PLANNED, LegState.SUBMITTED, LegState.DISPUTED}


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """What a file says of payments. `differing` are its lines that can't be taken, in words: of another amount or
    currency, or without a reference that is needed. `besides` are charges that the bank has booked with payments, and
    what it tells for information alone, in words.
    """

    words: list[BankWord]
    differing: list[str]
    besides: list[str]


def bank_answer(one: PaidSettlement, path: Path, own_iban: str) -> BankAnswer:
    """What the file says of the settlement's payments; lines of other payments are left out.

    Raises ValueError if it does not read, or none of its statements is of the network's own account. A CSV file names
    no account.
    """
    differing, charges = list[str](), list[str]()
    if path.suffix.lower() == ".csv":
        return BankAnswer(list(_of_csv(one, path, differing)), differing, charges)
    try:
        bookings = list(read_camt(path.read_bytes(), own_iban))
    except (ParseError, DefusedXmlException) as error:
        raise ValueError(f"{path} does not read as camt.053: {error}") from error
    information = [leg.key for booking in bookings if booking.informs for leg in _legs(one, booking)]
    besides = [f"What the bank says of {key} for information books nothing." for key in dict.fromkeys(information)]
    told = [booking for booking in bookings if not booking.informs]
    words = list(_of_bookings(one, told, differing, charges))
    return BankAnswer(words, differing, [*besides, *charges])


def outcome_of(word: BankWord) -> dict[str, Any]:
    """As the API takes it: what contradicts what is recorded is noted for a person to look at, and keeps nothing else
    from being recorded.
    """
    booking = None if word.booking is None else {"name": word.booking.name, "on": word.booking.on or None}
    told = {"leg": word.leg, "state": word.state.value, "reference": word.reference, "booking": booking}
    return {**told, "if_contradicting": "trouble"}


def news(one: PaidSettlement, words: Iterable[BankWord], by: str = "") -> list[BankWord]:
    """The words that say more than is recorded, so that a file may be read again, and a later one repeat it; those too
    that another told, if `by` confirms them.
    """
    said = {leg.key: [step.state for step in leg.history] for leg in one.legs}
    noted = {leg.key: list(leg.bookings) for leg in one.legs}
    found = []
    for word in words:
        if word.booking is None:
            known = _is_known(one.leg(word.leg), said[word.leg], word)
        else:
            known = is_known(noted[word.leg], word.booking)
        if known and (not by or confirmed(one, one.leg(word.leg), word.state, by) is one):
            continue
        said[word.leg].append(word.state)
        if word.booking is not None:
            noted[word.leg] = [*with_day(noted[word.leg], word.booking), word.booking]
        found.append(word)
    return found


def _is_known(leg: Leg, before: list[LegState], word: BankWord) -> bool:
    return is_said(before, word.state) or is_noted(leg, word.state, word.reference)


def _of_bookings(
    one: PaidSettlement, bookings: Iterable[Booking], differing: list[str], charges: list[str]
) -> Iterator[BankWord]:
    """Money that goes the payment's way has arrived; the other way, it has come back, or never arrived.

    A statement may have its latest entry first, so a payment's arrival is told before its return wherever it stands.
    An earlier statement may be read later: what follows is `booked`'s.
    """
    arrived = {leg.key for leg in one.legs if any(step.state is LegState.SUCCEEDED for step in leg.history)}
    backwards = []
    for leg, booking in _of_payments(one, list(bookings), differing, charges):
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


def _of_payments(
    one: PaidSettlement, bookings: Sequence[Booking], differing: list[str], charges: list[str]
) -> Iterator[tuple[Leg, Booking]]:
    """The settlement's payments that are booked in the amount that they have: one by one, or together as one amount.

    Of what leaves, or comes back, the bank may have been instructed to do the payment as it is and have booked charges
    besides, which are told of once. Of a collection that arrives, what has come counts alone.
    """
    every, entries = list(_of_whole_files(bookings)), dict[object, list[Booking]]()
    for booking in every:
        entries.setdefault(booking.entry_name, []).append(booking)
    wholes = {name: _Whole.of(one, within) for name, within in entries.items()}
    told_of = set[object]()
    for booking in every:
        legs, told, whole = _legs(one, booking), booking.amount or booking.entry, wholes[booking.entry_name]
        if not legs and not booking.file_ids:
            _known(one, booking.end_to_end_id, differing)
        added = _charges(one, legs, booking, whole)
        cents = _cents(legs) if booking.amount is not None or added is not None else whole.paid
        for leg in legs:
            if added is not None or _agrees(leg, cents, one.currency, told, differing):
                yield leg, booking
        if added and booking.booked and booking.entry_name not in told_of:
            together = len(legs) > 1 or (booking.amount is None and len(entries[booking.entry_name]) > 1)
            told_of |= set() if booking.amount is not None else {booking.entry_name}
            others = " and what is booked together with it" if together else ""
            charges.append(f"Charges of {added} cents {one.currency} are booked with {legs[0].key}{others}.")


@dataclass(frozen=True, slots=True)
class _Whole:
    """What an entry must come to: by its transactions' amounts and what was `ordered` of those that have none, or by
    the payments that those are, `paid`. None if that is not known of each, or they go different ways.
    """

    ordered: int | None
    paid: int | None

    @classmethod
    def of(cls, one: PaidSettlement, within: Sequence[Booking]) -> "_Whole":
        if all(each.amount is not None for each in within) or len({each.credited for each in within}) > 1:
            return cls(None, None)
        ordered = [_in(one, each.amount or each.instructed) for each in within]
        paid = [_in(one, each.amount) if each.amount else _cents(_legs(one, each)) or None for each in within]
        return cls(_sum(ordered), _sum(paid))


def _legs(one: PaidSettlement, booking: Booking) -> list[Leg]:
    if booking.file_ids:
        return submitted_as(one, booking.file_ids)
    leg = _found(one, booking.end_to_end_id)
    return [] if leg is None else [leg]


def _charges(one: PaidSettlement, legs: Sequence[Leg], booking: Booking, whole: _Whole) -> int | None:
    """What is booked besides what the bank was instructed to do, if that are these payments: more is taken from the
    network's account, or less given back to it. None if they are not, or what is booked can't be so.
    """
    arrives = any(booking.credited and leg.direction is Direction.IN for leg in legs)
    instructed, booked = _in(one, booking.instructed), _in(one, booking.amount or booking.entry)
    ordered = whole.ordered if booking.amount is None else instructed
    if not legs or arrives or instructed != _cents(legs) or booked is None or ordered is None:
        return None
    charges = ordered - booked if booking.credited else booked - ordered
    return charges if 0 <= charges <= MOST_CHARGES_CENTS else None


def _sum(cents: Sequence[int | None]) -> int | None:
    known = [one for one in cents if one is not None]
    return sum(known) if len(known) == len(cents) else None


def _in(one: PaidSettlement, amount: Amount | None) -> int | None:
    """In cents of the settlement's currency; None if it is of another, or none."""
    return None if amount is None or amount.currency != one.currency else cents_of(amount.text)


def _cents(legs: Iterable[Leg]) -> int:
    return sum(leg.amount_cents for leg in legs)


def _of_whole_files(bookings: Iterable[Booking]) -> Iterator[Booking]:
    """The bookings; those of an entry that tell of nothing but of the same file are one, of what they come to."""
    files: dict[object, list[Booking]] = {}
    for number, booking in enumerate(bookings):
        of = (booking.entry_name, booking.file_ids, booking.credited) if booking.file_ids else number
        files.setdefault(of, []).append(booking)
    for first, *others in files.values():
        every = [first, *others]
        amount, instructed = _total(one.amount for one in every), _total(one.instructed for one in every)
        yield replace(first, amount=amount, instructed=instructed) if others else first


def _total(amounts: Iterable[Amount | None]) -> Amount | None:
    """None if one is none, or does not read, or they are of several currencies."""
    told = [(cents_of(one.text), one.currency) if one else (None, "") for one in amounts]
    cents = [cents for cents, _ in told if cents is not None]
    if len(cents) < len(told) or len({currency for _, currency in told}) != 1:
        return None
    return Amount(f"{Decimal(sum(cents)).scaleb(-2):f}", told[0][1])


def _of_csv(one: PaidSettlement, path: Path, differing: list[str]) -> Iterator[BankWord]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != COLUMNS:
            raise ValueError(f"{path}: its first line must be {','.join(COLUMNS)}")
        came: set[str] = set()
        for row in rows:
            leg = _known(one, row["end_to_end_id"] or "", differing)
            if leg is None:
                continue
            where = f"{path}, line {rows.line_num}"
            if None in row or None in row.values():
                raise ValueError(f"{where}: it has not the columns {','.join(COLUMNS)}")
            state, reference = row["state"], row["reference"] if is_reference(row["reference"].strip()) else ""
            if cents_of(row["amount"]) is None:
                raise ValueError(f"{where}: {row['amount']!r} is no amount")
            if state not in TOLD:
                raise ValueError(f"{where}: {state!r} is nothing that a bank can say")
            if len(reference) > LONGEST_REFERENCE or not reference.isprintable():
                raise ValueError(f"{where}: a reference has at most {LONGEST_REFERENCE} characters, all printable")
            if not _agrees(leg, leg.amount_cents, one.currency, Amount(row["amount"], row["currency"]), differing):
                continue
            told = LegState(state)
            came |= {leg.key} if told is LegState.SUCCEEDED else set()
            if (leg.may_be(told) or leg.key in came) and not _has_evidence(leg, told, reference, differing):
                continue
            moved = reference and told in MONEY_MOVED
            yield BankWord(leg.key, told, reference, Booked(told is LegState.SUCCEEDED, reference) if moved else None)


def _has_evidence(leg: Leg, state: LegState, reference: str, differing: list[str]) -> bool:
    try:
        check_evidence(leg, state, reference)
    except EvidenceNeededError:
        differing.append(f"{leg.key} is told to be {state.value} without the bank's reference, which it needs.")
        return False
    return True


def _known(one: PaidSettlement, name: str, differing: list[str]) -> Leg | None:
    """The payment at the bank of this name. What is called like the settlement's own and is none is told of."""
    leg = _found(one, name)
    if leg is None and name.upper().startswith(f"{one.settlement_id}:"):
        differing.append(f"{name} is no payment of this settlement at the bank.")
    return leg


def _found(one: PaidSettlement, name: str) -> Leg | None:
    try:
        leg = one.leg(name)
    except UnknownLegError:
        return None
    return None if leg.means.through_stripe or leg.direction is Direction.DEPOSIT else leg


def _agrees(leg: Leg, cents: int | None, currency: str, told: Amount, differing: list[str]) -> bool:
    if cents is None:
        differing.append(f"{leg.key} is booked as one amount with what is no payment of this settlement.")
        return False
    told_cents = cents_of(told.text)
    if (told_cents, told.currency) == (cents, currency):
        return True
    is_told = f"{told.text!r}" if told_cents is None else f"{told_cents} cents"
    with_others = "" if cents == leg.amount_cents else ", with what is booked as one amount with it,"
    differing.append(f"{leg.key}{with_others} is of {cents} cents {currency}, not {is_told} {told.currency}.")
    return False


def cents_of(text: str) -> int | None:
    """Of an amount in whole units with two decimals at most; None if it is anything else."""
    found = AMOUNT_FORM.fullmatch(text.strip())
    return None if found is None else int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
