"""Cashback in settlement: funded at par by who granted it, paid at par to who honoured it, carried by the network."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from partners.contracts.model import MEMBERS, NETWORK
from partners.settlement.model import CashbackFlow, GrossLine, LineKind, MatrixCell, PointsFlow
from partners.settlement.positions import cashback_flows, flows, positions
from partners.settlement.rates import DayRates
from partners.visits.codec import pack_lines, totals_from_text, totals_to_text, unpack_lines
from partners.visits.lines import added, line_of, recount
from partners.visits.model import MoveKind
from shared.ledger.model import POINTS
from tests.unit.ledger import commands
from tests.unit.partners.settlement.coalition import CURRENCY_OF, Coalition, plain

seeds = st.integers(0, 10**9)


def lived(seed: int, steps: int = 40) -> Coalition:
    coalition = Coalition(seed)
    for _ in range(steps):
        coalition.anything()
    return coalition


def net(coalition: Coalition, currency: str = "USD") -> dict[str, int]:
    for one in positions(coalition.totals()):
        if one.currency == currency:
            return {position.party: position.net_micros for position in one.positions}
    return {}


def test_who_grants_cashback_pays_it_who_honours_it_is_paid_and_the_network_keeps_what_is_left():
    coalition = Coalition()
    coalition.buys("alpha", 10_000)
    coalition.spends("beta", 120)
    [usd] = positions(coalition.totals())
    alpha, beta, network = usd.positions
    assert plain(alpha) == (
        GrossLine(LineKind.CASHBACK_ISSUED, "alpha", None, 10_000, 200, -2_000_000),
        GrossLine(LineKind.ISSUED, "alpha", None, 6_000, 500, -3_000_000),
    )
    assert plain(beta) == (GrossLine(LineKind.CASHBACK_REDEEMED, "alpha", "beta", 10_000, 120, 1_200_000),)
    assert (alpha.net_cents, beta.net_cents, network.party, network.net_cents) == (-500, 120, NETWORK, 380)
    assert usd.matrix == ()


def test_points_and_cashback_are_never_added_up():
    coalition = Coalition()
    coalition.buys("alpha", 10_000)
    coalition.redeems("beta", 100)
    coalition.spends("beta", 100)
    [usd] = positions(coalition.totals())
    assert usd.matrix == (MatrixCell("alpha", "beta", 100, 500_000),)
    assert flows(coalition.totals()) == (PointsFlow("alpha", issued=500, redeemed=100, expired=0),)
    [flow] = cashback_flows(coalition.totals())
    assert (flow.issued, flow.redeemed) == (200, 100)


def test_the_network_pays_out_what_it_carries_and_gets_it_back_from_the_bank():
    coalition = Coalition()
    coalition.buys("alpha", 100_000)
    paid = coalition.do(commands.pay_out, 1_500)
    [usd] = positions(coalition.totals())
    assert [one.party for one in usd.positions] == ["alpha", MEMBERS, NETWORK]
    assert plain(usd.positions[1]) == (
        GrossLine(LineKind.CASHBACK_PAID_OUT, "alpha", MEMBERS, 10_000, 1_500, 15_000_000),
    )
    assert net(coalition) == {"alpha": -50_000_000, MEMBERS: 15_000_000, NETWORK: 35_000_000}
    coalition.do(commands.cancel, paid)
    assert net(coalition) == {"alpha": -50_000_000, NETWORK: 50_000_000}
    assert cashback_flows(coalition.totals())[0].paid_out == 0


def test_what_a_closed_account_held_is_forfeited_to_the_network_and_what_it_owed_stays_with_the_issuer():
    coalition = Coalition()
    bought = coalition.buys("alpha", 10_000)
    coalition.spends("beta", 150)
    coalition.redeems("beta", 500)
    coalition.do(commands.take_back, bought)
    coalition.buys("beta", 3_000)
    coalition.do(commands.close, forfeit=True)
    alpha, beta = cashback_flows(coalition.totals())
    assert alpha == CashbackFlow("alpha", "USD", 150, 150, 0, forfeited=0, owed=150, written_off=150)
    assert beta == CashbackFlow("beta", "USD", 99, 0, 0, forfeited=99, owed=0, written_off=0)
    points_of_alpha, points_of_beta = flows(coalition.totals())
    assert points_of_alpha == PointsFlow("alpha", issued=500, redeemed=500, expired=0, owed=500, written_off=500)
    assert (points_of_beta.issued, points_of_beta.expired) == (150, 150)
    assert net(coalition)["alpha"] == -(500 * 6_000 + 150 * 10_000)


def test_a_debt_that_later_purchases_repay_is_paid_for_once():
    coalition = Coalition()
    bought = coalition.buys("alpha", 10_000)
    coalition.redeems("beta", 500)
    coalition.spends("beta", 200)
    before = net(coalition)
    coalition.do(commands.take_back, bought)
    assert net(coalition) == before
    coalition.buys("alpha", 6_000)
    assert net(coalition) == before
    coalition.buys("alpha", 10_000)
    kept_cents = 16_000
    charged = kept_cents // 20 * 6_000 + kept_cents * 2 // 100 * 10_000
    assert net(coalition)["alpha"] == -charged
    assert net(coalition)["beta"] == 500 * 5_000 + 200 * 10_000 == before["beta"]
    assert [flow.owed for flow in flows(coalition.totals())] == [0]
    assert [flow.owed for flow in cashback_flows(coalition.totals())] == [0]


class Sharing:
    """Every issuer gets a third of its points, and a part of its cashback, that expire, at odd rates and prices."""

    def on(self, partner_id: str, day: str) -> DayRates | None:
        if partner_id == NETWORK:
            return None
        return DayRates(CURRENCY_OF[partner_id], 4_999, 133, 3_333, cashback_breakage_share_bps=len(partner_id) * 777)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_positions_with_cashback_sum_to_zero_in_micros_and_cents(seed):
    totals = lived(seed).totals()
    settled = positions(totals, Sharing())
    expired = {(flow.issuer, flow.currency): flow.expired for flow in cashback_flows(totals) if flow.expired}
    shares = {
        (line.issuer, one.currency): line.quantity
        for one in settled
        for position in one.positions[:-1]
        for line in position.lines
        if line.kind is LineKind.CASHBACK_BREAKAGE_SHARE and position.party == line.issuer
    }
    assert shares == expired
    for currency in settled:
        assert sum(one.net_micros for one in currency.positions) == 0
        assert sum(one.net_cents for one in currency.positions) == 0
        assert currency.positions[-1].party == NETWORK
        for one in currency.positions:
            assert one.net_micros == sum(line.amount_micros for line in one.lines)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_flows_are_what_postings_say(seed):
    """Two ways from the journal: by pages, and by double entry."""
    coalition = lived(seed)
    book, found = coalition.book(), {(one.issuer, one.currency): one for one in cashback_flows(coalition.totals())}
    for issuer, currency in {(issuer, unit) for _, issuer, unit in book if unit != POINTS}:
        flow = found.get((issuer, currency), CashbackFlow(issuer, currency, 0, 0, 0, 0, 0, 0))
        held = {kind: cents for (kind, of, unit), cents in book.items() if (of, unit) == (issuer, currency)}
        taken = {kind: cents for kind, cents in held.items() if kind.startswith("acceptor:")}
        assert flow.issued - flow.owed == -held["issuer"]
        assert flow.paid_out == taken.pop("acceptor:network", 0)
        assert flow.redeemed == sum(taken.values())
        assert flow.forfeited + flow.expired == held.get("breakage", 0)
        assert flow.written_off + flow.adjusted == -held.get("adjustment", 0)
        assert flow.owed - flow.written_off == -held.get("debt", 0)
        outstanding = flow.issued + flow.adjusted - flow.redeemed - flow.paid_out - flow.forfeited - flow.expired
        assert outstanding == held.get("active", 0) + held.get("pending", 0)
    assert all(cents == 0 for (kind, _, _), cents in book.items() if kind == "transfer")


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_the_network_carries_what_members_hold_and_what_they_lost(seed):
    coalition = lived(seed)
    book = coalition.book()
    for one in positions(coalition.totals()):
        of_network = one.positions[-1].lines
        carried = sum(line.amount_micros for line in of_network if line.kind.startswith("cashback_"))
        still = sum(n for (kind, _, unit), n in book.items() if unit == one.currency and kind in HELD_OR_LOST)
        borne = sum(flow.adjusted for flow in cashback_flows(coalition.totals()) if flow.currency == one.currency)
        assert carried == (still - borne) * 10_000


HELD_OR_LOST = ("active", "pending", "breakage")


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(0, 60))
def test_lines_read_back_and_parts_of_a_day_add_up_to_it(seed, cut):
    entries = lived(seed).entries
    for partner in (*CURRENCY_OF, NETWORK):
        lines = tuple(line_of(entry) for entry in entries if entry.partner == partner)
        whole = recount(partner, lines)
        assert added([recount(partner, lines[:cut]), recount(partner, lines[cut:])]) == whole
        assert totals_from_text(totals_to_text(whole)) == whole
        if lines:
            assert unpack_lines(pack_lines(lines)) == lines


def test_the_coalition_does_everything():
    """Otherwise the properties above would hold of nothing."""
    done, kinds = set(), set()
    wanted = {"earn", "spend", "return", "cancel", "payout", "transfer", "join", "close", "adjust"}
    for seed in range(200):
        if kinds >= set(MoveKind) and done >= wanted:
            break
        coalition = lived(random.Random(seed).randrange(10**9))
        done |= {entry.op.value for entry in coalition.entries}
        kinds |= {move.kind for day in coalition.totals() for move in day.totals.moves}
    assert kinds >= set(MoveKind)
    assert done >= wanted
