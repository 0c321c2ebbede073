"""A statement as a signed JSON document. Pure.

The document has a `statement` and a `signature`. What is signed with Ed25519 is the text "tessera-statement-v1:"
followed by the SHA-256 of the statement in canonical JSON (RFC 8785), in hexadecimal digits. The statement holds the
running hash of the lines at the end of every block, and the hash of the statement before: so one signature vouches
for every line and for all that was ever stated before.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from partners.contracts.payment import PaymentMethod
from partners.settlement.model import LineKind
from partners.settlement.statements.model import (
    FORMAT,
    OF_CASHBACK,
    WITHOUT_DEPOSIT,
    Block,
    Charge,
    DepositMoves,
    LineSums,
    LocationSums,
    PaidIn,
    Payment,
    Statement,
    Way,
)
from shared.kernel.canonical import sha256_hex
from shared.kernel.clock import from_datetime, to_rfc3339

ALGORITHM = "Ed25519"
_SIGNED = "tessera-statement-v1:"


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key that statements are signed with: 32 bytes, known by `key_id`."""

    key_id: str
    public_key: bytes


class Signer(Protocol):
    """Signs with Ed25519; see `partners.settlement.statements.signing_gateway`."""

    def key(self) -> PublishedKey: ...

    def sign(self, message: bytes) -> bytes: ...


def statement_json(statement: Statement) -> dict[str, Any]:
    """The statement as plain JSON, in the shape that is signed and published."""
    deposit = statement.deposit
    return {
        "format": statement.format,
        **({} if deposit is None else {"deposit": _deposit(statement, deposit)}),
        **({} if statement.way is None or statement.format != FORMAT else _told_since_3(statement, statement.way)),
        "number": statement.number,
        "network": statement.network_name,
        "partner": {"id": statement.partner_id, "name": statement.partner_name},
        "window": {
            "number": statement.window,
            "begins_at": to_rfc3339(statement.opens_at_ms),
            "ends_at": to_rfc3339(statement.closes_at_ms),
        },
        "issued_at": to_rfc3339(statement.issued_at_ms),
        "currency": statement.currency,
        "opening_cents": statement.opening_cents,
        "paid_cents": statement.paid_cents,
        "net_cents": statement.net_cents,
        "carried_cents": statement.carried_cents,
        "closing_cents": statement.closing_cents,
        "net_micros": statement.net_micros,
        "payments": [_payment(payment) for payment in statement.payments],
        "charges": [_charge(charge) for charge in statement.charges],
        "sums": sums_json(statement.sums, statement.format),
        "locations": [
            {"location": one.location, **sums_json(one.sums, statement.format)} for one in statement.locations
        ],
        "blocks": [_block(block, statement.format) for block in statement.blocks],
        "previous_sha256": statement.previous_sha256,
    }


def statement_of(document: Mapping[str, Any]) -> Statement:
    """The statement of a document that `signed` has made."""
    plain = document["statement"]
    return Statement(
        number=plain["number"],
        partner_id=plain["partner"]["id"],
        partner_name=plain["partner"]["name"],
        network_name=plain["network"],
        window=plain["window"]["number"],
        opens_at_ms=_moment(plain["window"]["begins_at"]),
        closes_at_ms=_moment(plain["window"]["ends_at"]),
        issued_at_ms=_moment(plain["issued_at"]),
        currency=plain["currency"],
        opening_cents=plain["opening_cents"],
        payments=tuple(Payment(one["reference"], one["cents"], _moment(one["at"])) for one in plain["payments"]),
        net_cents=plain["net_cents"],
        net_micros=plain["net_micros"],
        charges=tuple(Charge(**_filled(one)) for one in plain["charges"]),
        blocks=tuple(Block(one["location"], one["day"], _sums(one), one["chain_after"]) for one in plain["blocks"]),
        locations=tuple(LocationSums(one["location"], _sums(one)) for one in plain["locations"]),
        previous_sha256=plain["previous_sha256"],
        deposit=None if plain["format"] == WITHOUT_DEPOSIT else _moves(plain["deposit"]),
        way=_way(plain["to_pay"]) if plain["format"] == FORMAT else None,
    )


def sums_json(sums: LineSums, form: str) -> dict[str, int]:
    """What lines add up to, as statements of that format tell it."""
    return {name: cents for name, cents in asdict(sums).items() if form == FORMAT or name not in OF_CASHBACK}


def signed(statement: Statement, signer: Signer) -> dict[str, Any]:
    """The document: the statement and its signature."""
    plain = statement_json(statement)
    value = signer.sign(signed_message(plain))
    return {
        "statement": plain,
        "signature": {"algorithm": ALGORITHM, "key_id": signer.key().key_id, "value": value.hex()},
    }


def signed_message(statement: dict[str, Any]) -> bytes:
    """The bytes that are signed. Raises TypeError or ValueError for what has no canonical JSON."""
    return (_SIGNED + sha256_hex(statement)).encode()


def _told_since_3(statement: Statement, way: Way) -> dict[str, Any]:
    return {
        "totals": [asdict(total) for total in statement.totals],
        "bridge": [{"item": item, "amount_micros": micros} for item, micros in statement.bridge],
        "to_pay": {
            "cents": statement.net_cents,
            "method": way.method.value,
            "deposit_first": way.deposit_first,
            "charged": way.charged,
            "due_at": None if way.due_at_ms is None else to_rfc3339(way.due_at_ms),
        },
    }


def _way(plain: Mapping[str, Any]) -> Way:
    due_at_ms = None if plain["due_at"] is None else _moment(plain["due_at"])
    return Way(PaymentMethod(plain["method"]), plain["deposit_first"], plain["charged"], due_at_ms)


def _deposit(statement: Statement, moves: DepositMoves) -> dict[str, Any]:
    return {
        "opening_cents": moves.opening_cents,
        "paid_in_cents": moves.paid_in_cents,
        "used_cents": statement.deposit_used_cents,
        "closing_cents": statement.deposit_closing_cents,
        "paid_in": [
            {"payment_id": one.payment_id, "cents": one.cents, "at": to_rfc3339(one.at_ms)} for one in moves.paid_in
        ],
        "used": [{"reference": one.reference, "cents": one.cents} for one in statement.from_deposit],
    }


def _moves(plain: Mapping[str, Any]) -> DepositMoves:
    paid_in = (PaidIn(one["payment_id"], one["cents"], _moment(one["at"])) for one in plain["paid_in"])
    return DepositMoves(plain["opening_cents"], tuple(paid_in))


def _payment(payment: Payment) -> dict[str, Any]:
    return {"reference": payment.reference, "cents": payment.cents, "at": to_rfc3339(payment.at_ms)}


def _charge(charge: Charge) -> dict[str, Any]:
    """What a charge does not have is left out."""
    return {name: value for name, value in asdict(charge).items() if value is not None}


def _block(block: Block, form: str) -> dict[str, Any]:
    return {
        "location": block.location,
        "day": block.day,
        **sums_json(block.sums, form),
        "chain_after": block.chain_after,
    }


def _filled(charge: Mapping[str, Any]) -> dict[str, Any]:
    return {"acceptor": None, **charge, "kind": LineKind(charge["kind"])}


def _sums(plain: Mapping[str, Any]) -> LineSums:
    return LineSums(**{name: plain[name] for name in LineSums.__slots__ if name in plain})


def _moment(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text))
