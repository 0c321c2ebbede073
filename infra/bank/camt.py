"""Statements of account, as camt.053 of any version: their bookings, as far as they are told of themselves."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from infra.bank.accounts import same_account
from partners.settlement.payments.legs import UNNAMED, is_reference

CREDIT, DEBIT = "CRDT", "DBIT"
INFORMATION = "INFO"
"""The status of an entry that books nothing, now or later."""
LONGEST_NAME = 70


@dataclass(frozen=True, slots=True)
class Amount:
    """As the bank has written it: whether it reads is asked of our own payments alone."""

    text: str
    currency: str


@dataclass(frozen=True, slots=True)
class Booking:
    """A line of a statement: money that came to the network's account (`credited`) or left it.

    It is of one payment, by its end-to-end id, or of a whole file that was sent, by the ids that the file has. What
    only `informs` books nothing. `amount` is its own, None if only its `entry`, of which it is a part, has one.
    `instructed` is what the payment was ordered to be, where the bank says so besides. `entry_name` tells its entry
    from others of the statement; `name` and `on` are those of `Booked`.
    """

    end_to_end_id: str
    file_ids: frozenset[str]
    amount: Amount | None
    entry: Amount
    entry_name: tuple[int, int]
    instructed: Amount | None
    credited: bool
    booked: bool
    informs: bool
    reference: str
    name: str
    on: str


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
    for number, (iban, statement) in enumerate(accounts):
        if same_account(iban, own_iban):
            yield from _in_statement(statement, number)


def _in_statement(statement: Element, of_statement: int) -> Iterator[Booking]:
    """Each booking by a name of its own, though the bank may give the same reference to several, or none."""
    statement_id, times = _text(_at(statement, "Id"))[:LONGEST_NAME], Counter[tuple[object, ...]]()
    for number, entry in enumerate(_all(statement, "Ntry")):
        whole, entry_side = _amount(_at(entry, "Amt")), _text(_at(entry, "CdtDbtInd"))
        on = _day(_text(_at(entry, "BookgDt", "Dt"), _at(entry, "BookgDt", "DtTm")))
        for details, of_all in _details(entry):
            side = _text(_at(details, "CdtDbtInd")) or entry_side
            own_amount = _amount(_at(details, "Amt"), _at(details, "AmtDtls", "TxAmt", "Amt"))
            instructed = _amount(_at(details, "AmtDtls", "InstdAmt", "Amt"))
            if whole is None or side not in (CREDIT, DEBIT):
                raise ValueError("An entry of the statement has no amount, or is neither credit nor debit.")
            own = _reference(_at(entry, "AcctSvcrRef"), _at(details, "Refs", "AcctSvcrRef"))[:LONGEST_NAME]
            end_to_end_id = _reference(_at(details, "Refs", "EndToEndId"))
            file_ids = frozenset() if end_to_end_id else frozenset(_file_ids(details)) or of_all
            status = "".join(_status(entry))
            is_booked = status in ("BOOK", "")
            which = (end_to_end_id, file_ids, side, own, on)
            times[which] += is_booked
            yield Booking(
                end_to_end_id=end_to_end_id,
                file_ids=file_ids,
                amount=own_amount,
                entry=whole,
                entry_name=(of_statement, number),
                instructed=instructed,
                credited=side == CREDIT,
                booked=is_booked,
                informs=status == INFORMATION,
                reference=own or statement_id,
                name=f"{own or on or UNNAMED}{f'#{times[which]}' if times[which] > 1 else ''}",
                on=on,
            )


def _details(entry: Element) -> Iterator[tuple[Element, frozenset[str]]]:
    """What an entry is made of, each a transaction or a file of which the bank does not tell the transactions.

    With each the ids of the file that it is of, if the bank names that and none of its transactions.
    """
    found = list(_at(entry, "NtryDtls"))
    for one in found:
        transactions = list(_at(one, "TxDtls"))
        named = any(_reference(_at(each, "Refs", "EndToEndId")) or any(_file_ids(each)) for each in transactions)
        of_all = frozenset[str]() if named else frozenset(_file_ids(one))
        yield from ((each, of_all) for each in transactions or [one])
    if not found:
        yield entry, frozenset()


def _file_ids(details: Element) -> Iterator[str]:
    for place in ("Btch", "Refs"):
        for name in ("PmtInfId", "MsgId"):
            if found := _reference(_at(details, place, name)):
                yield found


def _amount(*found: Iterator[Element]) -> Amount | None:
    element = _first(*found)
    return None if element is None else Amount((element.text or "").strip(), element.get("Ccy", ""))


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


def _reference(*found: Iterator[Element]) -> str:
    """The first of them that is one; empty if none is."""
    texts = ((one.text or "").strip() for one in chain.from_iterable(found))
    return next((text for text in texts if is_reference(text)), "")


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
