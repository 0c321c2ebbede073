"""What points are valued at when a month ends: by partners where they can be spent, and at agreed rates."""

from dataclasses import replace

import pytest

from partners.books.valuation import Worth, valuation_of
from partners.contracts.exchange import ExchangeRate
from partners.contracts.life import PartnerState, Since
from partners.contracts.model import Approval, Contract, Partner, Terms
from tests.fakes.contract_book import new_terms

ENDS_MS = 1_000_000
APPROVED = Approval(proposal=1, proposed_by="ann", approved_by="ben", approved_at_ms=5, reason="test")


def terms(version: int, partner_id: str, currency: str, price_micros: int, **changes) -> Terms:
    new = new_terms(issue_price_micros=10**6, redeem_price_micros=price_micros)
    fields = {name: getattr(new, name) for name in type(new).__slots__} | changes
    return Terms(partner_id=partner_id, version=version, currency=currency, approval=APPROVED, **fields)


def partner(
    partner_id: str, price_micros: int, currency: str = "USD", states: tuple[Since, ...] = (), rates=(), **changes
) -> tuple[Partner, Contract]:
    found = Partner(partner_id, partner_id.title(), currency, 1)
    agreed = terms(1, partner_id, currency, price_micros, exchange_rates=tuple(rates), **changes)
    return found, Contract(found.state, (agreed,), None, states)


def worths(*contracts: tuple[Partner, Contract]) -> dict[str, Worth]:
    return {one.currency: one for one in valuation_of(dict(contracts), ENDS_MS).worths()}


def test_a_point_is_worth_the_highest_price_at_which_it_can_be_spent_whoever_granted_it():
    found = worths(partner("alpha", 1_000), partner("beta", 5_000), partner("gamma", 5_000))
    assert found == {"USD": Worth("USD", 5_000, "beta")}


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (PartnerState.INVITED, False),
        (PartnerState.VERIFIED, False),
        (PartnerState.ACTIVE, True),
        (PartnerState.SUSPENDED, True),
        (PartnerState.CLOSED, False),
    ],
)
def test_prices_count_of_who_honours_points_at_the_end_or_may_again(state, counts):
    states = ((2, PartnerState.ACTIVE), (3, state), (ENDS_MS, PartnerState.ACTIVE))
    found = worths(partner("alpha", 1_000), partner("beta", 5_000, states=states))
    assert found["USD"].price_micros == (5_000 if counts else 1_000)


def test_what_begins_is_agreed_or_comes_after_the_month_changes_nothing_of_it():
    now, contract = partner("alpha", 1_000)
    later = terms(2, "alpha", "USD", 7_000, effective_from_ms=ENDS_MS)
    dated_back = replace(terms(3, "alpha", "USD", 8_000), approval=replace(APPROVED, approved_at_ms=ENDS_MS))
    newcomer, offers = partner("delta", 9_000)
    newcomer = replace(newcomer, created_at_ms=ENDS_MS)
    contract = replace(contract, versions=(*contract.versions, later, dated_back))
    assert worths((now, contract), (newcomer, offers)) == {"USD": Worth("USD", 1_000, "alpha")}


def test_the_terms_in_force_at_the_last_moment_count_and_terms_older_than_approval():
    now, contract = partner("alpha", 1_000)
    last = replace(terms(2, "alpha", "USD", 700, effective_from_ms=ENDS_MS - 1), approval=None)
    contract = replace(contract, versions=(*contract.versions, last))
    assert worths((now, contract))["USD"].price_micros == 700


def test_prices_of_other_currencies_count_at_the_highest_rate_agreed_rounded_up():
    alpha, beta = partner("alpha", 1_000), partner("beta", 2_000)
    by_its_own_terms = partner("gamma", 5_001, "EUR", rates=[ExchangeRate("USD", 1_100_000_000)])
    found = worths(alpha, beta, by_its_own_terms)
    assert found == {"EUR": Worth("EUR", 5_001, "gamma"), "USD": Worth("USD", 5_502, "gamma")}
    by_another = partner("delta", 1, rates=[ExchangeRate("EUR", 900_000_000)])
    found = worths(alpha, beta, by_its_own_terms, by_another)
    assert found["USD"] == Worth("USD", 5_557, "gamma")


def test_points_of_euros_are_worth_what_partners_in_dollars_pay_if_that_is_more():
    found = worths(partner("alpha", 10_000), partner("gamma", 5_000, "EUR", rates=[ExchangeRate("USD", 1_250_000_000)]))
    assert found["EUR"] == Worth("EUR", 8_000, "alpha")


def test_rates_of_who_is_closed_count_only_where_nobody_else_has_one():
    closed = ((2, PartnerState.CLOSED),)
    gone = partner("gone", 1_000, "EUR", states=closed, rates=[ExchangeRate("USD", 4_000_000_000)])
    here = partner("here", 1_000, "EUR")
    assert worths(partner("alpha", 1), gone, here)["USD"] == Worth("USD", 4_000, "here")
    fresh = partner("fresh", 1, "EUR", rates=[ExchangeRate("USD", 2_000_000_000)])
    assert worths(partner("alpha", 1), gone, here, fresh)["USD"] == Worth("USD", 2_000, "here")


def test_who_can_t_be_compared_is_named():
    found = worths(partner("alpha", 1_000), partner("gamma", 5_000, "EUR"), partner("free", 0, "CHF"))
    assert found["USD"] == Worth("USD", 1_000, "alpha", ("gamma",))


def test_points_that_can_be_spent_nowhere_cost_nothing():
    closed = partner("alpha", 1_000, states=((2, PartnerState.CLOSED),))
    assert worths(closed) == {"USD": Worth("USD")}


def test_points_of_the_network_are_in_the_currency_of_who_came_first():
    first, contract = partner("zeta", 1_000, "EUR")
    found = valuation_of(
        {**dict([partner("alpha", 1)]), replace(first, created_at_ms=0): contract, **dict([partner("beta", 1)])},
        ENDS_MS,
    )
    assert [found.currency_of(one) for one in ("alpha", "zeta", "network", "nobody")] == ["USD", "EUR", "EUR", "EUR"]
    with pytest.raises(ValueError, match="no partner yet"):
        valuation_of({first: contract}, 0)
