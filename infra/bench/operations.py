"""Capacity units and round trips of what a till does, through the product's own services and store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from infra.bench.accounts import ORDINARY, Shape, head_entry
from infra.bench.consumption import Consumption, Scales
from infra.bench.partner import LOCATION, PARTNER
from infra.demo.retailers import CURRENCY
from partners.bootstrap import Services
from partners.till.model import (
    EndHoldRequest,
    EnrolRequest,
    Held,
    Purchased,
    PurchaseRequest,
    Redeemed,
    RedeemRequest,
    ReserveRequest,
    ReturnRequest,
)
from shared.kernel.aws import dynamodb_client
from shared.kernel.clock import system_clock
from shared.ledger.store import JournalStore
from shared.members.card import Card, card_number

ORDINARY_MEMBER = "4200000042"


Step = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on one account, and what it consumed."""

    account: str
    name: str
    consumed: Consumption


def weigh_operations(services: Services) -> Iterator[Operation]:
    """Enrol, earn, redeem, reserve, capture, return, repeat and look up, on a fresh and on an ordinary account.

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
        for name, prepare in _STEPS:
            step = prepare(services, card)
            with scales.weigh() as consumed:
                step()
            yield Operation(account, name, consumed)


def put_account(journal: JournalStore, shape: Shape, member: str) -> None:
    """Write the newest entry of an account of this shape, as all that its next purchase will read."""
    journal.append(head_entry(shape, member, system_clock()))


def _enrol(services: Services, name: str) -> str:
    request = EnrolRequest(f"{name}@example.com", LOCATION, f"receipt-{name}", system_clock())
    return services.till.enrol(PARTNER, f"enrol-{name}", request).card_number


def _purchase(services: Services, card: str, name: str) -> Purchased:
    request = PurchaseRequest(card, LOCATION, f"{card[-6:]}-{name}", _moment(), 4_210, CURRENCY)
    return services.till.purchase(PARTNER, f"{card}-{name}", request)


def _redeem(services: Services, card: str, name: str) -> Redeemed:
    request = RedeemRequest(card, LOCATION, f"{card[-6:]}-{name}", _moment(), 20)
    return services.till.redeem(PARTNER, f"{card}-{name}", request)


def _reserve(services: Services, card: str, name: str) -> Held:
    request = ReserveRequest(card, LOCATION, f"{card[-6:]}-{name}", _moment(), 20, ttl_seconds=900)
    return services.holds.reserve(PARTNER, f"{card}-{name}", request)


def _capture(services: Services, card: str) -> Step:
    hold = _reserve(services, card, "third").hold_id
    request = EndHoldRequest(hold, LOCATION, f"{card[-6:]}-third", _moment())
    return lambda: services.holds.capture(PARTNER, f"{card}-captured", request)


def _return(services: Services, card: str, purchase: str) -> Step:
    """A purchase that was made before is answered again, a new one is made: either way it tells its id."""
    purchase_id = _purchase(services, card, purchase).entry.entry_id
    request = ReturnRequest(purchase_id, LOCATION, f"{card[-6:]}-back-{purchase}", _moment(), 500, CURRENCY)
    return lambda: services.returns.return_goods(PARTNER, f"{card}-back-{purchase}", request)


_STEPS: tuple[tuple[str, Callable[[Services, str], Step]], ...] = (
    ("earn", lambda services, card: lambda: _purchase(services, card, "first")),
    ("earn, sent again", lambda services, card: lambda: _purchase(services, card, "first")),
    ("redeem", lambda services, card: lambda: _redeem(services, card, "second")),
    ("redeem, sent again", lambda services, card: lambda: _redeem(services, card, "second")),
    ("reserve", lambda services, card: lambda: _reserve(services, card, "third")),
    ("capture", _capture),
    ("return, soon after", lambda services, card: _return(services, card, "fourth")),
    ("return, later", lambda services, card: _return(services, card, "first")),
    ("look up the card", lambda services, card: lambda: services.till.card(PARTNER, card)),
)


def _moment() -> int:
    """The same for a request and its repetition."""
    return system_clock() // 3_600_000 * 3_600_000
