"""What an account's size does to the cost of a purchase."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from infra.bench.accounts import FRESH, ORDINARY, Shape, head_entry
from infra.capacity import item_bytes, read_units, write_units
from shared.ledger.codec import entry_to_item

SHAPES = (
    FRESH,
    Shape(3, 2, 4),
    Shape(12, 3, 12),
    ORDINARY,
    Shape(24, 3, 45),
    Shape(24, 3, 60),
    Shape(24, 6, 30),
    Shape(24, 10, 30),
    Shape(24, 10, 120),
    Shape(24, 3, 30, pending=8),
    Shape(24, 3, 30, returns=12),
    Shape(24, 3, 30, cashback=3),
    Shape(24, 3, 60, followers=3),
    Shape(24, 6, 120, pending=20, followers=9),
)


@dataclass(frozen=True, slots=True)
class Growth:
    """The newest entry of an account of one shape: its size, and what writing and reading it costs."""

    shape: Shape
    entry_bytes: int
    write_units: int
    read_units: Fraction


def growth(now_ms: int) -> Iterator[Growth]:
    for shape in SHAPES:
        size = item_bytes(entry_to_item(head_entry(shape, "0123456789", now_ms)))
        yield Growth(shape, size, write_units(size), read_units(size))
