"""The event with which Lambda delivers a batch of the journal's stream: what it says, checked. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from partners.visits.errors import MalformedEventError
from partners.visits.model import REDRIVEN, SEQUENCE_DIGITS

SHARD_ID = re.compile(r"[A-Za-z0-9-]{1,65}")
EMULATOR_SHARD = "shard-0"


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """One change of the journal: its sequence number as delivered, and padded so that text order is its order.

    `image` is the item as the event carries it, binary values in base 64.
    """

    number: str
    sequence: str
    event_name: str
    keys: Mapping[str, Any]
    image: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records of one shard, in order; none at the end of a tumbling window."""

    shard: str
    records: Sequence[StreamRecord]


def read_batch(event: Mapping[str, Any], *, single_shard: bool) -> Batch:
    """The batch in a Lambda event.

    The shard decides what has been covered, so it must be known: Lambda names it in `shardId` if the event
    source mapping has a tumbling window; a stream with a `single_shard` for ever needs no name. Raises
    MalformedEventError if it is missing, or records are not what a stream delivers or not in order.
    """
    shard = EMULATOR_SHARD if single_shard else event.get("shardId")
    if not isinstance(shard, str) or not SHARD_ID.fullmatch(shard) or shard == REDRIVEN:
        raise MalformedEventError("the event names no shard: the event source mapping needs a tumbling window")
    try:
        records = [_record(record) for record in event["Records"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedEventError(f"a record lacks {error}") from error
    for earlier, later in pairwise(records):
        if earlier.sequence >= later.sequence:
            raise MalformedEventError(f"record {later.sequence} does not come after {earlier.sequence}")
    return Batch(shard, records)


def padded(sequence_number: str) -> str:
    """A stream's sequence number so padded that text order is number order.

    Raises MalformedEventError if it is not 1 to 40 digits, or zero.
    """
    digits = sequence_number.isascii() and sequence_number.isdigit()
    if not digits or len(sequence_number) > SEQUENCE_DIGITS or int(sequence_number) == 0:
        raise MalformedEventError(f"{sequence_number[:80]!r} is not a sequence number")
    return sequence_number.zfill(SEQUENCE_DIGITS)


def _record(record: Mapping[str, Any]) -> StreamRecord:
    change = record["dynamodb"]
    return StreamRecord(
        number=change["SequenceNumber"],
        sequence=padded(change["SequenceNumber"]),
        event_name=record["eventName"],
        keys=change["Keys"],
        image=change.get("NewImage", {}),
    )
