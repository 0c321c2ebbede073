"""What tests get to work on: engines with bare tables, and the deployed system."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.local.cloud import CREDENTIALS, REGION
from infra.local.tables import create_tables
from infra.stack import Stack
from infra.target import Target
from shared.kernel import aws

if TYPE_CHECKING:
    from partners.bootstrap import Services


@dataclass(frozen=True)
class DynamoEngine:
    """A DynamoDB with the template's tables and nothing that reacts to them.

    Tests keep apart by key (a member, a partner of their own), not by table.
    """

    name: str
    endpoint_url: str
    client: Any
    tables: Mapping[str, str]

    @property
    def ledger_table(self) -> str:
        return self.tables["LedgerTable"]

    @property
    def members_table(self) -> str:
        return self.tables["MembersTable"]

    @property
    def partners_table(self) -> str:
        return self.tables["PartnersTable"]

    @property
    def pages_table(self) -> str:
        return self.tables["PagesTable"]

    @property
    def audit_table(self) -> str:
        return self.tables["AuditTable"]

    @property
    def sweeps_table(self) -> str:
        return self.tables["SweepsTable"]

    @property
    def billing_table(self) -> str:
        return self.tables["BillingTable"]

    @property
    def connectors_table(self) -> str:
        return self.tables["ConnectorsTable"]

    @property
    def settlement_table(self) -> str:
        return self.tables["SettlementTable"]


@dataclass(frozen=True)
class DeployedCloud:
    """The deployed system: its address, its data, and the product's own services bound to that data."""

    stack: Stack
    target: Target
    services: "Services"

    @property
    def base_url(self) -> str:
        return self.stack.base_url

    @property
    def endpoint_url(self) -> str:
        return self.target.endpoint_url or ""

    def client(self, service: str) -> Any:
        """A boto3 client on the local cloud."""
        return self.target.client(service)


def engine_with_tables(name: str, endpoint_url: str) -> DynamoEngine:
    client = dynamodb_at(endpoint_url)
    return DynamoEngine(name, endpoint_url, client, create_tables(client, "bare"))


def dynamodb_at(endpoint_url: str) -> Any:
    return Target.local(endpoint_url).client("dynamodb")


def forget_clients() -> None:
    """Let the product make its clients anew: one made before the environment named an endpoint goes elsewhere."""
    for made_once in vars(aws).values():
        if hasattr(made_once, "cache_clear"):
            made_once.cache_clear()


NOWHERE: Mapping[str, str] = {
    **CREDENTIALS,
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""AWS settings under which any call that was not meant fails at once instead of leaving the machine."""
