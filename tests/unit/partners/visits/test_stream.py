import json
from pathlib import Path

import pytest

from partners.visits.errors import MalformedEventError
from partners.visits.stream import EMULATOR_SHARD, padded, read_batch
from tests.support.entries import entry, stream_record

EVENTS = Path(__file__).parents[3] / "fixtures" / "events"
SHARD = "shardId-00000001795262400000-0a1b2c3d"


def event(*numbers: str, **fields: object) -> dict[str, object]:
    return {"Records": [stream_record(entry(), number) for number in numbers], "shardId": SHARD, **fields}


def test_a_batch_names_its_shard_and_its_records_in_order():
    batch = read_batch(event("98", "100"), single_shard=False)
    assert batch.shard == SHARD
    assert [record.number for record in batch.records] == ["98", "100"]
    assert [record.sequence for record in batch.records] == ["98".zfill(40), "100".zfill(40)]


def test_a_record_carries_keys_and_image():
    record = read_batch(event("7"), single_shard=False).records[0]
    assert record.event_name == "INSERT"
    assert record.keys == {"pk": {"S": "M#0000000042"}, "sk": {"S": "E#00000007"}}
    assert record.image["by"] == {"S": "harvest"}


def test_the_end_of_a_tumbling_window_is_an_empty_batch():
    assert read_batch(json.loads((EVENTS / "window_end.json").read_text()), single_shard=False).records == []


def test_without_a_tumbling_window_there_is_no_shard_and_the_event_is_refused():
    with pytest.raises(MalformedEventError, match="tumbling window"):
        read_batch({"Records": []}, single_shard=False)


def test_a_stream_with_a_single_shard_needs_no_name_of_it():
    assert read_batch({"Records": []}, single_shard=True).shard == EMULATOR_SHARD


@pytest.mark.parametrize("shard", ["", "a#b", "redrive", 7, None, "a" * 66])
def test_a_shard_that_would_not_do_as_part_of_a_key_is_refused(shard):
    with pytest.raises(MalformedEventError):
        read_batch(event("1", shardId=shard), single_shard=False)


@pytest.mark.parametrize("numbers", [("5", "4"), ("5", "5"), ("9", "10", "10")])
def test_records_out_of_order_are_refused(numbers):
    with pytest.raises(MalformedEventError, match="does not come after"):
        read_batch(event(*numbers), single_shard=False)


@pytest.mark.parametrize("number", ["", "0", "000", "12a", "-1", "١", "1" * 41])
def test_what_is_no_sequence_number_is_refused(number):
    with pytest.raises(MalformedEventError, match="not a sequence number"):
        padded(number)


@pytest.mark.parametrize("broken", [{}, {"Records": [{}]}, {"Records": [None]}, {"Records": 3}])
def test_an_event_that_is_no_stream_event_is_refused(broken):
    with pytest.raises(MalformedEventError):
        read_batch({"shardId": SHARD, **broken}, single_shard=False)


@pytest.mark.parametrize("name", ["stream_enrol_earn_redeem", "stream_malformed_record", "stream_modified_entry"])
def test_the_event_fixtures_are_stream_events(name):
    batch = read_batch(json.loads((EVENTS / f"{name}.json").read_text()), single_shard=False)
    assert batch.shard.startswith("shardId-")
    assert len(batch.records) >= 2
