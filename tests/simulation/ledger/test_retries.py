"""A request fails on the way, others act on the member, and only then the client sends it again."""

import pytest

from partners.contracts.errors import NoTermsInForceError
from partners.contracts.model import Location
from tests.simulation.ledger.acts import ACTS, past_of
from tests.simulation.ledger.faults import Fault
from tests.simulation.ledger.linked import SCENARIOS
from tests.simulation.ledger.linked_acts import SITUATIONS
from tests.simulation.ledger.member import Member
from tests.simulation.ledger.retries import check_retries
from tests.simulation.ledger.world import World, outcome_of
from tests.support.drawn import one_in

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


@pytest.mark.parametrize(("situation", "asks", "others"), one_in(3, LINKED))
def test_so_does_what_links_and_parts_accounts_before_the_retry(situation, asks, others):
    world = World()
    prepare, acts = SITUATIONS[situation]
    three = prepare(Member(world.server(), "m"))
    failed = set(check_retries(world, acts[asks](three), acts[others](three)))
    assert failed >= {Fault.DIE_BEFORE, Fault.LOST_REQUEST}


class NothingAllowed:
    """Contracts under which no new request would pass: every store has closed, no terms are in force."""

    def __init__(self, contracts):
        self.partner = contracts.partner

    def location(self, partner_id, location_id):
        return Location(partner_id, location_id, "Gone", "UTC", 0, closed_at_ms=0)

    def terms_at(self, partner_id, at_ms):
        raise NoTermsInForceError(partner_id, at_ms)


@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if one.writes and one.replays], ids=str)
def test_a_request_that_took_effect_is_answered_again_under_any_later_rules(scenario):
    world = World()
    situation = scenario.begin(world, "m")
    first = world.ask(scenario.operation, situation.act, situation.key).outcome
    done = world.snapshot()
    again = outcome_of(situation.act, world.server(contracts=NothingAllowed(world.warm)), situation.key)
    assert (again.plain, again.refused) == (first.plain, first.refused)
    assert world.snapshot() == done


def test_those_rules_refuse_a_new_request():
    world = World()
    member = Member(world.server(), "m")
    act, done = member.purchase(100, "alpha", "r-new"), world.snapshot()
    refused = outcome_of(act, world.server(contracts=NothingAllowed(world.warm)), "new").refused
    assert (refused, world.snapshot()) == ("location_closed", done)
