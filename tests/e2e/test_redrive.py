"""The redrive, as typed, on the deployed stack."""

import json
import subprocess
import sys

from infra.paths import ROOT
from tests.e2e.shops import Network, created, fresh
from tests.e2e.test_api_dead_letters import letter_about
from tests.support.clouds import DeployedCloud
from tests.support.entries import record_of_item


def redrive(cloud: DeployedCloud) -> subprocess.CompletedProcess[str]:
    endpoint = cloud.target.endpoint_url
    assert endpoint is not None
    command = [sys.executable, "-m", "infra.redrive", "--endpoint", endpoint]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_record_set_aside_stays_while_it_does_not_read_and_goes_once_its_entry_is_posted(
    local_cloud: DeployedCloud,
) -> None:
    shop = Network.of(local_cloud).open_shop()
    pk, keys = f"M#{fresh('poison')}", {"sk": {"S": "E#00000001"}}
    dynamodb, table = local_cloud.client("dynamodb"), local_cloud.stack.ledger_table
    dynamodb.put_item(TableName=table, Item={"pk": {"S": pk}, **keys, "what": {"S": "no journal entry"}})
    card = shop.enrol()
    created(shop.post("/v1/purchases", shop.purchase(card, "after"), fresh("p")))
    shop.posted_entries(2)
    done = redrive(local_cloud)
    letter = letter_about(local_cloud, pk)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"left: record {letter['sequence_number']} of {letter['shard_id']} still does not read" in done.stdout

    entry_key = {"pk": {"S": f"M#{card[4:14]}"}, "sk": {"S": "E#00000001"}}
    entry = dynamodb.get_item(TableName=table, Key=entry_key)["Item"]
    letter["new_image"] = record_of_item(entry, "1")["dynamodb"]["NewImage"]
    local_cloud.client("sqs").send_message(QueueUrl=local_cloud.stack.dead_letter_url, MessageBody=json.dumps(letter))
    done = redrive(local_cloud)
    assert f"in a page already: entry {card[4:14]}-1, record {letter['sequence_number']}" in done.stdout, done.stderr
    assert letter["sequence_number"] not in redrive(local_cloud).stdout
    assert len(shop.posted_entries(2)) == 2
