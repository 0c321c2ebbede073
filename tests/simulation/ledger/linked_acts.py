"""One of each request on members who are, or are about to be, linked; by situation."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations_with_replacement

from tests.simulation.ledger.member import Member
from tests.simulation.ledger.world import GAMMA, Act


@dataclass(frozen=True)
class Three:
    """Ann, bob and cat, and the ids of what they did; each has points, ann and bob something to come besides."""

    ann: Member
    bob: Member
    cat: Member
    anns_purchase: str
    bobs_purchase: str
    hold: str | None = None


def apart(ann: Member) -> Three:
    """Three accounts that know nothing of each other."""
    bob, cat = ann.another(), ann.another()
    cat.past(cat.purchase(3_000))
    bought = bob.past(bob.purchase(2_000)).entry.entry_id
    bob.past(bob.purchase(1_000, GAMMA, "r-waits"))
    anns = ann.past(ann.purchase(4_000)).entry.entry_id
    ann.past(ann.redeem(20))
    return Three(ann, bob, cat, anns, bought)


def household(ann: Member) -> Three:
    """Bob uses ann's account, in which a till has reserved 60 points for him."""
    three = apart(ann)
    three.bob.past(three.bob.join(ann))
    hold = three.bob.past(three.bob.reserve(60)).hold_id
    return Three(ann, three.bob, three.cat, three.anns_purchase, three.bobs_purchase, hold)


def merged(ann: Member) -> Three:
    """Bob was found to be ann."""
    three = apart(ann)
    three.bob.past(three.bob.merge(ann))
    return three


APART: dict[str, Callable[[Three], Act]] = {
    "ann buys": lambda t: t.ann.purchase(1_300, receipt="r-new"),
    "bob redeems all": lambda t: t.bob.redeem(100, receipt="r-new"),
    "bob returns": lambda t: t.bob.give_back_goods(t.bobs_purchase, 700),
    "bob spends cashback": lambda t: t.bob.spend_cashback(30),
    "bob reserves": lambda t: t.bob.reserve(60),
    "ann gives bob": lambda t: t.ann.transfer(150, t.bob),
    "bob gives ann": lambda t: t.bob.transfer(90, t.ann),
    "cat gives bob": lambda t: t.cat.transfer(40, t.bob),
    "bob joins ann": lambda t: t.bob.join(t.ann),
    "ann joins bob": lambda t: t.ann.join(t.bob),
    "bob joins cat": lambda t: t.bob.join(t.cat),
    "bob merges into ann": lambda t: t.bob.merge(t.ann),
    "ann merges into bob": lambda t: t.ann.merge(t.bob),
    "bob is closed": lambda t: t.bob.close(forfeit=True),
    "ann is closed": lambda t: t.ann.close(forfeit=True),
}

HOUSEHOLD: dict[str, Callable[[Three], Act]] = {
    "ann redeems": lambda t: t.ann.redeem(200, receipt="r-new"),
    "bob buys": lambda t: t.bob.purchase(1_300, receipt="r-new"),
    "bob redeems": lambda t: t.bob.redeem(210, receipt="r-new"),
    "bob returns what he brought": lambda t: t.bob.give_back_goods(t.bobs_purchase, 700),
    "the hold is captured": lambda t: t.bob.capture(t.hold or "", 35),
    "bob imports": lambda t: t.bob.import_purchase(1_500, days_ago=100),
    "bob gives cat": lambda t: t.bob.transfer(90, t.cat),
    "bob gives cat too much": lambda t: t.bob.transfer(400, t.cat),
    "cat gives bob": lambda t: t.cat.transfer(40, t.bob),
    "bob leaves": lambda t: t.bob.leave(t.ann, 50),
    "bob leaves by his card": lambda t: t.bob.leave(None, 0),
    "cat joins ann": lambda t: t.cat.join(t.ann),
    "ann is closed": lambda t: t.ann.close(forfeit=True),
}

MERGED: dict[str, Callable[[Three], Act]] = {
    "the merge is undone": lambda t: t.bob.unmerge(t.ann),
    "bob buys": lambda t: t.bob.purchase(1_300, receipt="r-new"),
    "bob redeems": lambda t: t.bob.redeem(190, receipt="r-new"),
    "bob returns what he brought": lambda t: t.bob.give_back_goods(t.bobs_purchase, 700),
    "bob spends cashback": lambda t: t.bob.spend_cashback(30),
    "bob gives cat": lambda t: t.bob.transfer(90, t.cat),
    "ann is closed": lambda t: t.ann.close(forfeit=True),
}

SITUATIONS = {"apart": (apart, APART), "in a household": (household, HOUSEHOLD), "merged": (merged, MERGED)}
_TO_TWO = (" gives ", " joins ", " merge", " leaves")
LINKING = {name for name in (*APART, *HOUSEHOLD, *MERGED) if any(word in name for word in _TO_TWO)}
"""Those that write to two accounts at once."""

PAIRS = [
    (situation, *pair) for situation, (_, acts) in SITUATIONS.items() for pair in combinations_with_replacement(acts, 2)
]
ACTS = [(situation, act) for situation, (_, acts) in SITUATIONS.items() for act in acts]
