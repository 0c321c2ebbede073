"""Connectors with everything behind them in memory: the real store on a fake DynamoDB, the real till and ledger."""

import json
from collections.abc import Callable
from typing import Any

from partners.connectors.commands import Commands
from partners.connectors.facts import Fact
from partners.connectors.files import Files
from partners.connectors.foreign import TillFile
from partners.connectors.intake import Intake
from partners.connectors.line_cards import LineCards
from partners.connectors.model import CardSource, Connection
from partners.connectors.originals import Originals
from partners.connectors.received import ReceivedEvents
from partners.connectors.service import Connections
from partners.connectors.store import ConnectorStore
from partners.connectors.unmapped import Unmapped
from partners.connectors.words import CardPlace, Kind
from partners.connectors.working import Work
from shared.kernel.hearing import Heard
from tests.fakes.connectors import FakeBucket, FakeLine, FakeVault, fixture, shopify_headers, signature
from tests.fakes.dynamodb import FakeDynamoDB
from tests.unit.till.shop import Shop

SHOP, MERCHANT = "socks.myshopify.com", "MLC0FFEE12345"
SECRET, URL = "shpss_0123456789", "https://api.example.com/v1/connectors/square/x"
NOTE = CardSource(CardPlace.NOTE_ATTRIBUTE, "loyalty_card")
REFERENCE = CardSource(CardPlace.REFERENCE_ID)
PLACES = {"88001": "s1", "online": "s2", "L5Q00EXAMPLE1": "s1"}


def transaction_of(refund_id: int) -> int:
    return 61_000_000 + refund_id


class Desk:
    """Alpha's connections, each with SECRET; Ann's card is in the events."""

    def __init__(self, client: Any = None, *, live: bool = True, original_days: int = 30) -> None:
        self.shop = Shop()
        self.clock = self.shop.clock
        self.card = self.shop.card
        self.db = FakeDynamoDB()
        self.vault, self.line, self.bucket = FakeVault(), FakeLine(), FakeBucket()
        self.live = live
        self.original_days = original_days
        self.through(client or self.db)

    def through(self, client: Any, around: Callable[[Any], Any] = lambda inner: inner) -> None:
        """Build the services on another client of the same tables, with something `around` what they call."""
        store: Any = ConnectorStore(client, "connectors")
        line, till, returns = around(self.line), around(self.shop.till), around(self.shop.returns)
        self.store: ConnectorStore = store
        self.connections = Connections(store, self.vault, self.shop.contracts, self.clock, self._random)
        self.events = ReceivedEvents(around(self.bucket), self.vault, self.clock)
        self.originals = Originals(around(self.bucket), self.connections, days=self.original_days)
        self.intake = Intake(store, line, self.events, self.originals, self.shop.contracts, self.clock)
        made_under = self.shop.receipt_returns.made_under
        cards = LineCards(store, made_under, self.clock, self._random)
        files = Files(around(self.bucket), cards, till, around(self.shop.receipt_returns))
        self.commands = Commands(store, till, returns, made_under, self.clock, self._random)
        self.work = Work(store, self.commands, files.record, self.events.told_anew, self.clock, live=self.live)
        self.unmapped = Unmapped(store, self.connections, line, self.events, self.clock)

    _made = 0

    def _random(self, count: int) -> bytes:
        self._made += 1
        return self._made.to_bytes(count, "big")

    def connect(self, kind: Kind, partner_id: str = "alpha", **changes: Any) -> Connection:
        """A connection that hears."""
        account = {Kind.SHOPIFY: SHOP, Kind.SQUARE: MERCHANT, Kind.FILE: ""}[kind]
        source = {Kind.SHOPIFY: NOTE, Kind.SQUARE: REFERENCE, Kind.FILE: None}[kind]
        settings = {
            "account": account,
            "card_source": source,
            "locations": {} if kind is Kind.FILE else PLACES,
            **changes,
        }
        made = self.connections.create(partner_id, kind, **settings)
        if kind is Kind.FILE:
            return made
        url = URL if kind is Kind.SQUARE else ""
        return self.connections.add_secret(partner_id, made.connection_id, SECRET, url, 0)

    def shopify(
        self, connection: Connection, topic: str, body: object, webhook_id: str = "w-1", secret: str = SECRET
    ) -> Heard:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = shopify_headers(topic, webhook_id)
        return self.intake.hear_shopify(connection.connection_id, raw, signature(secret, raw), headers)

    def paid(self, connection: Connection, webhook_id: str = "w-1", **changes: Any) -> Heard:
        order = {**fixture("shopify_order_paid", self.card), **changes}
        return self.shopify(connection, "orders/paid", order, webhook_id)

    def refunded(self, connection: Connection, refund_id: int = 910001, amount: str = "3.24", **changes: Any) -> Heard:
        self.clock.advance(ms=1)
        refund = {**fixture("shopify_refund_create"), "id": refund_id, **changes}
        refund["transactions"][0] |= {"id": transaction_of(refund_id), "amount": amount}
        return self.shopify(connection, "refunds/create", refund, f"w-{refund_id}")

    def refund_failed(self, connection: Connection, refund_id: int = 910001, **changes: Any) -> Heard:
        """The gateway has failed to pay a refund that may have been told as pending."""
        failed = {**fixture("shopify_order_transaction_create"), "id": transaction_of(refund_id), **changes}
        return self.shopify(connection, "order_transactions/create", failed, f"f-{refund_id}")

    def square(self, connection: Connection, body: object, secret: str = SECRET, url: str = URL) -> Heard:
        raw = json.dumps(body).encode()
        return self.intake.hear_square(connection.connection_id, raw, signature(secret, url.encode() + raw))

    def put_file(
        self, connection: Connection, raw: bytes, name: str = "late.csv", etag: str = "e1", put_id: str = ""
    ) -> Heard:
        """Hear of a file; the same `put_id`, which is the tag unless given, is the same put told again."""
        key = f"incoming/{connection.partner_id}/{connection.connection_id}/{name}"
        self.bucket.objects[key], self.bucket.tags[key] = raw, etag
        file = TillFile(name, key, etag, len(raw))
        return self.intake.hear_file(connection.partner_id, connection.connection_id, file, put_id or etag)

    def run(self) -> list[Fact]:
        """Work on all that is in line; what was settled."""
        settled = []
        while self.line.messages:
            settled += self.work.settle(*self.line.messages.pop(0))
        return settled

    def queue(self, connection: Connection) -> list[Fact]:
        return self.unmapped.waiting(connection.partner_id, connection.connection_id, "", 100)[0]

    def reasons(self, connection: Connection) -> list[str]:
        return [fact.reason.code if fact.reason else "" for fact in self.queue(connection)]

    @property
    def points(self) -> int:
        return self.shop.balance
