"""A record that no one can read is set aside where it is seen, and holds up nothing."""

import json
from typing import Any

from tests.e2e.shops import Network, created, eventually, fresh
from tests.support.clouds import DeployedCloud


def letter_about(cloud: DeployedCloud, pk: str) -> dict[str, Any]:
    """The message in the dead-letter queue about a ledger key; taken out of the queue."""
    sqs, url = cloud.client("sqs"), cloud.stack.dead_letter_url

    def find() -> dict[str, Any] | None:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        for message in received.get("Messages", []):
            letter: dict[str, Any] = json.loads(message["Body"])
            if letter.get("keys", {}).get("pk", {}).get("S") == pk:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                return letter
        return None

    return eventually(find, f"a dead letter about {pk}")


def test_an_unreadable_record_becomes_a_dead_letter_while_others_are_posted(local_cloud: DeployedCloud) -> None:
    shop = Network.of(local_cloud).open_shop()
    card = shop.enrol()
    pk = f"M#{fresh('poison')}"
    poison = {"pk": {"S": pk}, "sk": {"S": "E#00000001"}, "what": {"S": "no journal entry"}}
    local_cloud.client("dynamodb").put_item(TableName=local_cloud.stack.ledger_table, Item=poison)
    created(shop.post("/v1/purchases", shop.purchase(card, "after"), fresh("p")))

    letter = letter_about(local_cloud, pk)
    assert letter["reason"]
    assert letter["new_image"] == poison
    assert int(letter["sequence_number"]) > 0
    assert [entry["receipt"] for entry in shop.posted_entries(2)] == [None, "after"]


def test_an_ordinary_entry_is_no_dead_letter(local_cloud: DeployedCloud) -> None:
    shop = Network.of(local_cloud).open_shop()
    card = shop.enrol()
    created(shop.post("/v1/purchases", shop.purchase(card, "fine"), fresh("p")))
    assert len(shop.posted_entries(2)) == 2
    received = local_cloud.client("sqs").receive_message(
        QueueUrl=local_cloud.stack.dead_letter_url, MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    about = [json.loads(message["Body"]).get("keys", {}).get("pk") for message in received.get("Messages", [])]
    assert {"S": f"M#{card[4:14]}"} not in about
