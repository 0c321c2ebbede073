"""A request fails on the way, others act on the member, and only then the client sends it again."""

import pytest

from tests.simulation.ledger.acts import ACTS, past_of
from tests.simulation.ledger.faults import Fault
from tests.simulation.ledger.linked_acts import SITUATIONS
from tests.simulation.ledger.member import Member
from tests.simulation.ledger.retries import check_retries
from tests.simulation.ledger.world import World

IN_BETWEEN = ("purchase", "redeem", "void", "return")
LINKS_IN_BETWEEN = {
    "apart": ("ann gives bob", "bob joins ann", "ann merges into bob", "bob is closed"),
    "in a household": ("bob redeems", "bob leaves", "cat joins ann"),
    "merged": ("bob redeems", "the merge is undone", "ann is closed"),
}
LINKED = [
    (situation, asks, others)
    for situation, (_, acts) in SITUATIONS.items()
    for asks in acts
    for others in LINKS_IN_BETWEEN[situation]
]


@pytest.mark.parametrize("others", IN_BETWEEN)
@pytest.mark.parametrize("asks", ACTS)
def test_what_others_do_before_the_retry_comes_after_it_or_before_it(asks, others):
    world = World()
    member = Member(world.server(), "m")
    past = past_of(member)
    failed = set(check_retries(world, ACTS[asks](member, past), ACTS[others](member, past)))
    assert failed >= {Fault.DIE_BEFORE, Fault.LOST_REQUEST}


@pytest.mark.parametrize(("situation", "asks", "others"), LINKED)
def test_so_does_what_links_and_parts_accounts_before_the_retry(situation, asks, others):
    world = World()
    prepare, acts = SITUATIONS[situation]
    three = prepare(Member(world.server(), "m"))
    failed = set(check_retries(world, acts[asks](three), acts[others](three)))
    assert failed >= {Fault.DIE_BEFORE, Fault.LOST_REQUEST}
