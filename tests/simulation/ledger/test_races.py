"""Two servers, one key or one member: every order of their calls ends as one request after the other."""

from itertools import combinations_with_replacement

import pytest

from shared.kernel.secret import derive
from shared.ledger.errors import BrokenJournalError
from tests.fakes.dynamodb import LastWriterWins
from tests.simulation.ledger.acts import ACTS, past_of
from tests.simulation.ledger.member import Member
from tests.simulation.ledger.races import Contender, Race
from tests.simulation.ledger.world import ALPHA, BETA, World


@pytest.fixture
def world():
    return World()


@pytest.fixture
def member(world):
    return Member(world.server(), "m")


@pytest.fixture
def past(member):
    return past_of(member)


PAIRS = list(combinations_with_replacement(ACTS, 2))
STALE_PAIRS = [pair for pair in PAIRS if "redeem" in pair or pair[0] == pair[1]]


@pytest.mark.parametrize(
    ("one", "other", "stale"), [(*pair, False) for pair in PAIRS] + [(*pair, True) for pair in STALE_PAIRS]
)
def test_two_requests_at_once_end_as_one_after_the_other(world, member, past, one, other, stale):
    contenders = (Contender(ACTS[one](member, past), "k-1", stale), Contender(ACTS[other](member, past), "k-2", stale))
    race = Race(world, contenders)
    race.run()
    assert race.orders >= 3


@pytest.mark.parametrize("stale", [False, True], ids=["fresh", "stale"])
@pytest.mark.parametrize("act", ACTS)
def test_one_request_at_two_servers_at_once_is_one_effect_with_one_answer(world, member, past, act, stale):
    contender = Contender(ACTS[act](member, past), "k", stale)
    race = Race(world, (contender, contender))
    race.run()
    assert race.orders >= 3


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_proposal_decided_twice_at_once_is_decided_once(world, member, decision):
    proposed = member.past(member.propose(6_000)).adjustment_id
    act = {"approve": member.approve(proposed), "reject": member.reject(proposed)}[decision]
    Race(world, (Contender(act, "-"), Contender(act, "-")), most_orders=100).run()


def test_a_proposal_is_either_approved_or_rejected(world, member):
    proposed = member.past(member.propose(6_000)).adjustment_id
    race = Race(world, (Contender(member.approve(proposed), "-"), Contender(member.reject(proposed), "-")))
    for (told, _), order in race.endings():
        refused = [code for code, _ in told]
        assert sorted(refused, key=str) == [None, "adjustment_decided"], order
        assert len(world.history(member.number)) == (2 if refused[0] is None else 1), order
    assert race.orders >= 3


def test_a_small_adjustment_sent_to_two_servers_at_once_is_one(world, member):
    act = member.propose(50)
    Race(world, (Contender(act, "k"), Contender(act, "k")), most_orders=100).run()


@pytest.mark.parametrize("operators", [("ann", "ann"), ("ann", "bob")], ids=["one operator", "one account"])
def test_of_two_small_adjustments_at_once_that_are_too_much_together_one_waits(world, member, operators):
    other = member if operators[0] != operators[1] else member.another()
    acts = member.propose(3_000, operators[0]), other.propose(-2_500 if other is member else 2_500, operators[1])
    member.past(member.adjust(9_000))
    race = Race(world, (Contender(acts[0], "k-1"), Contender(acts[1], "k-2")), most_orders=60)
    for (told, _), order in race.endings():
        assert sorted(answer["state"] for _, answer in told) == ["applied", "proposed"], order
    assert race.orders >= 3


def _enrolling(member, contact, key, partner=ALPHA):
    return Contender(member.enrol(contact, partner), key)


def test_one_enrolment_at_two_servers_at_once_is_one_member(world, member):
    Race(world, (_enrolling(member, "new@example.com", "k"), _enrolling(member, "new@example.com", "k"))).run()


def test_two_partners_enrol_a_customer_once(world, member):
    Race(world, (_enrolling(member, "new@example.com", "k"), _enrolling(member, "new@example.com", "k", BETA))).run()


def test_two_customers_whose_keys_lead_to_one_number_get_two(world, member, monkeypatch):
    """Of all member numbers there are, the first try of every key finds the same one."""

    def crowded(pepper, label, message):
        if label == "member" and message[-1] == 0:
            return bytes(32)
        return derive(pepper, label, message)

    monkeypatch.setattr("shared.members.service.derive", crowded)
    contenders = (_enrolling(member, "ann@example.com", "k-1"), _enrolling(member, "bob@example.com", "k-2"))
    Race(world, contenders).run()
    assert len(world.members()) == 3
    assert "0000000000" in world.members()


def test_the_race_notices_a_store_that_overwrites():
    world = World(LastWriterWins())
    member = Member(world.server(), "m")
    member.past(member.purchase(4_000))
    with pytest.raises((AssertionError, BrokenJournalError)):
        Race(world, (Contender(member.redeem(150), "k-1"), Contender(member.redeem(160), "k-2"))).run()
