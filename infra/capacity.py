"""DynamoDB's capacity units from item sizes, by its published rules.

The emulators' own figures differ from AWS's, so sizes are counted here. Source: Amazon DynamoDB Developer
Guide, "DynamoDB item sizes and formats" and "Read and write operations".
"""

from fractions import Fraction
from typing import Any

CONTAINER_OVERHEAD = 3
ELEMENT_OVERHEAD = 1
WRITE_UNIT_BYTES = 1024
READ_UNIT_BYTES = 4096


def item_bytes(item: dict[str, Any]) -> int:
    """Size of an item given as low-level attribute values: names and values in UTF-8 and bytes."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def write_units(size: int, *, transactional: bool = False) -> int:
    """Units to write an item of `size` bytes: one per KB begun, twice that in a transaction."""
    return max(1, -(-size // WRITE_UNIT_BYTES)) * (2 if transactional else 1)


def read_units(size: int, *, consistent: bool = False) -> Fraction:
    """Units to read `size` bytes in one operation: one per 4 KB begun, half of that for an eventual read."""
    return Fraction(max(1, -(-size // READ_UNIT_BYTES)), 1 if consistent else 2)


def _value_bytes(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number_bytes(content)
        case "B":
            return len(content)
        case "SS":
            return sum(len(one.encode()) for one in content)
        case "BOOL" | "NULL":
            return 1
        case "L":
            return CONTAINER_OVERHEAD + sum(ELEMENT_OVERHEAD + _value_bytes(element) for element in content)
        case "M":
            return CONTAINER_OVERHEAD + sum(
                ELEMENT_OVERHEAD + len(name.encode()) + _value_bytes(element) for name, element in content.items()
            )
        case _:
            raise ValueError(f"the size of a {kind} value is not known here")


def _number_bytes(text: str) -> int:
    """About one byte for two significant digits, plus one, plus one for a minus sign."""
    digits = text.lstrip("-").replace(".", "").strip("0") or "0"
    return -(-len(digits) // 2) + 1 + text.startswith("-")
