"""Dead letters on a real queue: posted once they read and then deleted; what does not read stays and is named."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from infra.redrive import NOTHING_LEFT, SOME_LEFT, Redriven, redrive
from infra.target import Target
from partners.bootstrap import Services
from partners.visits.stream import read_batch
from shared.ledger.model import Entry
from tests.fakes.clock import FakeClock
from tests.support.clouds import DynamoEngine
from tests.support.entries import DAY, NOON_MS, entry, stream_record
from tests.unit.partners.visits.test_letters import GIVEN_UP, letter

TODAY = date.fromisoformat(DAY)


@dataclass
class Redriving:
    """A deployment's posting with a queue of its own, and a partner that no other test has."""

    services: Services
    sqs: Any
    clock: FakeClock
    partner: str
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.services.settings.posting_dead_letter_url

    def run(self) -> Redriven:
        return redrive(self.sqs, self.url, self.services.posting, self.said.append, wait_seconds=0)

    @property
    def member(self) -> str:
        return f"{int(self.partner[-8:], 16):010d}"

    def entry(self, seq: int) -> Entry:
        return entry(partner=self.partner, seq=seq)

    def deliver(self, *records: dict[str, Any]) -> None:
        self.services.posting.post(read_batch({"Records": list(records)}, single_shard=True))

    def send(self, message: dict[str, Any]) -> None:
        self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(message))

    def set_aside(self, seq: int, **changes: Any) -> None:
        """A letter about entry `seq` at sequence number `seq`, which now reads."""
        image = stream_record(self.entry(seq), str(seq))["dynamodb"]["NewImage"]
        self.send(letter(sequence_number=str(seq), new_image=image, **changes))

    def posted(self) -> list[str]:
        return sorted(
            one.line.entry_id for one in self.services.pages.entries(self.partner, TODAY, TODAY, limit=50).lines
        )

    def waiting(self) -> int:
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"])


@pytest.fixture
def world(services: Services, emulator_engine: DynamoEngine) -> Iterator[Redriving]:
    sqs = Target.local(emulator_engine.endpoint_url).client("sqs")
    name = f"redrive-{uuid.uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    clock = FakeClock(NOON_MS + 3_600_000)
    own = Services(replace(services.settings, posting_dead_letter_url=url), clock=clock)
    yield Redriving(own, sqs, clock, name)
    sqs.delete_queue(QueueUrl=url)


def test_a_letter_that_reads_now_is_posted_and_deleted(world: Redriving) -> None:
    world.deliver(*(stream_record(world.entry(seq), str(seq)) for seq in (1, 3)))
    world.set_aside(2)
    redriven = world.run()
    assert (redriven, redriven.exit_code) == (Redriven(posted=1), NOTHING_LEFT)
    assert world.posted() == [f"0000000042-{seq}" for seq in (1, 2, 3)]
    assert world.run() == Redriven()
    assert world.waiting() == 0


def test_a_letter_whose_entry_is_in_a_page_already_is_deleted_without_effect(world: Redriving) -> None:
    world.deliver(*(stream_record(world.entry(seq), str(seq)) for seq in (1, 2, 3)))
    for _ in range(2):
        world.set_aside(2)
    assert world.run() == Redriven(known=2)
    assert world.posted() == [f"0000000042-{seq}" for seq in (1, 2, 3)]
    assert world.waiting() == 0


def test_a_record_that_posting_sets_aside_stays_until_the_code_reads_it(world: Redriving) -> None:
    unread = stream_record(world.entry(1), "1")
    unread["dynamodb"]["NewImage"]["v"] = {"N": "99"}
    world.deliver(unread, stream_record(world.entry(2), "2"))
    redriven = world.run()
    assert (redriven, redriven.exit_code) == (Redriven(left=1), SOME_LEFT)
    assert world.said == ["left: record 1 of shard-0 still does not read: layout version 99 is not known here"]
    assert world.posted() == ["0000000042-2"]
    assert world.waiting() == 1


def test_a_letter_ahead_of_its_chain_waits_until_nothing_before_it_can_come(world: Redriving) -> None:
    world.set_aside(5)
    assert world.run() == Redriven(left=1)
    assert "Try again when it is a day old" in world.said[0]
    assert (world.posted(), world.waiting()) == ([], 1)
    world.clock.advance(days=2)
    assert world.run() == Redriven(posted=1)
    assert world.posted() == ["0000000042-5"]


@pytest.mark.parametrize(
    "changes", [{"event_name": "MODIFY"}, {"event_name": "REMOVE"}, {"shard_id": 7}], ids=["modify", "remove", "shard"]
)
def test_what_no_code_will_ever_post_stays(world: Redriving, changes: dict[str, Any]) -> None:
    world.clock.advance(days=2)
    world.set_aside(1, **changes)
    assert world.run() == Redriven(left=1)
    assert (world.posted(), world.waiting()) == ([], 1)


def test_a_batch_that_lambda_gave_up_is_reported_with_its_shard_and_range_and_stays(world: Redriving) -> None:
    world.send(GIVEN_UP)
    redriven = world.run()
    assert (redriven, redriven.exit_code) == (Redriven(left=1), SOME_LEFT)
    info = GIVEN_UP["DDBStreamBatchInfo"]
    for part in ("shardId", "startSequenceNumber", "endSequenceNumber", "streamArn"):
        assert info[part] in world.said[0]
    assert "until 2026-11-22 06:19 UTC" in world.said[0]
    assert world.waiting() == 1


def test_what_the_stream_gave_up_is_posted_from_the_journal_once(world: Redriving) -> None:
    entries = [entry(member=world.member, partner=world.partner, seq=seq) for seq in (1, 2, 3)]
    for one in entries:
        world.services._journal.append(one)
    world.deliver(stream_record(entries[1], "2"))
    of_a_day = [(world.partner, DAY)]
    assert world.services.reposting.of_days(of_a_day, 2, world.said.append).posted == 0
    assert sum("Try again when it is a day old" in said for said in world.said) == 2
    world.clock.advance(days=40)
    assert world.services.reposting.of_days(of_a_day, 2, world.said.append).posted == 2
    assert world.services.reposting.of_days(of_a_day, 2, world.said.append).posted == 0
    assert world.posted() == sorted(one.entry_id for one in entries)


def test_a_strange_message_is_shown_and_left_and_does_not_count(world: Redriving) -> None:
    world.send({"hello": "world"})
    redriven = world.run()
    assert (redriven, redriven.exit_code) == (Redriven(strange=1), NOTHING_LEFT)
    assert "hello" in world.said[0]
    assert world.waiting() == 1


def test_more_letters_than_one_answer_holds_are_each_worked_once(world: Redriving) -> None:
    world.clock.advance(days=2)
    for seq in range(1, 13):
        world.set_aside(seq)
    world.send(GIVEN_UP)
    assert world.run() == Redriven(posted=12, left=1)
    assert len(world.posted()) == 12
    assert world.waiting() == 1
