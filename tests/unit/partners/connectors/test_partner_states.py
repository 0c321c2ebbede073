"""Whom we hear: everybody but a partner that is closed, of whom nothing is kept."""

from collections.abc import Callable

import pytest

from partners.connectors.model import Connection
from partners.connectors.words import Kind
from partners.contracts.life import PartnerState
from shared.kernel.hearing import Heard
from shared.kernel.hearing_errors import UnverifiedWebhookError
from tests.fakes.connectors import fixture
from tests.unit.partners.connectors.desk import Desk

Tell = Callable[[Desk, Connection], Heard]
TOLD: dict[Kind, Tell] = {
    Kind.SHOPIFY: lambda desk, shop: desk.paid(shop),
    Kind.SQUARE: lambda desk, shop: desk.square(shop, fixture("square_payment_updated", desk.card)),
    Kind.FILE: lambda desk, folder: desk.put_file(folder, b"a till's file"),
}


@pytest.mark.parametrize("kind", Kind)
def test_what_is_told_of_a_closed_partner_is_ignored_and_not_kept(kind: Kind) -> None:
    desk = Desk()
    connection = desk.connect(kind)
    rows = {name: dict(table) for name, table in desk.db.tables.items()}
    desk.shop.contracts.states["alpha"] = PartnerState.CLOSED
    assert TOLD[kind](desk, connection) is Heard.IGNORED
    assert {name: dict(table) for name, table in desk.db.tables.items()} == rows
    assert {key.split("/")[0] for key in desk.bucket.objects} <= {"incoming"}
    assert not desk.line.messages


@pytest.mark.parametrize("state", [state for state in PartnerState if state is not PartnerState.CLOSED])
@pytest.mark.parametrize("kind", Kind)
def test_all_others_are_heard(kind: Kind, state: PartnerState) -> None:
    desk = Desk()
    connection = desk.connect(kind)
    desk.shop.contracts.states["alpha"] = state
    assert TOLD[kind](desk, connection) is Heard.NEW
    assert desk.line.messages


def test_who_can_not_sign_learns_nothing_of_the_partners_state() -> None:
    desk = Desk()
    shop = desk.connect(Kind.SHOPIFY)
    desk.shop.contracts.states["alpha"] = PartnerState.CLOSED
    with pytest.raises(UnverifiedWebhookError):
        desk.shopify(shop, "orders/paid", {}, secret="shpss_of_another")
