"""What a partner is told of one settlement window, as plain types."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from partners.contracts.payment import PaymentMethod
from partners.settlement.model import LineKind
from partners.visits.model import PAR_MICROS, MoveKind

FORMAT = "tessera-statement/3"
WITHOUT_TOTALS = "tessera-statement/2"
"""Of statements of before: no totals by kind, no cashback of places, nothing of how they are paid."""
WITHOUT_DEPOSIT = "tessera-statement/1"
"""Of statements of long before: nothing of deposits either."""
FORMATS = (FORMAT, WITHOUT_TOTALS, WITHOUT_DEPOSIT)
KINDS_OF_LINES = (
    LineKind.ISSUED,
    LineKind.REDEEMED,
    LineKind.CASHBACK_ISSUED,
    LineKind.CASHBACK_REDEEMED,
)
"""Kinds of charges that the lines account for, one by one; the others are fees."""
ALL_LOCATIONS = "*"


@dataclass(frozen=True, slots=True)
class LineSums:
    """What lines add up to: how many there are, points and cents of cashback by what became of them, and money in
    millionths.
    """

    lines: int = 0
    visits: int = 0
    sales_cents: int = 0
    issued_points: int = 0
    honoured_points: int = 0
    position_micros: int = 0
    issued_cashback_cents: int = 0
    honoured_cashback_cents: int = 0

    def with_record(self, record: Mapping[str, Any]) -> "LineSums":
        """These sums and one more line; see `partners.lake.record.record_of`."""
        sign = {"earn": 1, "return": -1}.get(record["kind"], 0)
        return replace(
            self,
            lines=self.lines + 1,
            visits=self.visits + bool(record.get("visit")),
            sales_cents=self.sales_cents + sign * record.get("amount_cents", 0),
            issued_points=self.issued_points + record.get("issued", 0),
            honoured_points=self.honoured_points + sum(one["points"] for one in record.get("honoured", ())),
            position_micros=self.position_micros + record.get("position_micros", 0),
            issued_cashback_cents=self.issued_cashback_cents + _cash(record, MoveKind.CASHBACK_ISSUED),
            honoured_cashback_cents=self.honoured_cashback_cents + _cash(record, MoveKind.CASHBACK_REDEEMED),
        )

    def __add__(self, other: "LineSums") -> "LineSums":
        mine, theirs = asdict(self), asdict(other)
        return LineSums(**{name: mine[name] + theirs[name] for name in mine})


def _cash(record: Mapping[str, Any], kind: MoveKind) -> int:
    return sum(one["cents"] for one in record.get("cashback", ()) if one["kind"] == kind)


OF_CASHBACK = frozenset({"issued_cashback_cents", "honoured_cashback_cents"})
"""The sums that statements of before do not have."""


@dataclass(frozen=True, slots=True)
class LocationSums:
    """What the lines of one location add up to."""

    location: str
    sums: LineSums


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one location on one UTC day, and the running hash of all lines up to its last one.

    Where there would be too many blocks, those of a day are one, whose location is ALL_LOCATIONS.
    """

    location: str
    day: str
    sums: LineSums
    chain_after: str


@dataclass(frozen=True, slots=True)
class Charge:
    """One figure of the position with its sign, as `partners.settlement.model.GrossLine` has it."""

    kind: LineKind
    issuer: str
    acceptor: str | None
    price_micros: int
    quantity: int
    amount_micros: int
    rate_bps: int | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class KindTotal:
    """All charges of a kind together; points, or cents of cashback or money, as the kind says."""

    kind: LineKind
    quantity: int
    amount_micros: int


@dataclass(frozen=True, slots=True)
class Way:
    """How a partner's position is paid, by what was agreed when the statements of a window were begun.

    What it owes is taken from its deposit first, as far as that goes, if it is `deposit_first`; through Stripe it is
    `charged`, or sent an invoice. It is due since `due_at_ms`, None if nothing was collected yet then.
    """

    method: PaymentMethod
    deposit_first: bool = False
    charged: bool = False
    due_at_ms: int | None = None


class CameAs(StrEnum):
    """Where a payment's money comes from: another account, or what the network holds of the partner already. What is
    written off, or forgone for another's debt that is, is no money.
    """

    MONEY = "money"
    DEPOSIT = "deposit"
    COLLATERAL = "collateral"
    WRITTEN_OFF = "written_off"
    FORGONE = "forgone"


HELD = frozenset({CameAs.DEPOSIT, CameAs.COLLATERAL})
"""What the network held of the partner before."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What the partner paid, or was paid if negative: a payment's key and, if it came back, that; collateral; or what
    was written off, negative if it was owed that.
    """

    reference: str
    cents: int
    at_ms: int

    @property
    def came_as(self) -> CameAs:
        """By the third part of its reference: `7-USD:harvest:deposit:1`, `7-USD:harvest:collateral`."""
        kind = (*self.reference.split(":"), "", "")[2]
        return CameAs(kind) if kind in set(CameAs) - {CameAs.MONEY} else CameAs.MONEY


@dataclass(frozen=True, slots=True)
class PaidIn:
    """What the partner paid besides settlements, or got back if negative, as an operator recorded it."""

    payment_id: str
    cents: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class DepositMoves:
    """What was held of the partner's deposit before, and what it paid in since, each once."""

    opening_cents: int = 0
    paid_in: tuple[PaidIn, ...] = ()

    @property
    def paid_in_cents(self) -> int:
        return sum(one.cents for one in self.paid_in)


@dataclass(frozen=True, slots=True)
class Statement:
    """A partner's settlement of window `window` in its currency, number 1, 2, ... of the partner.

    Times in epoch milliseconds, the window's end excluded. Positive is what the network owes the partner:
    `opening_cents` before the window, `net_cents` from it (`net_micros` rounded with all other parties').
    `payments` are those made until `issued_at_ms` that no earlier statement has. `charges` sum to `net_micros`, of
    which the lines, block by block, account for all but the fees. `locations` has the sums of each. `previous_sha256`
    is the hash of the partner's statement before, None for the first. `deposit` and `way` are None in statements of
    before.
    """

    number: int
    partner_id: str
    partner_name: str
    network_name: str
    window: int
    opens_at_ms: int
    closes_at_ms: int
    issued_at_ms: int
    currency: str
    opening_cents: int
    payments: tuple[Payment, ...]
    net_cents: int
    net_micros: int
    charges: tuple[Charge, ...]
    blocks: tuple[Block, ...]
    locations: tuple[LocationSums, ...]
    previous_sha256: str | None
    deposit: DepositMoves | None = None
    way: Way | None = None

    @property
    def format(self) -> str:
        if self.deposit is None:
            return WITHOUT_DEPOSIT
        return WITHOUT_TOTALS if self.way is None else FORMAT

    @property
    def totals(self) -> tuple[KindTotal, ...]:
        """One of each kind of charge that there is, in the order of kinds; their amounts sum to `net_micros`."""
        found = ((kind, [one for one in self.charges if one.kind is kind]) for kind in LineKind)
        return tuple(
            KindTotal(kind, sum(one.quantity for one in some), sum(one.amount_micros for one in some))
            for kind, some in found
            if some
        )

    @property
    def bridge(self) -> tuple[tuple[str, int], ...]:
        """From what the lines add up to, and so locations and days do, to `net_micros`, in millionths: `lines`, each
        kind of charge that has no lines here, `net`.
        """
        besides = ((one.kind.value, one.amount_micros) for one in self.totals if one.kind not in KINDS_OF_LINES)
        return ("lines", self.sums.position_micros), *besides, ("net", self.net_micros)

    @property
    def paid_cents(self) -> int:
        """What the partner has paid since the statement before, less what it was paid."""
        return sum(payment.cents for payment in self.payments)

    @property
    def carried_cents(self) -> int:
        """What an earlier settlement left open and this one is to pay: in the net, and open already before it."""
        return sum(one.amount_micros for one in self.charges if one.kind is LineKind.CARRIED) // PAR_MICROS

    @property
    def closing_cents(self) -> int:
        """What is open between the two: what stands in the net and was open before is counted once."""
        return self.opening_cents + self.paid_cents + self.net_cents - self.carried_cents

    @property
    def from_deposit(self) -> tuple[Payment, ...]:
        """The payments that were taken from what the network held: deposit and collateral, and what was put back."""
        return tuple(one for one in self.payments if one.came_as in HELD)

    @property
    def deposit_used_cents(self) -> int:
        return sum(one.cents for one in self.from_deposit)

    @property
    def deposit_closing_cents(self) -> int | None:
        """What is held of the deposit then, in no position; None if the statement tells nothing of it."""
        if self.deposit is None:
            return None
        return self.deposit.opening_cents + self.deposit.paid_in_cents - self.deposit_used_cents

    @property
    def sums(self) -> LineSums:
        return sum((block.sums for block in self.blocks), LineSums())


@dataclass(frozen=True, slots=True)
class Issued:
    """That a partner's statement of `window` was issued: its number, where it leads, when.

    `sha256` is the hash of the part that is signed, `document_sha256` that of the whole document as it is kept.
    `deposit_cents` is what was held of the deposit then, None of statements that do not tell.
    """

    window: int
    number: int
    sha256: str
    closing_cents: int
    currency: str
    issued_at_ms: int
    document_sha256: str
    deposit_cents: int | None = None
