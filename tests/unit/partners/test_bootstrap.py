import subprocess
import sys
from dataclasses import replace

import pytest

from partners import bootstrap
from shared.kernel.clock import system_clock
from shared.kernel.settings import MissingSettingError, Settings

SETTINGS = Settings(
    stage="unit",
    region="us-east-1",
    ledger_table="ledger",
    members_table="members",
    partners_table="partners",
    pages_table="pages",
    audit_table="audit",
    sweeps_table="sweeps",
    books_table="books",
    billing_table="billing",
    connectors_table="connectors",
    connectors_queue_url="https://sqs.example.com/line",
    connector_files_queue_url="https://sqs.example.com/files",
    connectors_bucket="bucket",
    connectors_key_id="key",
    settlement_table="settlement",
    records_bucket="records",
    reconciliation_queue_url="https://sqs.example.com/comparisons",
    statement_key_id="statements",
    stripe_secret_id="stripe",
    webhooks_table="webhooks",
    trail_table="trail",
    webhook_queue_url="http://127.0.0.1:9/wakes",
    webhook_secret_id="hooks",
    posting_dead_letter_url="http://127.0.0.1:9/queue",
    secret_id="secret",
    stream_source="aws",
    card_prefix="9770",
    key_mode="test",
)
NAMES = [
    "access",
    "accounts",
    "audit",
    "billing",
    "books",
    "receivables",
    "money_books",
    "contracts",
    "imports",
    "invoicing",
    "issuing",
    "ledger",
    "members",
    "metering",
    "pages",
    "member_cashback",
    "payees",
    "settlement_payments",
    "stripe_legs",
    "posting",
    "replays",
    "sending",
    "telling",
    "webhook_endpoints",
    "settlements",
    "statements",
    "sweep",
    "sharing",
    "till",
    "webhooks",
    "windows",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_service_is_built_on_first_use_and_only_once(name):
    services = bootstrap.Services(SETTINGS)
    assert name not in vars(services)
    assert getattr(services, name) is getattr(services, name)


def test_the_process_has_one_set_of_services_made_from_its_environment(monkeypatch):
    bootstrap.services.cache_clear()
    monkeypatch.delenv("TESSERA_STAGE", raising=False)
    with pytest.raises(MissingSettingError, match="TESSERA_STAGE"):
        bootstrap.services()
    later = ("WEBHOOKS", "CONNECTORS", "SETTLEMENT", "TRAIL")
    for table in ("LEDGER", "MEMBERS", "PARTNERS", "PAGES", "AUDIT", "SWEEPS", "BOOKS", "BILLING", *later):
        monkeypatch.setenv(f"TESSERA_{table}_TABLE", f"{table.lower()}_table")
    for name in (
        "CONNECTORS_QUEUE_URL",
        "CONNECTOR_FILES_QUEUE_URL",
        "CONNECTORS_BUCKET",
        "CONNECTORS_KEY_ID",
        "RECORDS_BUCKET",
        "RECONCILIATION_QUEUE_URL",
        "STATEMENT_KEY_ID",
    ):
        monkeypatch.setenv(f"TESSERA_{name}", name.lower())
    monkeypatch.setenv("TESSERA_STAGE", "unit")
    monkeypatch.setenv("TESSERA_POSTING_DEAD_LETTER_URL", "queue")
    monkeypatch.setenv("TESSERA_SECRET_ID", "secret")
    monkeypatch.setenv("TESSERA_WEBHOOK_QUEUE_URL", "wakes")
    monkeypatch.setenv("TESSERA_WEBHOOK_SECRET_ID", "hooks")
    monkeypatch.setenv("TESSERA_STRIPE_SECRET_ID", "stripe")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert bootstrap.services() is bootstrap.services()
    assert bootstrap.services().settings.pages_table == "pages_table"
    bootstrap.services.cache_clear()


def test_a_deployment_for_tests_carries_out_an_event_as_of_its_moment_and_a_live_one_does_not(monkeypatch):
    monkeypatch.setattr(bootstrap, "services", lambda: bootstrap.Services(SETTINGS))
    event = {"as_of": "2026-12-01T00:10:00Z"}
    assert bootstrap.services_for(event).billing._clock() == 1_796_083_800_000
    assert bootstrap.services_for({}).billing._clock is system_clock
    monkeypatch.setattr(bootstrap, "services", lambda: bootstrap.Services(replace(SETTINGS, key_mode="live")))
    assert bootstrap.services_for({}).settings.key_mode == "live"
    with pytest.raises(bootstrap.LiveDeploymentError):
        bootstrap.services_for(event)


def test_importing_the_composition_root_and_every_service_imports_no_sdk():
    program = (
        "import sys, functions.posting, partners.access.service, partners.billing.service,"
        " partners.connectors.intake, partners.connectors.files, functions.connectors,"
        " partners.billing.invoicing, partners.billing.webhooks, functions.metering,"
        " partners.settlement.service, partners.till.service, partners.visits.service,"
        " functions.webhooks, functions.webhook_sending, partners.webhooks.sending;"
        "print([m for m in ('boto3', 'botocore', 'pynamodb', 'aws_lambda_powertools', 'stripe') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_what_may_have_hundreds_of_megabytes_is_sent_by_the_client_that_waits_for_s3_and_links_by_the_other():
    services = bootstrap.Services(SETTINGS)
    waiting = {services.issuing._files, services.comparing._files, services.lake._shelf}
    assert {one._client.meta.config.read_timeout for one in waiting} == {60}
    asked = {services.statements._files, services.reconciliations._files}
    assert {one._client.meta.config.read_timeout for one in asked} == {3}
