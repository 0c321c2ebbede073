"""What a deployed stack says about itself, and the environment a process needs to work with its data."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.local.cloud import local_aws_environment
from infra.target import Target


@dataclass(frozen=True, slots=True)
class Stack:
    """One deployment. `base_url` has no slash at its end; paths start with `/v1/`."""

    name: str
    stage: str
    region: str
    base_url: str
    endpoint_url: str | None
    outputs: Mapping[str, str]

    @classmethod
    def of(cls, target: Target, name: str, stage: str, outputs: Mapping[str, str]) -> "Stack":
        base_url = outputs["EndpointURL"].rstrip("/")
        if target.endpoint_url is not None:
            gateway_stage = base_url.rsplit("/", 1)[1]
            base_url = f"{target.endpoint_url}/_aws/execute-api/{outputs['RestAPIId']}/{gateway_stage}"
        return cls(name, stage, target.region, base_url, target.endpoint_url, outputs)

    @property
    def ledger_table(self) -> str:
        return self.outputs["LedgerTable"]

    @property
    def members_table(self) -> str:
        return self.outputs["MembersTable"]

    @property
    def partners_table(self) -> str:
        return self.outputs["PartnersTable"]

    @property
    def pages_table(self) -> str:
        return self.outputs["PagesTable"]

    @property
    def audit_table(self) -> str:
        return self.outputs["AuditTable"]

    @property
    def sweeps_table(self) -> str:
        return self.outputs["SweepsTable"]

    @property
    def books_table(self) -> str:
        return self.outputs["BooksTable"]

    @property
    def billing_table(self) -> str:
        return self.outputs["BillingTable"]

    @property
    def connectors_table(self) -> str:
        return self.outputs["ConnectorsTable"]

    @property
    def settlement_table(self) -> str:
        return self.outputs["SettlementTable"]

    @property
    def metering_function(self) -> str:
        return self.outputs["MeteringFunction"]

    @property
    def dead_letter_url(self) -> str:
        return self.outputs["PostingDeadLetterUrl"]

    @property
    def audit_function(self) -> str:
        return self.outputs["AuditFunction"]

    @property
    def invoices_function(self) -> str:
        return self.outputs["InvoicesFunction"]

    @property
    def funding_function(self) -> str:
        return self.outputs["FundingFunction"]

    @property
    def sweep_function(self) -> str:
        return self.outputs["SweepFunction"]

    @property
    def books_function(self) -> str:
        return self.outputs["BooksFunction"]

    @property
    def settlement_function(self) -> str:
        return self.outputs["SettlementFunction"]

    @property
    def reconciliation_function(self) -> str:
        return self.outputs["ReconciliationFunction"]

    def settings_environment(self) -> dict[str, str]:
        """What shared/kernel/settings.py reads: the same values that the stack's functions have."""
        return {
            "AWS_REGION": self.region,
            "TESSERA_STAGE": self.stage,
            "TESSERA_LEDGER_TABLE": self.ledger_table,
            "TESSERA_MEMBERS_TABLE": self.members_table,
            "TESSERA_PARTNERS_TABLE": self.partners_table,
            "TESSERA_PAGES_TABLE": self.pages_table,
            "TESSERA_AUDIT_TABLE": self.audit_table,
            "TESSERA_SWEEPS_TABLE": self.sweeps_table,
            "TESSERA_BOOKS_TABLE": self.books_table,
            "TESSERA_BILLING_TABLE": self.billing_table,
            "TESSERA_WEBHOOKS_TABLE": self.outputs["WebhooksTable"],
            "TESSERA_TRAIL_TABLE": self.outputs["TrailTable"],
            "TESSERA_WEBHOOK_QUEUE_URL": self.outputs["WebhookQueueUrl"],
            "TESSERA_WEBHOOK_SECRET_ID": self.outputs["WebhookSecretId"],
            "TESSERA_WEBHOOK_RECEIVERS": self.outputs["WebhookReceivers"],
            "TESSERA_CONNECTORS_TABLE": self.connectors_table,
            "TESSERA_CONNECTORS_QUEUE_URL": self.outputs["ConnectorsQueueUrl"],
            "TESSERA_CONNECTOR_FILES_QUEUE_URL": self.outputs["ConnectorFilesQueueUrl"],
            "TESSERA_CONNECTORS_BUCKET": self.outputs["ConnectorsBucket"],
            "TESSERA_CONNECTORS_KEY_ID": self.outputs["ConnectorsKeyId"],
            "TESSERA_SETTLEMENT_TABLE": self.settlement_table,
            "TESSERA_RECORDS_BUCKET": self.outputs["RecordsBucket"],
            "TESSERA_RECONCILIATION_QUEUE_URL": self.outputs["ReconciliationQueueUrl"],
            "TESSERA_STATEMENT_KEY_ID": self.outputs["StatementKeyId"],
            "TESSERA_POSTING_DEAD_LETTER_URL": self.dead_letter_url,
            "TESSERA_SECRET_ID": self.outputs["SecretId"],
            "TESSERA_STRIPE_SECRET_ID": self.outputs["StripeSecretId"],
            "TESSERA_STREAM_SOURCE": self.outputs["StreamSource"],
            "TESSERA_CARD_PREFIX": self.outputs["CardPrefix"],
            "TESSERA_KEY_MODE": self.outputs["KeyMode"],
            "TESSERA_PAYOUT_MINIMUM_CENTS": self.outputs["PayoutMinimumCents"],
            "TESSERA_ORIGINAL_EVENT_DAYS": self.outputs["OriginalEventDays"],
            "TESSERA_NETWORK_NAME": self.outputs["NetworkName"],
        }

    def process_environment(self) -> dict[str, str]:
        """The same, plus where the AWS SDK finds a local stack."""
        if self.endpoint_url is None:
            return self.settings_environment()
        return {**local_aws_environment(self.endpoint_url), **self.settings_environment()}
