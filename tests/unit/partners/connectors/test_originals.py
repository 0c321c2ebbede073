"""Events whole, for disputes: kept under their sale, shown by it, erased by it, and nobody else's."""

import json

import pytest

from partners.connectors.errors import UnknownConnectionError
from partners.connectors.model import Connection
from partners.connectors.words import Kind
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.connectors import fixture
from tests.unit.partners.connectors.desk import Desk

SALE = "5012345678901"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def shop(desk: Desk) -> Connection:
    return desk.connect(Kind.SHOPIFY)


def originals(desk: Desk) -> list[str]:
    return [key for key in desk.bucket.objects if key.startswith("originals/")]


def test_an_event_is_kept_as_it_came_and_found_by_its_sale_with_those_of_its_refunds(
    desk: Desk, shop: Connection
) -> None:
    raw = json.dumps(fixture("shopify_order_paid", desk.card), indent=3).encode()
    for _ in range(2):
        desk.shopify(shop, "orders/paid", raw)
    desk.refunded(shop)
    desk.paid(shop, "w-2", id=77)
    desk.run()
    found, more = desk.originals.of_sale("alpha", shop.connection_id, SALE)
    assert (len(found), more) == (2, None)
    (sale,) = [one.event for one in found if one.event.headers["X-Shopify-Topic"] == "orders/paid"]
    assert sale.body == raw
    assert b"grace@" in sale.body


def test_many_are_shown_in_pages(desk: Desk, shop: Connection) -> None:
    for number in range(7):
        desk.paid(shop, f"w-{number}", note=f"{number}")
    first, after = desk.originals.of_sale("alpha", shop.connection_id, SALE)
    rest, end = desk.originals.of_sale("alpha", shop.connection_id, SALE, after or "")
    assert (len(first), len(rest), end) == (5, 2, None)
    assert len({one.name for one in (*first, *rest)}) == 7


def test_those_of_a_sale_are_erased_and_it_is_mapped_all_the_same(desk: Desk, shop: Connection) -> None:
    desk.paid(shop)
    desk.paid(shop, "w-2", id=77)
    assert desk.originals.erase("alpha", shop.connection_id, SALE) == 1
    assert desk.originals.erase("alpha", shop.connection_id, SALE) == 0
    assert desk.originals.of_sale("alpha", shop.connection_id, SALE) == ([], None)
    assert [key.split("/")[3] for key in originals(desk)] == ["77"]
    desk.run()
    assert desk.points == 420


def test_a_sale_whose_id_begins_another_s_is_told_apart(desk: Desk, shop: Connection) -> None:
    desk.paid(shop, id=50)
    desk.paid(shop, "w-2", id=501)
    assert desk.originals.erase("alpha", shop.connection_id, "50") == 1
    assert len(originals(desk)) == 1


def test_nobody_sees_or_erases_those_of_another_partner(desk: Desk, shop: Connection) -> None:
    desk.paid(shop)
    for act in (desk.originals.of_sale, desk.originals.erase):
        with pytest.raises(UnknownConnectionError):
            act("beta", shop.connection_id, SALE)
    assert len(originals(desk)) == 1


def test_a_deployment_may_keep_none() -> None:
    desk = Desk(original_days=0)
    desk.paid(desk.connect(Kind.SHOPIFY))
    assert originals(desk) == []
    desk.run()
    assert desk.points == 210


def test_an_event_that_can_t_be_kept_whole_is_asked_for_again(
    desk: Desk, shop: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out(*_: object) -> None:
        raise StoreUnavailableError("SlowDown")

    with monkeypatch.context() as patch:
        patch.setattr(desk.bucket, "write_sealed", out)
        with pytest.raises(StoreUnavailableError):
            desk.paid(shop)
    desk.paid(shop)
    desk.run()
    assert (desk.points, len(originals(desk))) == (210, 1)
