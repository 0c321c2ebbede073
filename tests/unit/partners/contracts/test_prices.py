"""Two partners can't earn by granting points at one and redeeming them at the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.contracts.agreements import TERMS_LEAD_MS
from partners.contracts.errors import ExchangeRateMissingError, InvalidTermsError, PricesOutOfLineError
from partners.contracts.exchange import ExchangeRate
from partners.contracts.model import NewTerms, in_force
from partners.contracts.prices import check_prices
from partners.contracts.service import Contracts
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import agree, contracts_of, new_terms

FAR_MS = 10 * TERMS_LEAD_MS


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def contracts(clock: FakeClock) -> Contracts:
    agreed = contracts_of("cheap", "dear", clock=clock)
    agree(agreed, "cheap", new_terms(issue_price_micros=6_000, redeem_price_micros=5_000))
    return agreed


def test_without_other_terms_any_price_will_do():
    check_prices(new_terms(issue_price_micros=1, redeem_price_micros=0), "USD", [])


@pytest.mark.parametrize(("issue", "redeem"), [(6_000, 5_000), (5_000, 5_000), (9_000, 6_000), (5_000, 0)])
def test_prices_up_to_the_limits_are_in_line(contracts, issue, redeem):
    terms = agree(contracts, "dear", new_terms(issue_price_micros=issue, redeem_price_micros=redeem))
    assert (terms.issue_price_micros, terms.redeem_price_micros) == (issue, redeem)


def test_a_redeem_price_above_another_s_issue_price_is_refused_with_the_limit_and_not_whose_it_is(contracts):
    with pytest.raises(PricesOutOfLineError) as refusal:
        agree(contracts, "dear", new_terms(issue_price_micros=9_000, redeem_price_micros=6_001))
    assert refusal.value.data == {"price": "redeem_price_micros", "limit_micros": 6_000}
    assert "cheap" not in refusal.value.detail
    assert contracts.terms("dear") == []


def test_an_issue_price_below_another_s_redeem_price_is_refused(contracts):
    with pytest.raises(PricesOutOfLineError) as refusal:
        agree(contracts, "dear", new_terms(issue_price_micros=4_999, redeem_price_micros=4_000))
    assert refusal.value.data == {"price": "issue_price_micros", "limit_micros": 5_000}


def test_terms_that_only_begin_later_count_already(contracts, clock):
    agree(contracts, "cheap", new_terms(clock() + FAR_MS, issue_price_micros=5_500, redeem_price_micros=5_000))
    with pytest.raises(PricesOutOfLineError):
        agree(contracts, "dear", new_terms(issue_price_micros=9_000, redeem_price_micros=5_501))


def test_terms_that_are_over_count_no_more(contracts, clock):
    agree(contracts, "cheap", new_terms(clock() + FAR_MS, issue_price_micros=9_000, redeem_price_micros=5_000))
    dear = new_terms(clock() + FAR_MS, issue_price_micros=9_000, redeem_price_micros=8_000)
    with pytest.raises(PricesOutOfLineError):
        agree(contracts, "dear", dear)
    clock.advance(ms=FAR_MS)
    assert agree(contracts, "dear", dear).version == 1


def test_a_partner_s_own_terms_count_too(contracts, clock):
    with pytest.raises(PricesOutOfLineError):
        agree(contracts, "cheap", new_terms(clock() + FAR_MS, issue_price_micros=9_000, redeem_price_micros=7_000))


def test_prices_in_another_currency_are_compared_at_the_rate_agreed_on(contracts):
    """A unit of theirs is worth a quarter: its points cost at least 0.02 and bring at most 0.024."""
    contracts.create_partner("abroad", "Abroad", "PLN")

    def abroad(issue: int, redeem: int) -> NewTerms:
        rates = (ExchangeRate("USD", 250_000_000),)
        return new_terms(issue_price_micros=issue, redeem_price_micros=redeem, exchange_rates=rates)

    for terms, price, limit in (
        (abroad(19_999, 19_000), "issue_price_micros", 20_000),
        (abroad(30_000, 24_001), "redeem_price_micros", 24_000),
    ):
        with pytest.raises(PricesOutOfLineError) as refusal:
            agree(contracts, "abroad", terms)
        assert refusal.value.data == {"price": price, "limit_micros": limit}
    assert agree(contracts, "abroad", abroad(20_000, 20_000)).exchange_rates == (ExchangeRate("USD", 250_000_000),)


def test_without_a_rate_prices_in_another_currency_can_not_be_agreed_on(contracts):
    contracts.create_partner("abroad", "Abroad", "PLN")
    for rates in ((), (ExchangeRate("EUR", 10**9),)):
        with pytest.raises(ExchangeRateMissingError) as refusal:
            agree(contracts, "abroad", new_terms(exchange_rates=rates))
        assert refusal.value.data == {"currencies": "USD"}


def test_a_limit_between_two_micros_is_rounded_to_the_safe_side():
    rates = (ExchangeRate("USD", 3 * 10**9),)
    dollars = agree(contracts_of("cheap"), "cheap", new_terms(issue_price_micros=10, redeem_price_micros=10))
    for issue, redeem in ((3, 3), (4, 4)):
        terms = new_terms(issue_price_micros=issue, redeem_price_micros=redeem, exchange_rates=rates)
        with pytest.raises(PricesOutOfLineError):
            check_prices(terms, "GBP", [dollars])
    check_prices(new_terms(issue_price_micros=4, redeem_price_micros=3, exchange_rates=rates), "GBP", [dollars])


@pytest.mark.parametrize("rates", [("USD", 0), ("usd", 5), ("JPY", 5)])
def test_a_rate_is_of_a_currency_and_more_than_nothing(rates):
    with pytest.raises(InvalidTermsError):
        ExchangeRate(*rates)


def test_a_currency_has_one_rate():
    with pytest.raises(InvalidTermsError):
        new_terms(exchange_rates=(ExchangeRate("USD", 1), ExchangeRate("USD", 2)))


@given(st.lists(st.tuples(st.sampled_from(["cheap", "dear"]), st.integers(0, 60), st.integers(0, 60)), max_size=12))
def test_whatever_was_accepted_no_point_is_ever_redeemed_for_more_than_any_partner_pays_for_one(wishes):
    clock = FakeClock()
    contracts = contracts_of("cheap", "dear", clock=clock)
    for partner, issue, redeem in wishes:
        clock.advance(ms=TERMS_LEAD_MS // 2)
        try:
            new = new_terms(clock() + TERMS_LEAD_MS, issue_price_micros=issue, redeem_price_micros=redeem)
            agree(contracts, partner, new)
        except (InvalidTermsError, PricesOutOfLineError):
            continue
    start_ms = FakeClock()()
    for moment_ms in range(start_ms, start_ms + TERMS_LEAD_MS * 10, TERMS_LEAD_MS // 2):
        agreed = [in_force(contracts.terms(partner), moment_ms) for partner in ("cheap", "dear")]
        begun = [terms for terms in agreed if terms is not None]
        if begun:
            assert max(one.redeem_price_micros for one in begun) <= min(one.issue_price_micros for one in begun)
