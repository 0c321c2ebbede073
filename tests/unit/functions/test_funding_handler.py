"""The function that measures partners on a schedule."""

from types import SimpleNamespace

import pytest

from functions import funding
from partners import bootstrap
from partners.contracts.life import PartnerState, StateChange
from partners.contracts.payment import Funding, FundingKind
from shared.kernel.errors import StoreUnavailableError
from tests.unit.partners.funding.world import HARVEST, FundedPartner


class Context:
    def __init__(self, *left_ms: int) -> None:
        self.left_ms = list(left_ms)

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms.pop(0) if self.left_ms else 60_000


@pytest.fixture
def partner(monkeypatch):
    partner = FundedPartner(Funding(FundingKind.POSTPAID, 1_000))
    services = SimpleNamespace(contracts=partner.contracts, funding=partner.funding)
    monkeypatch.setattr(bootstrap, "services", lambda: services)
    return partner


def test_every_partner_that_trades_is_measured_and_who_is_near_its_limit_is_named(partner, caplog):
    partner.contracts.create_partner("beta", "Beta", "USD")
    partner.grant(960)
    assert funding.handler({}, Context()) == {"partners": 2, "near_limit": 1, "stopped": 1, "missed": 0}
    assert partner.contracts.standing_now(HARVEST).stopped
    (warned,) = [record for record in caplog.records if record.message == "funding runs out"]
    assert (warned.partner_id, warned.used_cents, warned.limit_cents) == (HARVEST, 960, 1_000)


def test_what_time_does_not_allow_is_told_and_left_to_the_next_call(partner):
    assert funding.handler({}, Context(funding.SPARE_MS - 1))["missed"] == 1
    assert partner.contracts.standing_now(HARVEST) is None


def test_a_store_that_does_not_answer_for_one_does_not_keep_the_others(partner, monkeypatch):
    def fail(partner_id):
        raise StoreUnavailableError("throttled")

    monkeypatch.setattr(partner.funding, "measure", fail)
    assert funding.handler({}, Context()) == {"partners": 0, "near_limit": 0, "stopped": 0, "missed": 1}


def test_who_does_not_trade_is_not_measured(partner):
    closed = StateChange(partner_id=HARVEST, number=1, state=PartnerState.CLOSED, by="ann", at_ms=0, reason="left")
    partner.contract_book.move(closed)
    assert funding.handler({}, Context())["partners"] == 0
