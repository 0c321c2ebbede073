"""Settings of one deployment, read from the environment once per cold start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

KeyMode = Literal["live", "test"]
WebhookReceivers = Literal["public", "local"]


class MissingSettingError(Exception):
    """A required environment variable is not set; the message names it."""


class InvalidSettingError(Exception):
    """An environment variable has a value it can't have; the message names it and what it may be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a deployment's parts are.

    `stream_source` is `aws`, or `emulator` for a local cloud whose stream has a single shard, names no
    shard in its events and ignores partial batch responses. `key_mode` says whether points here are real:
    the deployment issues and accepts API keys of this mode alone. Cashback is paid out in money from
    `payout_minimum_cents` on. Vendors' events are kept whole for `original_event_days`, 0 not at all. `network_name` is
    who issues invoices.
    Webhooks go to `public` receivers alone, or for tests on one machine to `local` ones too, which a deployment with
    live keys refuses. `shared_usage_key` is the gateway's key for callers without a usage plan of their own; empty
    where the gateway does not count by caller.
    """

    stage: str
    region: str
    ledger_table: str
    members_table: str
    partners_table: str
    pages_table: str
    audit_table: str
    sweeps_table: str
    books_table: str
    billing_table: str
    webhooks_table: str
    connectors_table: str
    connectors_queue_url: str
    connector_files_queue_url: str
    connectors_bucket: str
    connectors_key_id: str
    settlement_table: str
    records_bucket: str
    reconciliation_queue_url: str
    statement_key_id: str
    trail_table: str
    posting_dead_letter_url: str
    secret_id: str
    stripe_secret_id: str
    webhook_queue_url: str
    webhook_secret_id: str
    stream_source: str
    card_prefix: str
    key_mode: KeyMode
    payout_minimum_cents: int = 1_000
    original_event_days: int = 30
    network_name: str = "Tessera"
    webhook_receivers: WebhookReceivers = "public"
    shared_usage_key: str = ""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Raises MissingSettingError naming the first variable that is not set, InvalidSettingError."""

        def need(name: str) -> str:
            try:
                return env[name]
            except KeyError:
                raise MissingSettingError(f"the environment variable {name} is not set") from None

        key_mode = _key_mode(env.get("TESSERA_KEY_MODE", "live"))
        return cls(
            stage=need("TESSERA_STAGE"),
            region=need("AWS_REGION"),
            ledger_table=need("TESSERA_LEDGER_TABLE"),
            members_table=need("TESSERA_MEMBERS_TABLE"),
            partners_table=need("TESSERA_PARTNERS_TABLE"),
            pages_table=need("TESSERA_PAGES_TABLE"),
            audit_table=need("TESSERA_AUDIT_TABLE"),
            sweeps_table=need("TESSERA_SWEEPS_TABLE"),
            books_table=need("TESSERA_BOOKS_TABLE"),
            billing_table=need("TESSERA_BILLING_TABLE"),
            webhooks_table=need("TESSERA_WEBHOOKS_TABLE"),
            connectors_table=need("TESSERA_CONNECTORS_TABLE"),
            connectors_queue_url=need("TESSERA_CONNECTORS_QUEUE_URL"),
            connector_files_queue_url=need("TESSERA_CONNECTOR_FILES_QUEUE_URL"),
            connectors_bucket=need("TESSERA_CONNECTORS_BUCKET"),
            connectors_key_id=need("TESSERA_CONNECTORS_KEY_ID"),
            settlement_table=need("TESSERA_SETTLEMENT_TABLE"),
            records_bucket=need("TESSERA_RECORDS_BUCKET"),
            reconciliation_queue_url=need("TESSERA_RECONCILIATION_QUEUE_URL"),
            statement_key_id=need("TESSERA_STATEMENT_KEY_ID"),
            trail_table=need("TESSERA_TRAIL_TABLE"),
            posting_dead_letter_url=need("TESSERA_POSTING_DEAD_LETTER_URL"),
            secret_id=need("TESSERA_SECRET_ID"),
            stripe_secret_id=need("TESSERA_STRIPE_SECRET_ID"),
            webhook_queue_url=need("TESSERA_WEBHOOK_QUEUE_URL"),
            webhook_secret_id=need("TESSERA_WEBHOOK_SECRET_ID"),
            stream_source=env.get("TESSERA_STREAM_SOURCE", "aws"),
            card_prefix=env.get("TESSERA_CARD_PREFIX", "9770"),
            key_mode=key_mode,
            webhook_receivers=_receivers(env.get("TESSERA_WEBHOOK_RECEIVERS", "public"), key_mode),
            network_name=env.get("TESSERA_NETWORK_NAME", "Tessera"),
            shared_usage_key=env.get("TESSERA_SHARED_USAGE_KEY", ""),
            original_event_days=_days("TESSERA_ORIGINAL_EVENT_DAYS", env.get("TESSERA_ORIGINAL_EVENT_DAYS", "30")),
            payout_minimum_cents=_cents(
                "TESSERA_PAYOUT_MINIMUM_CENTS", env.get("TESSERA_PAYOUT_MINIMUM_CENTS", "1000")
            ),
        )


def _key_mode(value: str) -> KeyMode:
    if value == "live":
        return "live"
    if value == "test":
        return "test"
    raise InvalidSettingError(f"the environment variable TESSERA_KEY_MODE is {value!r}; it may be 'live' or 'test'")


def _receivers(value: str, key_mode: KeyMode) -> WebhookReceivers:
    if value == "public":
        return "public"
    if value == "local" and key_mode == "test":
        return "local"
    raise InvalidSettingError(
        f"the variable TESSERA_WEBHOOK_RECEIVERS is {value!r}; it may be 'public', or with test keys 'local'"
    )


def _cents(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise InvalidSettingError(f"the environment variable {name} is {value!r}; it may be a number of cents above 0")
    return int(value)


def _days(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) > 30:
        raise InvalidSettingError(f"the environment variable {name} is {value!r}; it may be 0 to 30 days")
    return int(value)
