"""What a reference book answers, and what it remembers of it."""

from dataclasses import dataclass

from tests.unit.ledger.reference import POINTS


class Refused(Exception):  # noqa: N818  an answer, not a fault
    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Repeated(Exception):  # noqa: N818  an answer, not a fault
    """An earlier request was the same; entry `seq` of `member` is its answer."""

    def __init__(self, member, seq):
        super().__init__(f"{member}-{seq}")
        self.member, self.seq = member, seq


@dataclass(frozen=True)
class Line:
    """An entry as the account remembers it."""

    member: str
    seq: int
    day: int
    key: bytes | None
    body: bytes | None
    place: tuple | None
    bought: bool
    visit: bool


@dataclass(frozen=True)
class Done:
    """The entry that a request must have made, and that in the other account if there is one."""

    line: Line
    points: int
    cashback: int | None = None
    other: Line | None = None


@dataclass(frozen=True)
class Purchase:
    partner: str
    cents: int
    currency: str
    months: dict
    cashback_bps: int
    repaid: dict

    def earned(self, cents):
        return {POINTS: cents * 5 // 100, self.currency: cents * self.cashback_bps // 10_000}

    def repaid_of(self, cents):
        """What so much of it would have repaid of the debts of its time."""
        return {unit: min(number, self.repaid[unit]) for unit, number in self.earned(cents).items()}


def place_of(command):
    """Where a receipt stands for one visit and one purchase; none for what has no receipt."""
    return command.receipt and (command.partner, command.location, command.receipt)


def refuse_if(wrong, code):
    if wrong:
        raise Refused(code)


def is_the_operators(command):
    """Whether it is of the moment in which it is asked for, or of a decision: no age refuses what is asked again."""
    name = type(command).__name__
    reverses = name == "Cancel" and command.redemption.op.value == "payout"
    return reverses or name in ("Payout", "Merge", "Unmerge", "Close", "Adjust")


def has_any_age(command):
    """Whether its key is known for ever."""
    return getattr(command, "imported", False) or is_the_operators(command)
