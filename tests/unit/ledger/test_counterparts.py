"""When an entry's links follow from it, and when two entries that name each other agree."""

from dataclasses import replace

import pytest

from shared.ledger.counterparts import LINKING, Links, disagreement, links_agree
from shared.ledger.model import Follower, Former, Lot, Move, Op, Place
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import enrol

ANN, BOB, CY = "0000000042", "0000000043", "0000000044"
NOBODY, TO_BOB, TO_CY = Links(), Links(BOB), Links(CY)


def of(*followers: Follower) -> Links:
    return Links(followers=followers)


AT_MS = FakeClock()()
OF_BOB, OF_CY, LONG_AGO = Former(BOB, AT_MS + 9), Former(CY, AT_MS + 5), Former(CY, AT_MS)
PARTED = Links(former=(OF_BOB,))


JOINED, MERGED = Follower(BOB, 7, merged=False), Follower(BOB, 7, merged=True)
OTHER = Follower(CY, 2, merged=False)


def entry(op: Op, links=NOBODY, counterpart: str | None = f"{BOB}-7"):
    """Ann's entry 3, written with Bob's entry 7, that leaves her account with `links`."""
    clock = FakeClock()
    opened = Ledger(FakeJournal(), clock).apply(enrol("e", clock(), member=ANN)).entry
    account = replace(opened.account, follows=links.follows, followers=links.followers, former=links.former)
    return replace(opened, op=op, seq=3, counterpart=counterpart, account=account)


@pytest.mark.parametrize(
    ("op", "before", "after"),
    [
        (Op.EARN, NOBODY, NOBODY),
        (Op.EARN, of(JOINED), of(JOINED)),
        (Op.TRANSFER, of(OTHER), of(OTHER)),
        (Op.JOIN, NOBODY, TO_BOB),
        (Op.JOIN, NOBODY, of(JOINED)),
        (Op.JOIN, of(OTHER), of(OTHER, JOINED)),
        (Op.MERGE, NOBODY, TO_BOB),
        (Op.MERGE, of(OTHER), of(OTHER, MERGED)),
        (Op.LEAVE, TO_BOB, PARTED),
        (Op.LEAVE, of(JOINED, OTHER), of(OTHER)),
        (Op.UNMERGE, TO_BOB, PARTED),
        (Op.EARN, PARTED, PARTED),
        (Op.JOIN, PARTED, replace(PARTED, follows=BOB)),
        (Op.JOIN, PARTED, replace(PARTED, followers=(JOINED,))),
        (Op.LEAVE, replace(PARTED, followers=(JOINED,)), PARTED),
        # What is remembered of another is kept until its time is over, and of the same one once.
        (Op.LEAVE, Links(BOB, former=(OF_CY,)), Links(former=(OF_CY, OF_BOB))),
        (Op.LEAVE, Links(BOB, former=(LONG_AGO,)), PARTED),
        (Op.LEAVE, Links(BOB, former=(Former(BOB, AT_MS + 1),)), PARTED),
        (Op.UNMERGE, of(OTHER, MERGED), of(OTHER)),
    ],
)
def test_links_that_follow_from_an_entry(op, before, after):
    assert links_agree(before, entry(op, after))
    assert not links_agree(before, entry(op, after, counterpart=None)) or op not in LINKING


@pytest.mark.parametrize(
    ("op", "before", "after"),
    [
        (Op.EARN, NOBODY, TO_BOB),
        (Op.EARN, NOBODY, of(JOINED)),
        (Op.EARN, of(JOINED), NOBODY),
        # It has no entry until it parts.
        (Op.EARN, TO_BOB, TO_BOB),
        (Op.TRANSFER, TO_BOB, TO_BOB),
        (Op.JOIN, TO_BOB, TO_BOB),
        (Op.JOIN, TO_CY, TO_BOB),
        (Op.JOIN, TO_CY, of(JOINED)),
        (Op.JOIN, NOBODY, NOBODY),
        (Op.JOIN, NOBODY, TO_CY),
        (Op.JOIN, NOBODY, of(MERGED)),
        (Op.JOIN, NOBODY, of(OTHER)),
        (Op.JOIN, NOBODY, of(replace(JOINED, seq=6))),
        (Op.JOIN, of(OTHER), of(JOINED)),
        # Who is followed follows nobody, and whoever follows is known once.
        (Op.JOIN, of(OTHER), TO_BOB),
        (Op.JOIN, of(OTHER), Links(BOB, (OTHER,))),
        (Op.JOIN, of(JOINED), of(JOINED, JOINED)),
        (Op.MERGE, NOBODY, of(JOINED)),
        (Op.LEAVE, NOBODY, NOBODY),
        (Op.LEAVE, TO_CY, Links(former=(OF_CY,))),
        (Op.LEAVE, TO_CY, PARTED),
        (Op.LEAVE, TO_BOB, TO_BOB),
        (Op.LEAVE, TO_BOB, Links(followers=(OTHER,), former=(OF_BOB,))),
        (Op.LEAVE, TO_BOB, NOBODY),
        (Op.LEAVE, TO_BOB, Links(former=(OF_CY,))),
        (Op.LEAVE, TO_BOB, Links(former=(Former(BOB, AT_MS),))),
        (Op.LEAVE, Links(BOB, former=(OF_CY,)), PARTED),
        (Op.LEAVE, Links(BOB, former=(OF_CY,)), Links(former=(OF_CY,))),
        (Op.LEAVE, Links(BOB, former=(LONG_AGO,)), Links(former=(LONG_AGO, OF_BOB))),
        (Op.LEAVE, of(JOINED), PARTED),
        (Op.EARN, PARTED, NOBODY),
        (Op.EARN, NOBODY, PARTED),
        (Op.JOIN, PARTED, TO_BOB),
        (Op.JOIN, PARTED, of(JOINED)),
        (Op.LEAVE, of(OTHER), of(OTHER)),
        (Op.LEAVE, of(OTHER), NOBODY),
        (Op.LEAVE, of(MERGED), NOBODY),
        (Op.LEAVE, of(JOINED, OTHER), NOBODY),
        (Op.UNMERGE, of(JOINED), NOBODY),
    ],
)
def test_links_that_do_not(op, before, after):
    assert not links_agree(before, entry(op, after))


def pair(op: Op = Op.TRANSFER):
    """Ann gives Bob 30 points and takes a debt of 5 from him."""
    given, owed = Lot("alpha", 24_335, 30), Lot("beta", 24_000, 5)
    gave = (Move(Place.ACTIVE, Place.TRANSFER, given), Move(Place.TRANSFER, Place.DEBT, owed))
    took = (Move(Place.TRANSFER, Place.ACTIVE, given), Move(Place.DEBT, Place.TRANSFER, owed))
    ann = replace(entry(op), moves=gave)
    bob = replace(ann, member=BOB, seq=7, counterpart=f"{ANN}-3", moves=took)
    return ann, bob


def test_two_that_agree_agree_either_way():
    ann, bob = pair()
    assert disagreement(ann, bob) is None
    assert disagreement(bob, ann) is None


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"op": Op.LEAVE}, "operation"),
        ({"partner": "beta"}, "partner"),
        ({"location": "b9"}, "location"),
        ({"occurred_at_ms": 1}, "when it occurred"),
        ({"recorded_at_ms": 1}, "when it was recorded"),
        ({"points": 31}, "points"),
        ({"reason": "because"}, "reason"),
        ({"body_hash": b"other"}, "request"),
        ({"moves": ()}, "what one gives and the other takes"),
        ({"moves": pair()[1].moves[:1]}, "what one gives and the other takes"),
        ({"moves": pair()[1].moves[1:]}, "what one gives and the other takes"),
        ({"moves": pair()[0].moves}, "what one gives and the other takes"),
    ],
)
def test_two_that_differ_are_told_of_once(changes, what):
    ann, bob = pair()
    bob = replace(bob, **changes)
    assert disagreement(ann, bob) == f"it and its counterpart {BOB}-7 differ: {what}"
    assert disagreement(bob, ann) is None


@pytest.mark.parametrize("op", [Op.JOIN, Op.MERGE])
@pytest.mark.parametrize("links", [(None, None), (BOB, ANN)])
def test_of_two_that_are_linked_one_follows(op, links):
    ann, bob = (
        replace(one, account=replace(one.account, follows=link)) for one, link in zip(pair(op), links, strict=True)
    )
    assert disagreement(ann, bob) == f"it and its counterpart {BOB}-7 differ: who answers for whom"
    ann = replace(ann, account=replace(ann.account, follows=None if ann.account.follows else BOB))
    assert disagreement(ann, bob) is None


@pytest.mark.parametrize(("named", "says"), [(None, "no entry"), (f"{CY}-1", f"{CY}-1"), (f"{ANN}-4", f"{ANN}-4")])
def test_one_that_does_not_name_the_other_back_is_told_from_either_side(named, says):
    ann, bob = pair()
    assert disagreement(ann, replace(bob, counterpart=named)) == f"its counterpart {BOB}-7 names {says} instead"
    assert disagreement(bob, replace(ann, counterpart=named)) == f"its counterpart {ANN}-3 names {says} instead"
