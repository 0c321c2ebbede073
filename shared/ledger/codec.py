"""A journal entry as a DynamoDB item and back, and its place in the hash chain.

| attribute | what happened | | attribute | the state after it |
| --- | --- | --- | --- | --- |
| pk, sk | `M#<member>`, `E#<seq, 8 digits>` | | card | issue of the card in force |
| v, op | version of this layout, operation | | lots | active points, in spending order |
| by, loc, rcpt | partner, location, receipt | | pend | pending points |
| occ, at | occurred, recorded (epoch ms) | | hold | open holds |
| cur, amt, val | currency, purchase and redemption cents | | debt | points owed to issuers |
| pts, cb, mov | points, cashback asked for; moves | | und | what was undone of which entry |
| rt | rates: version, earn, per, prices, cashback | | cash | cashback, in spending order |
| ref, why | entry referred to, reason | | fol, fmr | member who answers for this one, and did lately |
| with | entry of another account made with this one | | flw | members for whom this one answers |
| uat | when the cancelled entry was recorded | | cls | 1 if the account is closed |
| vis | 1 if this entry makes the visit | | rec | fingerprints of recent requests |
| kh, bh | hashes of key and body | | ch | hash of the chain up to here |

Absent means none; lists are packed, see `shared.ledger.packing`. `ch` = SHA-256 over the previous entry's
`ch` and every other attribute of this item.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import replace
from typing import Any

from shared.kernel.clock import DAY_MS
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import Account, Entry, Op, Rates
from shared.ledger.packing import (
    pack_debts,
    pack_fingerprints,
    pack_followers,
    pack_former,
    pack_holds,
    pack_lots,
    pack_moves,
    pack_pending,
    pack_undone,
    rates_to_numbers,
    unpack_debts,
    unpack_fingerprints,
    unpack_followers,
    unpack_former,
    unpack_holds,
    unpack_lots,
    unpack_moves,
    unpack_pending,
    unpack_undone,
)

VERSION = "1"

Item = dict[str, Any]
"""Attribute values as the low-level DynamoDB client takes and gives them."""


def key_of(member: str, seq: int) -> Item:
    return {"pk": {"S": f"M#{member}"}, "sk": {"S": f"E#{seq:08d}"}}


def entry_to_item(entry: Entry) -> Item:
    """The item that stores `entry`."""
    item = _unsealed(entry)
    item["ch"] = {"B": entry.account.chain}
    return item


def seal(entry: Entry, previous_chain: bytes) -> Entry:
    """`entry` with its chain hash, which covers the entry and, through `previous_chain`, all before it."""
    account = replace(entry.account, chain=chain_hash(previous_chain, _unsealed(entry)))
    return replace(entry, account=account)


def chain_hash(previous_chain: bytes, item: Item) -> bytes:
    """Hash of `item` (its `ch`, if any, left out) after `previous_chain`."""
    body = {name: value for name, value in item.items() if name != "ch"}
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), default=bytes.hex)
    return hashlib.sha256(previous_chain + canonical.encode()).digest()


def _unsealed(entry: Entry) -> Item:
    account = entry.account
    item: Item = {
        **key_of(entry.member, entry.seq),
        "v": {"N": VERSION},
        "op": {"S": entry.op.value},
        "by": {"S": entry.partner},
        "loc": {"S": entry.location},
        "occ": {"N": str(entry.occurred_at_ms)},
        "at": {"N": str(entry.recorded_at_ms)},
        "kh": {"B": entry.key_hash},
        "bh": {"B": entry.body_hash},
        "card": {"N": str(account.card_issue)},
    }
    numbers = {
        "amt": entry.amount_cents,
        "val": entry.value_cents,
        "pts": entry.points or None,
        "cb": entry.cashback_cents,
        "uat": entry.undone_at_ms,
    }
    item.update({name: {"N": str(number)} for name, number in numbers.items() if number is not None})
    lists = {
        "mov": pack_moves(entry.moves),
        "lots": pack_lots(account.lots) if account.lots else b"",
        "pend": pack_pending(account.pending) if account.pending else b"",
        "hold": pack_holds(account.holds) if account.holds else b"",
        "debt": pack_debts(account.debts) if account.debts else b"",
        "und": pack_undone(account.undone),
        "cash": pack_lots(account.cash) if account.cash else b"",
        "fmr": pack_former(account.former),
        "flw": pack_followers(account.followers),
        "rec": pack_fingerprints(account.recent, entry.recorded_at_ms // DAY_MS),
    }
    item.update({name: {"B": packed} for name, packed in lists.items() if packed})
    if entry.rates is not None:
        item["rt"] = {"L": [{"N": str(number)} for number in rates_to_numbers(entry.rates)]}
    texts = {
        "rcpt": entry.receipt,
        "cur": entry.currency,
        "ref": entry.refers_to,
        "why": entry.reason,
        "with": entry.counterpart,
        "fol": account.follows,
    }
    item.update({name: {"S": text} for name, text in texts.items() if text is not None})
    marks = {"vis": entry.visit, "cls": account.closed, "lbm": entry.lapses_by_month}
    item.update({name: {"N": "1"} for name, marked in marks.items() if marked})
    return item


def entry_from_item(item: Item) -> Entry:
    """The entry that `item` stores.

    Raises MalformedEntryError if an attribute is missing or does not read, or the version is another.
    """
    try:
        if item["v"]["N"] != VERSION:
            raise MalformedEntryError(f"layout version {item['v']['N']} is not known here")
        return _entry(item)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise MalformedEntryError(f"{type(error).__name__}: {error}") from error


def item_from_stream(image: Item) -> Item:
    """The item in a DynamoDB stream event's `NewImage`, whose binary values are base 64 text.

    Raises MalformedEntryError if a binary value is not base 64.
    """
    try:
        return {name: _from_stream(value) for name, value in image.items()}
    except (binascii.Error, AttributeError, TypeError) as error:
        raise MalformedEntryError(f"a binary value does not read: {error}") from error


def _from_stream(value: Item) -> Item:
    return {"B": base64.b64decode(value["B"], validate=True)} if "B" in value else value


def _entry(item: Item) -> Entry:
    member = _after(item["pk"]["S"], "M#")
    seq = int(_after(item["sk"]["S"], "E#"))
    at_ms = int(item["at"]["N"])
    account = Account(
        member=member,
        seq=seq,
        at_ms=at_ms,
        card_issue=int(item["card"]["N"]),
        lots=unpack_lots(item["lots"]["B"]) if "lots" in item else (),
        recent=unpack_fingerprints(item["rec"]["B"], at_ms // DAY_MS) if "rec" in item else (),
        chain=item["ch"]["B"],
        pending=unpack_pending(item["pend"]["B"]) if "pend" in item else (),
        holds=unpack_holds(item["hold"]["B"]) if "hold" in item else (),
        debts=unpack_debts(item["debt"]["B"]) if "debt" in item else (),
        undone=unpack_undone(item["und"]["B"]) if "und" in item else (),
        cash=unpack_lots(item["cash"]["B"]) if "cash" in item else (),
        follows=_text(item, "fol"),
        former=unpack_former(item["fmr"]["B"]) if "fmr" in item else (),
        followers=unpack_followers(item["flw"]["B"]) if "flw" in item else (),
        closed="cls" in item,
    )
    return Entry(
        member=member,
        seq=seq,
        op=Op(item["op"]["S"]),
        partner=item["by"]["S"],
        location=item["loc"]["S"],
        receipt=_text(item, "rcpt"),
        occurred_at_ms=int(item["occ"]["N"]),
        recorded_at_ms=at_ms,
        currency=_text(item, "cur"),
        amount_cents=_number(item, "amt"),
        points=_number(item, "pts") or 0,
        value_cents=_number(item, "val"),
        moves=unpack_moves(item["mov"]["B"]) if "mov" in item else (),
        rates=Rates(*(int(number["N"]) for number in item["rt"]["L"])) if "rt" in item else None,
        visit="vis" in item,
        key_hash=item["kh"]["B"],
        body_hash=item["bh"]["B"],
        account=account,
        refers_to=_text(item, "ref"),
        reason=_text(item, "why"),
        cashback_cents=_number(item, "cb"),
        counterpart=_text(item, "with"),
        undone_at_ms=_number(item, "uat"),
        lapses_by_month="lbm" in item,
    )


def _number(item: Item, name: str) -> int | None:
    return int(item[name]["N"]) if name in item else None


def _text(item: Item, name: str) -> str | None:
    text: str | None = item[name]["S"] if name in item else None
    return text


def _after(text: str, prefix: str) -> str:
    if not text.startswith(prefix):
        raise MalformedEntryError(f"the key {text!r} does not begin with {prefix!r}")
    return text[len(prefix) :]
