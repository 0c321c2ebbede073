"""What waits in posting's dead-letter queue: records set aside, and batches that Lambda gave up. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from partners.visits.errors import MalformedEventError
from shared.kernel.clock import DAY_MS
from shared.ledger.codec import entry_from_item, item_from_stream
from shared.ledger.errors import MalformedEntryError
from shared.ledger.model import Entry

KIND = "unreadable_journal_record"


@dataclass(frozen=True, slots=True)
class Letter:
    """One record that posting could not read, as `DeadLetterGateway` sent it."""

    shard: str
    sequence_number: str
    event_name: str
    image: Mapping[str, Any]

    @property
    def about(self) -> str:
        """What the record is about, for people."""
        return f"record {self.sequence_number[:40]} of {self.shard[:65]}"

    def entry(self) -> Entry:
        """The entry as the code reads it now. Raises MalformedEntryError if it still does not."""
        if self.event_name != "INSERT":
            raise MalformedEntryError(f"{self.event_name[:20]}: a journal is only ever added to")
        return entry_from_item(item_from_stream(dict(self.image)))


@dataclass(frozen=True, slots=True)
class AbandonedBatch:
    """A range of a shard that Lambda delivered in vain until it gave up. Its records are not in the message."""

    shard: str
    first: str
    last: str
    records: int
    stream: str
    in_stream_until: datetime | None


def read_message(body: str) -> Letter | AbandonedBatch | None:
    """What a message of the queue is, None if it is neither.

    Raises MalformedEventError if it is one of the two but lacks a part.
    """
    try:
        message = json.loads(body)
    except ValueError:
        return None
    if not isinstance(message, dict):
        return None
    try:
        if message.get("kind") == KIND:
            return _letter(message)
        if "DDBStreamBatchInfo" in message:
            return _batch(message["DDBStreamBatchInfo"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedEventError(f"the message lacks {error}") from error
    return None


def _letter(message: Mapping[str, Any]) -> Letter:
    letter = Letter(message["shard_id"], message["sequence_number"], message["event_name"], message["new_image"])
    texts = (letter.shard, letter.sequence_number, letter.event_name)
    if not isinstance(letter.image, dict) or not all(isinstance(text, str) for text in texts):
        raise TypeError("texts and an image where they belong")
    return letter


def _batch(info: Mapping[str, Any]) -> AbandonedBatch:
    arrived = info.get("approximateArrivalOfFirstRecord")
    return AbandonedBatch(
        shard=str(info["shardId"]),
        first=str(info["startSequenceNumber"]),
        last=str(info["endSequenceNumber"]),
        records=int(info["batchSize"]),
        stream=str(info["streamArn"]),
        in_stream_until=None if arrived is None else datetime.fromisoformat(arrived) + timedelta(milliseconds=DAY_MS),
    )
