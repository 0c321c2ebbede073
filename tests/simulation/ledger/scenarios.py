"""Every operation of till, members and ledger, in the situations in which a fault at one of its calls could hurt.

A past ends with the entry that the request needs, so that a server that does not see it yet must notice.
"""

from collections.abc import Callable
from dataclasses import dataclass

from partners.payouts.model import PaidOut
from partners.till.requests import key_hash
from shared.kernel.money import Money
from shared.kernel.secret import derive
from shared.ledger.commands import Enrol
from tests.simulation.ledger.member import HOLD_SECONDS, Member
from tests.simulation.ledger.world import ALPHA, GAMMA, PEPPER, Act, Server, World


@dataclass(frozen=True)
class Situation:
    """A member whose past has happened, the request to come, and the key it will come under."""

    member: Member
    act: Act
    key: str


@dataclass(frozen=True)
class Scenario:
    """`refused` is the code that the request is refused with in every case; `reads` that it changes nothing;
    `replays` that a repeated request is told so."""

    name: str
    operation: str
    prepare: Callable[[Member, str], Act]
    refused: str | None = None
    reads: bool = False
    replays: bool = True

    def begin(self, world: World, salt: str) -> Situation:
        world.client.begin("past", {})
        member = Member(world.server(), salt)
        key = f"{salt}-asked"
        act = self.prepare(member, key)
        world.clock.advance(ms=1_000)
        return Situation(member, act, key)

    @property
    def writes(self) -> bool:
        return not self.reads and self.refused is None

    def __str__(self) -> str:
        return self.name


def _new_customer(member: Member, key: str) -> Act:
    return member.enrol(f"new-{member.contact}")


def _number_taken(member: Member, key: str) -> Act:
    """The number that the key leads to belongs to somebody else."""
    owner = int.from_bytes(derive(PEPPER, "member", key_hash(ALPHA, key) + bytes([0])), "big") % 10**10
    command = Enrol(
        member=f"{owner:010d}",
        card_issue=1,
        partner=ALPHA,
        location="s1",
        receipt=None,
        occurred_at_ms=member.now(),
        key_hash=b"another key.....",
        body_hash=b"another body....",
    )
    member.past(lambda server, _: server.ledger.apply(command))
    return member.enrol(f"new-{member.contact}")


def _contact_known(member: Member, key: str) -> Act:
    return member.enrol(member.contact)


def _bought_before(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.purchase(1_500, receipt="r-2")


def _waits(member: Member, key: str) -> Act:
    return member.purchase(2_000, GAMMA)


def _receipt_known(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.purchase(2_000)


def _repays(member: Member, key: str) -> Act:
    bought = member.past(member.purchase(2_000))
    member.past(member.redeem(100))
    member.past(member.give_back_goods(bought.entry.entry_id, 1_200))
    return member.purchase(2_000, receipt="r-2")


def _spends_all(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.redeem(100)


def _spends_too_much(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.redeem(101)


def _reserves(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.reserve(100)


def _captures(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    held = member.past(member.reserve(80))
    return member.capture(held.hold_id, 50)


def _captures_after_void(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    held = member.past(member.reserve(80))
    member.past(member.void(held.hold_id))
    return member.capture(held.hold_id)


def _voids(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    held = member.past(member.reserve(80))
    return member.void(held.hold_id)


def _returns_at_once(member: Member, key: str) -> Act:
    bought = member.past(member.purchase(2_000))
    return member.give_back_goods(bought.entry.entry_id, 700)


def _imports_a_return(member: Member, key: str) -> Act:
    bought = member.past(member.purchase(2_000))
    return member.import_return(bought.entry.entry_id, 700)


def _returns_by_receipt(member: Member, key: str) -> Act:
    member.past(member.purchase(1_000, receipt="r-another"))
    member.past(member.purchase(2_000))
    return member.return_by_receipt(700)


def _imports_by_receipt(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.return_by_receipt(700, imported=True)


def _returns_what_waits(member: Member, key: str) -> Act:
    bought = member.past(member.purchase(2_000, GAMMA))
    return member.give_back_goods(bought.entry.entry_id, 700, GAMMA)


def _returns_what_is_spent(member: Member, key: str) -> Act:
    bought = member.past(member.purchase(2_000))
    member.past(member.redeem(90))
    return member.give_back_goods(bought.entry.entry_id)


def _returns_more(member: Member, key: str) -> Act:
    bought = member.past(member.purchase(2_000))
    member.past(member.give_back_goods(bought.entry.entry_id, 1_999))
    return member.give_back_goods(bought.entry.entry_id, 2)


def _cancels(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    spent = member.past(member.redeem(90))
    return member.cancel(spent.entry.entry_id, 60)


def _cancels_more(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    spent = member.past(member.redeem(90))
    member.past(member.cancel(spent.entry.entry_id, 89))
    return member.cancel(spent.entry.entry_id, 2)


def _proposes_for_a_case(member: Member, key: str) -> Act:
    bought = member.past(member.purchase(2_000))
    return member.propose_for_a_case(bought.entry.entry_id, 700)


def _checks_for_a_case(member: Member, key: str) -> Act:
    bought = member.past(member.purchase(2_000))
    return member.check_for_a_case(bought.entry.entry_id, 700)


def _approves_for_a_case(member: Member, key: str) -> Act:
    bought = member.past(member.purchase(2_000))
    proposed = member.past(member.propose_for_a_case(bought.entry.entry_id, 700))
    return member.approve(proposed.adjustment_id)


def _adjusts(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.adjust(-100)


def _lapses(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    member.past(member.reserve(80))
    member.server.clock.advance(ms=HOLD_SECONDS * 1_000)
    return member.lapse()


def _proposes(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.propose(-100)


def _proposes_for_an_entry(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.propose_as_asked(-100)


def _proposes_beyond_one_person(member: Member, key: str) -> Act:
    member.past(member.propose(4_950))
    return member.propose(100)


def _proposed(ask: Callable[[Member, str], Act]) -> Callable[[Member, str], Act]:
    """Another operator's proposal that one person cannot decide."""

    def prepare(member: Member, key: str) -> Act:
        return ask(member, member.past(member.propose(6_000)).adjustment_id)

    return prepare


def _batch(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000, receipt="r-0"))
    return member.batch(1_000, 1_500)


def _spends_cashback(member: Member, key: str) -> Act:
    member.past(member.purchase(4_000))
    return member.spend_cashback(80)


def _spends_too_much_cashback(member: Member, key: str) -> Act:
    member.past(member.purchase(4_000))
    return member.spend_cashback(81)


def _repays_cashback(member: Member, key: str) -> Act:
    bought = member.past(member.purchase(4_000))
    member.past(member.spend_cashback(80))
    member.past(member.give_back_goods(bought.entry.entry_id, 3_000))
    return member.purchase(2_000, receipt="r-2")


def _cancels_cashback(member: Member, key: str) -> Act:
    member.past(member.purchase(4_000))
    spent = member.past(member.spend_cashback(80))
    return member.cancel(spent.entry.entry_id)


def _is_paid_out(member: Member, key: str) -> Act:
    member.past(member.purchase(4_000))
    return member.pay_out(80)


def _is_asked_for(cents: int) -> Callable[[Member, str], Act]:
    def prepare(member: Member, key: str) -> Act:
        member.past(member.purchase(400_000))
        return member.ask_payout(cents)

    return prepare


def _too_much_is_asked_for_alone(member: Member, key: str) -> Act:
    member.past(member.purchase(400_000))
    member.past(member.ask_payout(4_950))
    return member.ask_payout(100)


def _is_waiting(member: Member) -> str:
    """The id of another operator's request that one person cannot decide."""
    member.past(member.purchase(400_000))
    asked: str = member.past(member.ask_payout(6_000)).request.request_id
    return asked


def _decides_payout(decision: str) -> Callable[[Member, str], Act]:
    def prepare(member: Member, key: str) -> Act:
        asked = _is_waiting(member)
        return lambda server, _: getattr(server.payout_requests, decision)("operator-2", asked)

    return prepare


def _approves_what_was_paid_by_an_earlier_version(member: Member, key: str) -> Act:
    member.past(member.purchase(400_000))
    asked = member.past(member.ask_payout(6_000, key=f"{member.salt}-both")).request.request_id
    member.server.payouts.pay_out("operator-1", f"{member.salt}-both", member.card, Money(6_000, "USD"))
    return lambda server, _: server.payout_requests.approve("operator-2", asked)


def _looks_at_request(look: str) -> Callable[[Member, str], Act]:
    def prepare(member: Member, key: str) -> Act:
        asked = _is_waiting(member)
        if look != "get":
            member.server.payout_requests.approve("operator-2", asked)
        return lambda server, _: getattr(server.payout_requests, look)(asked)

    return prepare


def _looks_whose_it_is(member: Member, key: str) -> Act:
    asked = member.server.payout_requests.get(_is_waiting(member))
    return lambda server, _: server.payout_requests.taken_from(asked)


def _looks_at_payout(look: str) -> Callable[[Member, str], Act]:
    def prepare(member: Member, key: str) -> Act:
        member.past(member.purchase(4_000))
        paid = member.past(member.ask_payout(80)).paid.entry.entry_id
        if look == "entry":
            return lambda server, _: server.payouts.entry(paid)
        if look == "taken_from":
            return lambda server, _: server.payouts.taken_from(paid.partition("-")[0])
        return lambda server, _: server.payout_requests.origin(paid)

    return prepare


def _lists_requests(member: Member, key: str) -> Act:
    _is_waiting(member)
    return lambda server, _: server.payout_requests.newest(None, 1)


def _pays(member: Member, key: str) -> Act:
    member.past(member.purchase(4_000))
    return lambda server, own: server.payouts.pay(member.payout_command(server, own, 80))


def _recalls_payout(member: Member, key: str) -> Act:
    member.past(member.purchase(4_000))
    member.server.payouts.pay(member.payout_command(member.server, key, 80))

    def recalled(server: Server, own: str) -> object:
        done = server.payouts.recall(member.payout_command(server, own, 80))
        return done and done.entry

    return recalled


def _payout_comes_back(member: Member, key: str) -> Act:
    member.past(member.purchase(4_000))
    paid = member.past(member.pay_out(80))
    return member.reverse(paid.entry.entry_id)


def _settlement_gives_back(member: Member, key: str) -> Act:
    member.past(member.purchase(4_000))
    paid = member.past(member.pay_out(80))
    return member.give_back_payout(paid.entry.entry_id)


def _payout_is_looked_at(member: Member, key: str) -> Act:
    paid = _paid_out_and_closed(member)
    return member.is_reversed(paid.entry.entry_id)


def _payouts_are_looked_at(member: Member, key: str) -> Act:
    paid = _paid_out_and_closed(member)
    return member.reversed_among(paid.entry.entry_id)


def _payout_comes_back_after_closing(member: Member, key: str) -> Act:
    paid = _paid_out_and_closed(member)
    return member.reverse(paid.entry.entry_id)


def _payout_is_made_again_after_closing(member: Member, key: str) -> Act:
    paid = _paid_out_and_closed(member)
    member.past(member.reverse(paid.entry.entry_id))
    return member.pay_out(80)


def _paid_out_and_closed(member: Member) -> PaidOut:
    member.past(member.purchase(4_000))
    paid: PaidOut = member.past(member.pay_out(80))
    member.past(member.close(forfeit=True))
    return paid


def _payout_comes_back_again(member: Member, key: str) -> Act:
    member.past(member.purchase(4_000))
    paid = member.past(member.pay_out(80))
    member.past(member.reverse(paid.entry.entry_id))
    return member.reverse(paid.entry.entry_id)


def _imports(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.import_purchase(1_500, days_ago=100)


def _imports_again(member: Member, key: str) -> Act:
    member.past(member.import_purchase(1_500, days_ago=100))
    return member.import_one(1_500, days_ago=100)


def _closes(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    member.past(member.redeem(100))
    member.past(member.spend_cashback(40))
    return member.close()


def _closes_with_points(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.close()


def _forfeits(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    return member.close(forfeit=True)


def _asks(ask: Callable[[Member], Act]) -> Callable[[Member, str], Act]:
    def prepare(member: Member, key: str) -> Act:
        member.past(member.purchase(2_000))
        return ask(member)

    return prepare


ALONE = (
    Scenario("a customer enrols", "Till.enrol", _new_customer),
    Scenario("a customer enrols whose number is taken", "Till.enrol", _number_taken),
    Scenario("a member enrols again", "Till.enrol", _contact_known, refused="already_enrolled"),
    Scenario("a purchase", "Till.purchase", _bought_before),
    Scenario("a purchase whose points wait", "Till.purchase", _waits),
    Scenario("a purchase that repays a debt", "Till.purchase", _repays),
    Scenario("a receipt earns again", "Till.purchase", _receipt_known, refused="receipt_already_recorded"),
    Scenario("a till's file", "record_purchases", _batch),
    Scenario("a redemption of all points", "Till.redeem", _spends_all),
    Scenario("a redemption of too many", "Till.redeem", _spends_too_much, refused="insufficient_points"),
    Scenario("a hold on all points", "Holds.reserve", _reserves),
    Scenario("a capture of a part", "Holds.capture", _captures),
    Scenario("a capture after the void", "Holds.capture", _captures_after_void, refused="hold_not_open"),
    Scenario("a void", "Holds.void", _voids),
    Scenario("a return of a part", "Returns.return_goods", _returns_at_once),
    Scenario("a return is imported", "Returns.import_return", _imports_a_return),
    Scenario("a return by its receipt", "ReceiptReturns.return_goods", _returns_by_receipt),
    Scenario("a return by its receipt is imported", "ReceiptReturns.import_return", _imports_by_receipt),
    Scenario(
        "a return by a receipt that is unknown",
        "ReceiptReturns.return_goods",
        _asks(lambda member: member.return_by_receipt(700, "r-unknown")),
        refused="receipt_not_recorded",
    ),
    Scenario(
        "a look at what a key did",
        "ReceiptReturns.made_under",
        _asks(lambda member: member.made_under("k")),
        reads=True,
    ),
    Scenario("a return of points that wait", "Returns.return_goods", _returns_what_waits),
    Scenario("a return of points that are spent", "Returns.return_goods", _returns_what_is_spent),
    Scenario("a return of more", "Returns.return_goods", _returns_more, refused="return_exceeds_purchase"),
    Scenario("a cancelled redemption", "Returns.cancel_redemption", _cancels),
    Scenario("more is cancelled", "Returns.cancel_redemption", _cancels_more, refused="cancel_exceeds_redemption"),
    Scenario("an adjustment", "Adjustments.propose", _proposes, replays=False),
    Scenario("an adjustment too many", "Adjustments.propose", _proposes_beyond_one_person, replays=False),
    Scenario("a great adjustment", "Adjustments.propose", lambda member, key: member.propose(6_000), replays=False),
    Scenario("a correction", "Adjustments.propose_as_asked", _proposes_for_an_entry, replays=False),
    Scenario("a correction for a case", "Adjustments.propose_as_asked", _proposes_for_a_case, replays=False),
    Scenario("a correction for a case is checked", "Adjustments.check", _checks_for_a_case, reads=True),
    Scenario("a correction for a case is approved", "Adjustments.approve", _approves_for_a_case, replays=False),
    Scenario("an approval", "Adjustments.approve", _proposed(Member.approve), replays=False),
    Scenario("a rejection", "Adjustments.reject", _proposed(Member.reject), replays=False),
    Scenario("a look at an adjustment", "Adjustments.get", _proposed(Member.adjustment), reads=True),
    Scenario("all adjustments", "Adjustments.all", _proposed(lambda member, _: member.adjustments()), reads=True),
    Scenario("an adjustment by the ledger alone", "Ledger.apply adjust", _adjusts),
    Scenario("time is recorded", "Ledger.apply lapse", _lapses),
    Scenario("cashback is spent", "CashbackTill.redeem", _spends_cashback),
    Scenario("too much cashback", "CashbackTill.redeem", _spends_too_much_cashback, refused="insufficient_cashback"),
    Scenario("a purchase that repays cashback", "Till.purchase", _repays_cashback),
    Scenario("spent cashback comes back", "Returns.cancel_redemption", _cancels_cashback),
    Scenario("cashback is paid out", "Payouts.pay_out", _is_paid_out),
    Scenario("a known payout is made", "Payouts.pay", _pays),
    Scenario("a payout is recalled", "Payouts.recall", _recalls_payout, reads=True),
    Scenario("a look at a payout", "Payouts.entry", _looks_at_payout("entry"), reads=True),
    Scenario("a payout is asked for", "PayoutRequests.ask", _is_asked_for(80), replays=False),
    Scenario("a great payout is asked for", "PayoutRequests.ask", _is_asked_for(6_000), replays=False),
    Scenario("a payout too many is asked for", "PayoutRequests.ask", _too_much_is_asked_for_alone, replays=False),
    Scenario("a payout is approved", "PayoutRequests.approve", _decides_payout("approve"), replays=False),
    Scenario(
        "a payout of an earlier version is approved",
        "PayoutRequests.approve",
        _approves_what_was_paid_by_an_earlier_version,
        replays=False,
    ),
    Scenario("a payout is refused", "PayoutRequests.reject", _decides_payout("reject"), replays=False),
    Scenario("a look at what waits", "PayoutRequests.get", _looks_at_request("get"), reads=True),
    Scenario("a look at what was asked for", "PayoutRequests.whole", _looks_at_request("whole"), reads=True),
    Scenario("whose a request is", "PayoutRequests.taken_from", _looks_whose_it_is, reads=True),
    Scenario("whose a payout would be", "Payouts.taken_from", _looks_at_payout("taken_from"), reads=True),
    Scenario("requests for payouts", "PayoutRequests.newest", _lists_requests, reads=True),
    Scenario("where a payout comes from", "PayoutRequests.origin", _looks_at_payout("origin"), reads=True),
    Scenario("a payout comes back", "Payouts.reverse", _payout_comes_back),
    Scenario("a settlement gives cashback back", "Payouts.give_back", _settlement_gives_back, replays=False),
    Scenario("a look whether a payout came back", "Payouts.is_reversed", _payout_is_looked_at, reads=True),
    Scenario("a look which payouts came back", "Payouts.reversed_among", _payouts_are_looked_at, reads=True),
    Scenario("a payout comes back to a closed account", "Payouts.reverse", _payout_comes_back_after_closing),
    Scenario("cashback of a closed account is paid out", "Payouts.pay_out", _payout_is_made_again_after_closing),
    Scenario("a payout comes back again", "Payouts.reverse", _payout_comes_back_again, refused="payout_reversed"),
    Scenario("an old purchase is imported", "Imports.record", _imports),
    Scenario("an old receipt again", "Till.import_purchase", _imports_again, refused="receipt_already_recorded"),
    Scenario("an empty account is closed", "Accounts.close", _closes),
    Scenario("a member with points is closed", "Accounts.close", _closes_with_points, refused="account_not_empty"),
    Scenario("an account is closed and its points are lost", "Accounts.close", _forfeits),
    Scenario("a quote", "Till.quote", _asks(lambda member: member.quote(2_000)), reads=True),
    Scenario("a look at the card", "Till.card", _asks(Member.view), reads=True),
    Scenario("a card's entries", "Till.card_entries", _asks(Member.entries), reads=True),
    Scenario("a whole history", "Ledger.history", _asks(Member.whole_history), reads=True),
)
