"""Commission and breakage share at the rates of the terms agreed on, and by hand."""

from dataclasses import replace

from partners.contracts.model import Terms
from partners.settlement.model import LineKind, Source
from partners.settlement.positions import positions
from partners.settlement.rates import DayRates, Proposal, ProposedRates, TermsRates
from partners.visits.model import DayTotals, Move, MoveKind, Totals
from shared.kernel.clock import DAY_MS
from tests.fakes.contract_book import contracts_of, new_terms

DAY, NEXT, BEGIN_MS = "2026-11-21", "2026-11-22", 20_778 * DAY_MS
LATER_MS = BEGIN_MS + 9 * DAY_MS


class Agreed:
    closed_at = None
    of_cashback_bps = 0

    def closed_at_ms(self, partner_id: str) -> int | None:
        return self.closed_at if partner_id == "harvest" else None

    def __init__(self, *begins_at_ms: int) -> None:
        self.contracts = contracts_of("harvest")
        shares = {"breakage_share_bps": 2_000, "cashback_breakage_share_bps": self.of_cashback_bps}
        first = new_terms(begins_at_ms[0], redeem_price_micros=5_000, commission_bps=100, **shares)
        later = [replace(first, effective_from_ms=at_ms, commission_bps=333) for at_ms in begins_at_ms[1:]]
        self.versions = [first, *later]

    def terms(self, partner_id: str):
        if partner_id != "harvest":
            return self.contracts.terms(partner_id)
        return [_agreed(terms, number) for number, terms in enumerate(self.versions, 1)]


def _agreed(terms, version):
    fields = {name: getattr(terms, name) for name in type(terms).__dataclass_fields__}
    return Terms(**fields, partner_id="harvest", version=version, currency="USD")


def test_a_day_has_the_rates_in_force_when_it_begins_or_those_of_the_first_terms():
    rates = TermsRates(Agreed(BEGIN_MS + 5, BEGIN_MS + 7, BEGIN_MS + DAY_MS + 1), LATER_MS)
    assert rates.on("harvest", "2026-11-20") is None
    assert rates.on("harvest", DAY) == DayRates("USD", 5_000, 100, 2_000)
    assert rates.on("harvest", NEXT) == DayRates("USD", 5_000, 333, 2_000)
    assert TermsRates(Agreed(BEGIN_MS, BEGIN_MS + 1), LATER_MS).on("harvest", DAY) == DayRates("USD", 5_000, 100, 2_000)
    assert rates.on("network", DAY) is None


def test_commission_and_breakage_share_by_hand():
    """1,001 points of alpha honoured at 0.005 less 1 %; 333 of its own ran out elsewhere, of which it gets 20 %."""
    redeemed = Totals(moves=(Move(MoveKind.REDEEMED, "alpha", "USD", 5_000, 1_001),))
    expired = Totals(moves=(Move(MoveKind.EXPIRED, "harvest", None, 0, 333),))
    days = [DayTotals("harvest", DAY, redeemed), DayTotals("network", NEXT, expired)]
    [usd] = positions(days, TermsRates(Agreed(BEGIN_MS), LATER_MS))
    harvest, network = usd.positions
    assert [(line.kind, line.amount_micros) for line in harvest.lines] == [
        (LineKind.BREAKAGE_SHARE, 333 * 5_000 // 5),
        (LineKind.COMMISSION, -50_050),
        (LineKind.REDEEMED, 1_001 * 5_000),
    ]
    assert harvest.lines[0].sources == (Source("network", NEXT, 333),)
    assert (harvest.net_cents, network.net_cents) == (529, -529)
    back = [replace(days[0], totals=Totals(moves=(replace(redeemed.moves[0], quantity=-1_001),))), days[0]]
    assert positions(back, TermsRates(Agreed(BEGIN_MS), LATER_MS))[0].positions[0].net_micros == 0


def test_who_is_closed_has_no_breakage_share_of_a_period_that_ends_later():
    agreed = Agreed(BEGIN_MS)
    agreed.closed_at = LATER_MS
    assert TermsRates(agreed, LATER_MS - 1).on("harvest", DAY) == DayRates("USD", 5_000, 100, 2_000)
    assert TermsRates(agreed, LATER_MS).on("harvest", DAY) == DayRates("USD", 5_000, 100, 0, closed=True)


def test_who_is_closed_has_no_breakage_share_under_proposed_terms_either():
    agreed = Agreed(BEGIN_MS)
    agreed.closed_at = LATER_MS
    proposal = Proposal(partner_id="harvest", commission_bps=50, breakage_share_bps=9_000)

    def would_be(until_ms: int) -> DayRates | None:
        return ProposedRates(TermsRates(agreed, until_ms), proposal).on("harvest", DAY)

    assert would_be(LATER_MS - 1) == DayRates("USD", 5_000, 50, 9_000)
    assert would_be(LATER_MS) == DayRates("USD", 5_000, 50, 0, closed=True)


class OfCashback(Agreed):
    of_cashback_bps = 4_000


def test_the_share_of_cashback_is_by_terms_too_and_nobodys_who_is_closed():
    agreed = OfCashback(BEGIN_MS)
    expired = Move(MoveKind.CASHBACK_EXPIRED, "harvest", "USD", 10_000, 333, DAY)
    days = [DayTotals("network", "2027-02-03", Totals(moves=(expired,)))]
    [usd] = positions(days, TermsRates(agreed, LATER_MS))
    [share] = usd.positions[0].lines
    assert (share.kind, share.rate_bps, share.amount_micros) == (LineKind.CASHBACK_BREAKAGE_SHARE, 4_000, 1_332_000)
    assert share.sources == (Source("network", "2027-02-03", 333, DAY),)
    before = replace(days[0], totals=Totals(moves=(replace(expired, terms_day="2026-11-20"),)))
    assert positions([before], TermsRates(agreed, LATER_MS)) == ()
    agreed.closed_at = LATER_MS
    assert positions(days, TermsRates(agreed, LATER_MS)) == ()
    proposal = Proposal(partner_id="harvest", cashback_breakage_share_bps=9_000)
    assert positions(days, ProposedRates(TermsRates(agreed, LATER_MS), proposal)) == ()
