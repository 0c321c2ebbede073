"""Operations on two accounts, and a till's requests with the card of a member whom another account answers for."""

from collections.abc import Callable

from tests.simulation.ledger.member import Member
from tests.simulation.ledger.scenarios import ALONE, Scenario
from tests.simulation.ledger.world import GAMMA, Act


def _transfers(member: Member, key: str) -> Act:
    other = member.another()
    other.past(other.purchase(1_000))
    member.past(member.purchase(2_000))
    return member.transfer(100, other)


def _transfers_too_much(member: Member, key: str) -> Act:
    other = member.another()
    member.past(member.purchase(2_000))
    return member.transfer(101, other)


def _transfers_to_a_household(member: Member, key: str) -> Act:
    """The giver's card and the taker's both use the account of somebody else."""
    head, taker, household = member.another(), member.another(), member.another()
    member.past(member.join(head))
    taker.past(taker.join(household))
    head.past(head.purchase(2_000))
    return member.transfer(100, taker)


def _joins(member: Member, key: str) -> Act:
    household = member.another()
    household.past(household.purchase(1_000, GAMMA))
    member.past(member.purchase(2_000, GAMMA))
    member.past(member.earn_cashback(4_000, 80))
    return member.join(household)


def _joins_with_a_hold(member: Member, key: str) -> Act:
    household = member.another()
    member.past(member.purchase(2_000))
    member.past(member.reserve(80))
    return member.join(household)


def _leaves(member: Member, key: str) -> Act:
    household = _household(member)
    return member.leave(household, 100)


def _leaves_twice(member: Member, key: str) -> Act:
    household = _household(member)
    member.past(member.leave(household, 0))
    return member.leave(household, 0)


def _merges(member: Member, key: str) -> Act:
    other = member.another()
    other.past(other.purchase(1_000))
    member.past(member.purchase(2_000))
    return member.merge(other)


def _unmerges(member: Member, key: str) -> Act:
    other = member.another()
    member.past(member.purchase(2_000))
    member.past(member.merge(other))
    other.past(other.purchase(1_000))
    return member.unmerge(other)


def _unmerges_what_is_spent(member: Member, key: str) -> Act:
    other = member.another()
    member.past(member.purchase(2_000))
    member.past(member.merge(other))
    other.past(other.redeem(2))
    return member.unmerge(other)


def _closes_a_household(member: Member, key: str) -> Act:
    other = member.another()
    other.past(other.join(member))
    return member.close()


def _household(member: Member) -> Member:
    """The account that `member` follows: its newest entry, of 100 points, is one that a member must see."""
    household = member.another()
    member.past(member.join(household))
    household.past(household.purchase(2_000))
    return household


def _with_a_follower(ask: Callable[[Member], Act]) -> Callable[[Member, str], Act]:
    def prepare(member: Member, key: str) -> Act:
        _household(member)
        return ask(member)

    return prepare


def _captures(member: Member, key: str) -> Act:
    _household(member)
    held = member.past(member.reserve(80))
    return member.capture(held.hold_id, 50)


def _returns_what_it_brought(member: Member, key: str) -> Act:
    bought = member.past(member.purchase(2_000))
    _household(member)
    return member.give_back_goods(bought.entry.entry_id, 700)


def _cancels_what_it_brought(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    spent = member.past(member.redeem(90))
    _household(member)
    return member.cancel(spent.entry.entry_id, 60)


def _receipt_of_before(member: Member, key: str) -> Act:
    member.past(member.purchase(2_000))
    _household(member)
    return member.purchase(2_000)


def _receipt_of_the_household(member: Member, key: str) -> Act:
    household = _household(member)
    member.past(member.purchase(1_000, receipt="r-2"))
    member.past(member.leave(household, 0))
    return member.purchase(1_000, receipt="r-2")


def _bought_after_leaving(member: Member, key: str) -> Act:
    household = _household(member)
    member.past(member.leave(household, 0))
    return member.purchase(1_500, receipt="r-2")


def _imports_after_leaving(member: Member, key: str) -> Act:
    household = _household(member)
    member.past(member.import_purchase(1_500, days_ago=100))
    member.past(member.leave(household, 0))
    return member.import_purchase(1_500, days_ago=100)


LINKED = (
    Scenario("a transfer", "Ledger.apply_pair transfer", _transfers),
    Scenario(
        "a transfer of too much", "Ledger.apply_pair transfer", _transfers_too_much, refused="insufficient_points"
    ),
    Scenario(
        "a transfer between households, by two cards",
        "Ledger.apply_pair transfer",
        _transfers_to_a_household,
    ),
    Scenario("a member joins a household", "Ledger.apply_pair join", _joins),
    Scenario("a member joins with a hold open", "Ledger.apply_pair join", _joins_with_a_hold, refused="holds_open"),
    Scenario("a member leaves with points", "Ledger.apply_pair leave", _leaves),
    Scenario("a member leaves twice", "Ledger.apply_pair leave", _leaves_twice, refused="not_linked"),
    Scenario("a merge", "Ledger.apply_pair merge", _merges),
    Scenario("a merge is undone", "Ledger.apply_pair unmerge", _unmerges),
    Scenario(
        "a merge is undone after its points were spent",
        "Ledger.apply_pair unmerge",
        _unmerges_what_is_spent,
        refused="merged_points_used",
    ),
    Scenario(
        "a household's account is closed", "Ledger.apply close", _closes_a_household, refused="household_not_empty"
    ),
    Scenario(
        "a purchase with a household card",
        "Till.purchase",
        _with_a_follower(lambda member: member.purchase(1_500, receipt="r-2")),
    ),
    Scenario("a redemption with a household card", "Till.redeem", _with_a_follower(lambda member: member.redeem(100))),
    Scenario(
        "a redemption of too many with a household card",
        "Till.redeem",
        _with_a_follower(lambda member: member.redeem(101)),
        refused="insufficient_points",
    ),
    Scenario("a hold with a household card", "Holds.reserve", _with_a_follower(lambda member: member.reserve(100))),
    Scenario("a capture after a hold with a household card", "Holds.capture", _captures),
    Scenario("a return of what a member brought along", "Returns.return_goods", _returns_what_it_brought),
    Scenario("a redemption before joining is cancelled", "Returns.cancel_redemption", _cancels_what_it_brought),
    Scenario(
        "a receipt of before joining earns again",
        "Till.purchase",
        _receipt_of_before,
        refused="receipt_already_recorded",
    ),
    Scenario(
        "a receipt of the household earns again after leaving",
        "Till.purchase",
        _receipt_of_the_household,
        refused="receipt_already_recorded",
    ),
    Scenario("a purchase after leaving", "Till.purchase", _bought_after_leaving),
    Scenario(
        "an import of the household is sent again after leaving",
        "Ledger.apply import",
        _imports_after_leaving,
        refused="receipt_already_recorded",
    ),
    Scenario("a look at a household card", "Till.card", _with_a_follower(Member.view), reads=True),
    Scenario(
        "a quote for a household card", "Till.quote", _with_a_follower(lambda member: member.quote(2_000)), reads=True
    ),
)
SCENARIOS = (*ALONE, *LINKED)
