"""What the benchmark computes: accounts of any size, capacity from real sizes. Nothing here is timed."""

import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from rich.console import Console

from chalicelib.auth import caller
from infra.bench.accounts import FRESH, ORDINARY, Shape, account_of, head_entry
from infra.bench.consumption import Scales, UnweighedCallError
from infra.bench.events import purchase_event
from infra.bench.growth import SHAPES, growth
from infra.bench.lake import LakeScale
from infra.bench.lake_lines import lines
from infra.bench.lake_work import STEPS
from infra.bench.partner import PARTNER
from infra.bench.posting_cost import posting_costs
from infra.bench.tables import growth_table, lake_table, posting_table
from infra.capacity import item_bytes, write_units
from partners.access.model import Scope
from shared.ledger.codec import entry_from_item, entry_to_item
from shared.ledger.fingerprints import REMEMBER_DAYS
from shared.ledger.model import Op
from tests.fakes.clock import FakeClock

NOW_MS = FakeClock()()
MEMBER = "4200000042"


@pytest.mark.parametrize("shape", [FRESH, ORDINARY, Shape(24, 10, 120), SHAPES[-1]])
def test_a_made_account_is_one_the_ledger_can_read(shape: Shape) -> None:
    entry = head_entry(shape, MEMBER, NOW_MS)
    assert entry_from_item(entry_to_item(entry)) == entry
    assert len(entry.account.lots) == shape.months * shape.issuers
    assert len(entry.account.recent) == shape.visits


def test_a_made_account_remembers_its_visits_oldest_first() -> None:
    days = [known.day for known in account_of(ORDINARY, MEMBER, NOW_MS).recent]
    assert days == sorted(days)
    assert days[-1] - days[0] < REMEMBER_DAYS


def test_the_next_entry_of_an_ordinary_account_fits_one_write_unit() -> None:
    assert write_units(item_bytes(entry_to_item(head_entry(ORDINARY, MEMBER, NOW_MS)))) == 1


def test_accounts_cost_more_as_they_grow() -> None:
    plain = [one for one in growth(NOW_MS) if one.shape == Shape(one.shape.months, one.shape.issuers, one.shape.visits)]
    sizes = [one.entry_bytes for one in plain if one.shape.issuers in {0, 3}]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("more", ["pending", "returns", "followers", "cashback"])
def test_whatever_else_an_account_carries_makes_its_entry_longer(more: str) -> None:
    def size(count: int) -> int:
        return item_bytes(entry_to_item(head_entry(replace(ORDINARY, **{more: count}), MEMBER, NOW_MS)))

    assert size(0) < size(1) < size(3)


def test_posting_costs_little_of_a_visit_in_batches() -> None:
    cost = {(one.partners, one.records): one.write_units for one in posting_costs(NOW_MS)}
    assert cost[6, 6] == 1
    assert cost[6, 100] <= Fraction(8, 100)
    assert cost[1, 500] <= Fraction(3, 100)


def test_sections_are_printed_with_title_and_note() -> None:
    text = io.StringIO()
    console = Console(file=text, width=110)
    console.print(growth_table(growth(NOW_MS)))
    console.print(posting_table(posting_costs(NOW_MS)))
    assert "just enrolled" in text.getvalue()
    assert "Posting a visit into pages" in text.getvalue()


@pytest.fixture
def dynamodb() -> Any:
    """A client whose every request is answered here: reads find one item of 5,000 bytes."""
    client = boto3.client("dynamodb", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")

    def answer(request: Any, **_: Any) -> AWSResponse:
        items = '[{"pk": {"S": "%s"}}]' % ("x" * 4_998)
        body = f'{{"Items": {items}}}' if b"Query" in request.headers["X-Amz-Target"] else "{}"
        raw = io.BytesIO(body.encode())
        raw.stream = lambda **_: iter([raw.read()])  # type: ignore[attr-defined]
        return AWSResponse(request.url, 200, {}, raw)

    client.meta.events.register("before-send.dynamodb", answer)
    return client


def test_reads_and_writes_are_weighed_by_the_size_of_their_items(dynamodb: Any) -> None:
    query = {"TableName": "t", "KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "1"}}}
    with Scales(dynamodb).weigh() as consumed:
        dynamodb.query(**query)
        dynamodb.query(**query, ConsistentRead=True)
        dynamodb.put_item(TableName="t", Item={"pk": {"S": "x" * 1_100}})
    assert consumed.calls == ["Query", "Query", "PutItem"]
    assert consumed.read_units == 1 + 2
    assert consumed.write_units == 2
    assert consumed.largest_bytes == 1_102


def test_a_transaction_counts_twice(dynamodb: Any) -> None:
    put = {"Put": {"TableName": "t", "Item": {"pk": {"S": "1"}}}}
    with Scales(dynamodb).weigh() as consumed:
        dynamodb.transact_write_items(TransactItems=[put, put, put])
    assert consumed.write_units == 6


def test_a_call_of_unknown_price_is_refused_and_nothing_is_weighed_outside_the_block(dynamodb: Any) -> None:
    scales = Scales(dynamodb)
    with scales.weigh() as consumed, pytest.raises(UnweighedCallError, match="DescribeTable"):
        dynamodb.describe_table(TableName="t")
    dynamodb.describe_table(TableName="t")
    assert consumed.calls == ["DescribeTable"]


def test_the_api_reads_key_and_caller_from_a_purchase_event() -> None:
    event = purchase_event("9770420000004212", "r-1")
    assert event["headers"]["Idempotency-Key"] == "r-1"
    who = caller(event["requestContext"])
    who.require(Scope.EARN)
    assert who.partner_id == PARTNER


def test_the_lake_is_filed_stated_and_reconciled_with_what_was_planted(tmp_path: Path) -> None:
    seconds: dict[str, float] = {}
    for step in STEPS.values():
        seconds |= step(tmp_path, 2_000)
    told = io.StringIO()
    Console(file=told, width=110).print(lake_table(LakeScale(2_000, seconds, dict.fromkeys(STEPS, 512.0), 12_345_678)))
    assert "2,000 lines" in told.getvalue()
    assert "512" in told.getvalue()
    assert len(list(tmp_path.rglob("*.parquet"))) == 2


def test_made_lines_are_the_same_every_time_and_of_all_kinds() -> None:
    made = list(lines(100))
    assert made == list(lines(100))
    assert len({line.entry_id for line in made}) == 100
    assert {line.op for line in made} == {Op.EARN, Op.REDEEM, Op.RETURN}
