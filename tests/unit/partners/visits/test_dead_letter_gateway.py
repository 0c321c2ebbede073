import boto3
import pytest
from botocore.config import Config

from partners.visits.dead_letter_gateway import DeadLetterGateway
from partners.visits.stream import read_batch
from shared.kernel.errors import StoreUnavailableError
from tests.support.entries import entry, stream_record


def test_a_queue_that_does_not_answer_is_unavailable():
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
    nowhere = boto3.client("sqs", region_name="us-east-1", endpoint_url="http://127.0.0.1:9", config=config)
    batch = read_batch({"Records": [stream_record(entry(), "77")]}, single_shard=True)
    with pytest.raises(StoreUnavailableError):
        DeadLetterGateway(nowhere, "http://127.0.0.1:9/queue").set_aside(batch.shard, batch.records[0], "why")
