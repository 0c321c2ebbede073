"""Capacity units and round trips of what a till does, through the product's own services and store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from infra.bench.accounts import ORDINARY, Shape, head_entry
from infra.bench.consumption import Consumption, Scales
from infra.bench.partner import LOCATION, PARTNER
from infra.demo.retailers import CURRENCY
from partners.bootstrap import Services
from partners.till.model import EnrolRequest, PurchaseRequest, RedeemRequest
from shared.kernel.aws import dynamodb_client
from shared.kernel.clock import system_clock
from shared.ledger.store import JournalStore
from shared.members.card import Card, card_number

ORDINARY_MEMBER = "4200000042"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on one account, and what it consumed."""

    account: str
    name: str
    consumed: Consumption


def weigh_operations(services: Services) -> Iterator[Operation]:
    """Enrol, look up, earn, repeat and redeem, on a fresh and on an ordinary account.

    Contracts are in memory, as on a server that has been up for a moment.
    """
    settings = services.settings
    client = dynamodb_client(settings.region)
    fresh = _enrol(services, "warm")
    _purchase(services, fresh, "warm")
    put_account(JournalStore(client, settings.ledger_table), ORDINARY, ORDINARY_MEMBER)
    ordinary = card_number(settings.card_prefix, Card(ORDINARY_MEMBER, 1))
    scales = Scales(client)
    with scales.weigh() as consumed:
        fresh = _enrol(services, "new")
    yield Operation("fresh", "enrol", consumed)
    for account, card in (("fresh", fresh), ("ordinary", ordinary)):
        steps: tuple[tuple[str, Callable[[str], object]], ...] = (
            ("earn", lambda of: _purchase(services, of, "first")),
            ("earn, sent again", lambda of: _purchase(services, of, "first")),
            ("redeem", lambda of: _redeem(services, of, "second")),
            ("redeem, sent again", lambda of: _redeem(services, of, "second")),
            ("look up the card", services.till.card),
        )
        for name, step in steps:
            with scales.weigh() as consumed:
                step(card)
            yield Operation(account, name, consumed)


def put_account(journal: JournalStore, shape: Shape, member: str) -> None:
    """Write the newest entry of an account of this shape, as all that its next purchase will read."""
    journal.append(head_entry(shape, member, system_clock()))


def _enrol(services: Services, name: str) -> str:
    request = EnrolRequest(f"{name}@example.com", LOCATION, f"receipt-{name}", system_clock())
    return services.till.enrol(PARTNER, f"enrol-{name}", request).card_number


def _purchase(services: Services, card: str, name: str) -> object:
    request = PurchaseRequest(card, LOCATION, f"{card[-6:]}-{name}", _moment(), 4_210, CURRENCY)
    return services.till.purchase(PARTNER, f"{card}-{name}", request)


def _redeem(services: Services, card: str, name: str) -> object:
    request = RedeemRequest(card, LOCATION, f"{card[-6:]}-{name}", _moment(), 200)
    return services.till.redeem(PARTNER, f"{card}-{name}", request)


def _moment() -> int:
    """The same for a request and its repetition."""
    return system_clock() // 3_600_000 * 3_600_000
