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


def _follower_returns_by_receipt(member: Member, key: str) -> Act:
    household = member.another()
    member.past(member.join(household))
    member.past(member.purchase(2_000))
    return member.return_by_receipt(700)


def _joins(member: Member, key: str) -> Act:
    household = member.another()
    household.past(household.purchase(1_000, GAMMA))
    member.past(member.purchase(2_000, GAMMA))
    member.past(member.purchase(4_000, receipt="r-2"))
    return member.join(household)


def _joins_with_a_hold(member: Member, key: str) -> Act:
    household = member.another()
    member.past(member.purchase(2_000))
    member.past(member.reserve(80))
    return member.join(household)


def _leaves(member: Member, key: str) -> Act:
    household = _household(member)
    return member.leave(household, 100)


def _leaves_with_nothing_but_the_own_card(member: Member, key: str) -> Act:
    household = member.another()
    household.past(household.purchase(1_000))
    member.past(member.join(household))
    return member.leave(None, 0)


def _leaves_the_second_household(member: Member, key: str) -> Act:
    first, second = member.another(), member.another()
    member.past(member.join(first))
    member.past(member.leave(None, 0))
    member.past(member.join(second))
    return member.leave(None, 0)


def _leaves_what_it_is_not_in(member: Member, key: str) -> Act:
    household = member.another()
    member.past(member.join(household))
    member.past(member.leave(None, 0))
    return member.leave(None, 0)


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


def _closes_after_a_merge(member: Member, key: str) -> Act:
    other = member.another()
    other.past(other.purchase(1_000))
    other.past(other.merge(member))
    return member.close(forfeit=True)


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
    Scenario("a follower's return by its receipt", "ReceiptReturns.return_goods", _follower_returns_by_receipt),
    Scenario("a transfer", "Sharing.transfer", _transfers),
    Scenario("a transfer of too much", "Sharing.transfer", _transfers_too_much, refused="insufficient_points"),
    Scenario(
        "a transfer between households, by two cards",
        "Sharing.transfer",
        _transfers_to_a_household,
    ),
    Scenario("a member joins a household", "Sharing.join", _joins),
    Scenario("a member joins with a hold open", "Sharing.join", _joins_with_a_hold, refused="holds_open"),
    Scenario("a member leaves with points", "Sharing.leave", _leaves),
    Scenario("a member leaves twice", "Sharing.leave", _leaves_twice, refused="not_linked"),
    Scenario("a member leaves by the own card", "Sharing.leave", _leaves_with_nothing_but_the_own_card),
    Scenario("a member leaves the second household", "Sharing.leave", _leaves_the_second_household),
    Scenario("a member alone leaves", "Sharing.leave", _leaves_what_it_is_not_in, refused="not_linked"),
    Scenario("a merge", "Accounts.merge", _merges),
    Scenario("a merge is undone", "Accounts.unmerge", _unmerges),
    Scenario(
        "a merge is undone after its points were spent",
        "Accounts.unmerge",
        _unmerges_what_is_spent,
        refused="merged_points_used",
    ),
    Scenario("a household's account is closed", "Accounts.close", _closes_a_household, refused="household_not_empty"),
    Scenario("an account is closed into which another was merged", "Accounts.close", _closes_after_a_merge),
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
        "Imports.record",
        _imports_after_leaving,
        refused="receipt_already_recorded",
    ),
    Scenario("a look at a household card", "Till.card", _with_a_follower(Member.view), reads=True),
    Scenario(
        "a quote for a household card", "Till.quote", _with_a_follower(lambda member: member.quote(2_000)), reads=True
    ),
)
SCENARIOS = (*ALONE, *LINKED)
