"""Messages of the dead-letter queue, as they are and as they should not be."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from partners.visits.errors import MalformedEventError
from partners.visits.letters import AbandonedBatch, Letter, read_message
from shared.ledger.errors import MalformedEntryError
from tests.support.entries import entry, stream_record

GIVEN_UP = {
    "requestContext": {"condition": "RecordAgeExceeded", "approximateInvokeCount": 41},
    "DDBStreamBatchInfo": {
        "shardId": "shardId-00000001573689847184-864758bb",
        "startSequenceNumber": "800000000003126276362",
        "endSequenceNumber": "800000000003126276399",
        "approximateArrivalOfFirstRecord": "2026-11-21T06:19:44Z",
        "approximateArrivalOfLastRecord": "2026-11-21T06:20:44Z",
        "batchSize": 38,
        "streamArn": "arn:aws:dynamodb:us-east-1:123456789012:table/ledger/stream/x",
    },
}


def letter(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "unreadable_journal_record",
        "reason": "it was so",
        "shard_id": "shard-0",
        "sequence_number": "77",
        "event_name": "INSERT",
        "keys": {},
        "new_image": stream_record(entry(), "77")["dynamodb"]["NewImage"],
        **changes,
    }


def test_a_letter_is_read_and_so_is_its_entry() -> None:
    read = read_message(json.dumps(letter()))
    assert isinstance(read, Letter)
    assert (read.shard, read.sequence_number, read.entry()) == ("shard-0", "77", entry())


@pytest.mark.parametrize("changes", [{"new_image": {}}, {"event_name": "MODIFY"}, {"event_name": "REMOVE"}])
def test_what_is_no_new_entry_of_the_journal_does_not_read(changes: dict[str, Any]) -> None:
    read = read_message(json.dumps(letter(**changes)))
    assert isinstance(read, Letter)
    with pytest.raises(MalformedEntryError):
        read.entry()


def test_a_batch_that_lambda_gave_up_says_where_and_how_long_it_can_be_read() -> None:
    assert read_message(json.dumps(GIVEN_UP)) == AbandonedBatch(
        shard="shardId-00000001573689847184-864758bb",
        first="800000000003126276362",
        last="800000000003126276399",
        records=38,
        stream="arn:aws:dynamodb:us-east-1:123456789012:table/ledger/stream/x",
        in_stream_until=datetime(2026, 11, 22, 6, 19, 44, tzinfo=UTC),
    )


@pytest.mark.parametrize("body", ["", "no JSON", "[]", "7", "{}", '{"kind": "another"}'])
def test_other_messages_are_nothing_of_ours(body: str) -> None:
    assert read_message(body) is None


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "unreadable_journal_record"},
        letter(new_image=None),
        letter(sequence_number=77),
        {"DDBStreamBatchInfo": {}},
        {"DDBStreamBatchInfo": None},
        {"DDBStreamBatchInfo": {**GIVEN_UP["DDBStreamBatchInfo"], "batchSize": "many"}},
    ],
)
def test_a_message_of_ours_that_lacks_a_part_is_named(message: dict[str, Any]) -> None:
    with pytest.raises(MalformedEventError, match="lacks"):
        read_message(json.dumps(message))
