"""The rules of two plain accounts: what goes from one to the other, and who answers for whom."""

from collections import Counter

from tests.unit.ledger.reference import DAY, POINTS, month_of
from tests.unit.ledger.reference_answers import refuse_if

UNMERGE_DAYS = 30
REMEMBERED_AFTER_PARTING_DAYS = 32


def check_card(account, issue):
    refuse_if(issue not in (None, 1), "card_replaced")
    refuse_if(account.closed, "account_closed")


def transfer(book, giver, taker, command, now):
    refuse_if(giver.owes(POINTS), "debt_outstanding")
    refuse_if(command.points > len(giver.active()), "insufficient_points")
    giver.hand_over(taker, giver.active()[: command.points])
    return command.points


def join(book, member, leader, command, now):
    return _absorb(book, member, leader, "household")


def merge(book, member, leader, command, now):
    brought = [coin.kind for coin in _in_order(member)]
    points = _absorb(book, member, leader, "merged")
    member.merge = (now, brought)
    leader.touched.discard(member.member)
    return points


def leave(book, member, leader, command, now):
    refuse_if(leader.followers.get(member.member) != "household", "not_linked")
    refuse_if(command.points and leader.owes(POINTS), "debt_outstanding")
    refuse_if(command.points > len(leader.active()), "insufficient_points")
    leader.hand_over(member, leader.active()[: command.points])
    _part(member, leader, now)
    return command.points


def unmerge(book, member, leader, command, now):
    refuse_if(leader.followers.get(member.member) != "merged", "not_linked")
    merged_at, brought = member.merge
    refuse_if(now > merged_at + UNMERGE_DAYS * DAY, "unmerge_too_late")
    refuse_if(member.member in leader.touched, "merged_points_used")
    waiting = Counter(coin.kind for coin in _own_pending(member, leader))
    wanted = []
    for kind in reversed([kind for kind in brought if kind[2] >= month_of(now)]):
        if waiting[kind]:
            waiting[kind] -= 1
        else:
            wanted.insert(0, kind)
    there = leader.at("active")
    refuse_if(Counter(wanted) - Counter(coin.kind for coin in there), "merged_points_used")
    for kind in wanted:
        coin = next(coin for coin in there if coin.kind == kind)
        there.remove(coin)
        leader.hand_over(member, [coin])
    _part(member, leader, now)
    return sum(kind[1] == POINTS for kind in wanted)


def _in_order(member):
    units = sorted({coin.unit for coin in member.at("active")} - {POINTS})
    cash = [coin for unit in units for coin in member.active(unit)]
    return [*member.active(), *cash, *member.at("pending")]


def _own_pending(member, leader):
    return [coin for coin in leader.at("pending") if coin.purchase[0] == member.member]


def _absorb(book, member, leader, how):
    refuse_if(member.follows or member.followers or leader.follows, "account_linked")
    refuse_if(len(leader.followers) >= book.most_followers, "household_full")
    refuse_if(member.holds, "holds_open")
    points = len(member.active())
    member.hand_over(leader, _in_order(member))
    member.debt_brought = member.owes()
    leader.debt.update(member.debt_brought)
    leader.debts_brought_here[member.member] = member.debt_brought
    member.debt.clear()
    member.follows = leader.member
    member.leaders.add(leader.member)
    leader.followers[member.member] = how
    return points


def _part(member, leader, now):
    """What it brought of debts goes back with it as far as it is still owed, and its own pending points."""
    for whom, number in leader.debts_brought_here.pop(member.member).items():
        leader.repay(whom, number)
        member.debt[whom] += number
    leader.hand_over(member, _own_pending(member, leader))
    until = now + REMEMBERED_AFTER_PARTING_DAYS * DAY
    member.former = [one for one in member.former if one[1] > now] + [(leader.member, until)]
    member.follows = member.merge = None
    del leader.followers[member.member]


LINKS = {"transfer": transfer, "join": join, "leave": leave, "merge": merge, "unmerge": unmerge}
