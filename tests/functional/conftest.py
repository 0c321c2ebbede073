"""Services on real tables of the local cloud, with no function deployed around them."""

import json
from typing import TYPE_CHECKING

import pytest

from infra.local.cloud import REGION
from infra.target import Target
from tests.support.clouds import DynamoEngine

if TYPE_CHECKING:
    from partners.bootstrap import Services


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "functional" in item.path.parts:
            item.add_marker("functional")


@pytest.fixture(scope="session")
def services(emulator_engine: DynamoEngine) -> "Services":
    """The product's services over bare tables, a queue and a secret of their own."""
    from partners.bootstrap import Services
    from shared.kernel.settings import Settings

    target = Target.local(emulator_engine.endpoint_url)
    queue = target.client("sqs").create_queue(QueueName="bare-dead-letters")
    wakes = target.client("sqs").create_queue(QueueName="bare-wakes")
    secret = target.client("secretsmanager").create_secret(
        Name="bare-secret", SecretString=json.dumps({"pepper": "5e" * 32})
    )
    target.client("s3").create_bucket(Bucket="bare-records")
    signing_key = target.client("kms").create_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")
    stripe_secret = target.client("secretsmanager").create_secret(Name="bare-stripe", SecretString="{}")
    return Services(
        Settings(
            stage="functional",
            region=REGION,
            ledger_table=emulator_engine.ledger_table,
            members_table=emulator_engine.members_table,
            partners_table=emulator_engine.partners_table,
            pages_table=emulator_engine.pages_table,
            audit_table=emulator_engine.audit_table,
            sweeps_table=emulator_engine.sweeps_table,
            books_table=emulator_engine.tables["BooksTable"],
            billing_table=emulator_engine.billing_table,
            connectors_table=emulator_engine.connectors_table,
            connectors_queue_url="",
            connector_files_queue_url="",
            connectors_bucket="",
            connectors_key_id="",
            settlement_table=emulator_engine.settlement_table,
            records_bucket="bare-records",
            reconciliation_queue_url="",
            statement_key_id=signing_key["KeyMetadata"]["KeyId"],
            stripe_secret_id=stripe_secret["ARN"],
            webhooks_table=emulator_engine.tables["WebhooksTable"],
            trail_table=emulator_engine.tables["TrailTable"],
            webhook_queue_url=wakes["QueueUrl"],
            webhook_secret_id=secret["ARN"],
            webhook_receivers="local",
            posting_dead_letter_url=queue["QueueUrl"],
            secret_id=secret["ARN"],
            stream_source="emulator",
            card_prefix="9770",
            key_mode="test",
        )
    )
