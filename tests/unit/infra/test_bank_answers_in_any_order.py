"""The bank's files in every order: the same money is there, and what can't be is a trouble, never silence."""

import json
import random
import zlib
from dataclasses import replace
from itertools import permutations

import pytest

from partners.settlement.payments import changes
from partners.settlement.payments.bookings import BOOKED
from partners.settlement.payments.codec import settlement_from_bytes, settlement_to_bytes
from partners.settlement.payments.legs import CAME_TO_NOTHING, LegState
from partners.settlement.payments.model import Stage
from partners.settlement.payments.telling import BankWord
from tests.fakes.collateral import default_by_two
from tests.unit.infra.test_bank_answers_taken import Recording
from tests.unit.infra.test_bank_files import IN, OUT, camt, entry
from tests.unit.partners.settlement.test_payments import NOW, open_cents, said

SIDE = {(IN, "there"): "CRDT", (OUT, "there"): "DBIT", (IN, "back"): "DBIT", (OUT, "back"): "CRDT"}
AMOUNT = {IN: "9.00", OUT: "5.00"}


def file_of(leg, *bookings):
    """A statement of one day or several; each booking is (there|back, the bank's reference, its day)."""
    return camt(*(dated(leg, way, name, day) for way, name, day in bookings))


def dated(leg, way, name, day):
    written = entry(leg, AMOUNT[leg], SIDE[leg, way]).replace("B-1", name)
    return written.replace("<AcctSvcrRef>", f"<BookgDt><Dt>2026-11-{day:02d}</Dt></BookgDt><AcctSvcrRef>")


@pytest.fixture
def bank(monkeypatch, tmp_path):
    """By payment, a settlement of which it is at the bank."""
    made = []

    def at(leg):
        folder = tmp_path / str(len(made))
        folder.mkdir()
        one = Recording(monkeypatch, folder, alpha=-900, beta=500)
        if leg == OUT:
            one.one = changes.paying(said(one.one, IN, LegState.SUCCEEDED), "ann", NOW)
        made.append(one)
        return one

    return at


def read(bank, tmp_path, *files):
    found = []
    for number, file in enumerate(files):
        path = tmp_path / f"{number}.xml"
        path.write_bytes(file)
        found.append(bank.reads(path))
    return found


def as_it_stands(one, leg):
    troubles = [trouble.text for trouble in one.troubles]
    return one.leg(leg).state, one.stage, one.collected_cents, +open_cents(one), troubles


@pytest.mark.parametrize("leg", [IN, OUT])
@pytest.mark.parametrize(
    ("bookings", "end"),
    [
        ([("there", "B-1", 1)], LegState.SUCCEEDED),
        ([("there", "B-1", 1), ("back", "B-2", 1)], LegState.RETURNED),
        ([("there", "B-1", 1), ("back", "B-2", 2)], LegState.RETURNED),
        ([("there", "", 1), ("back", "", 2)], LegState.RETURNED),
    ],
)
def test_a_payment_is_what_the_bank_booked_in_whatever_order_its_files_are_read(bank, tmp_path, leg, bookings, end):
    ends = []
    files = [file_of(leg, booking) for booking in bookings]
    for order in (*permutations(files), [file_of(leg, *bookings)], [file_of(leg, *reversed(bookings))]):
        found = bank(leg)
        assert all(good for good, _ in read(found, tmp_path, *order))
        once = found.one
        assert all(good and "recorded already" in text for good, text in read(found, tmp_path, *files))
        assert found.one == once, "read again, in another order"
        ends.append(as_it_stands(once, leg))
    assert (ends[0][0], ends[0][-1]) == (end, [])
    assert all(one == ends[0] for one in ends)


@pytest.mark.parametrize("decision", ["retry", "default", "nothing"])
def test_money_that_had_gone_back_before_its_arrival_is_read_is_not_there_whatever_was_decided(
    bank, tmp_path, decision
):
    found = bank(IN)
    read(found, tmp_path, file_of(IN, ("back", "B-2", 2)))
    if decision == "retry":
        found.payments.try_again(7, "EUR", "alpha", "ann")
        found.payments.collect(7, "EUR", "ann")
    elif decision == "default":
        default_by_two(found.payments, 7, "EUR", "alpha", 0)
    decided = found.one
    assert all(good for good, _ in read(found, tmp_path, file_of(IN, ("there", "B-1", 1))))
    states = [step.state.value for step in found.one.leg(IN).history][-3:]
    assert states == ["failed", "succeeded", "returned"]
    assert [step.reference for step in found.one.leg(IN).history][-2:] == ["B-1", "B-2"]
    assert as_it_stands(found.one, IN)[1:] == as_it_stands(decided, IN)[1:]
    assert (found.one.late, found.one.came_back, found.one.collected_cents) == ((), (), 0)


@pytest.mark.parametrize("decision", ["retry", "defer", "nothing"])
def test_a_payout_that_had_come_back_before_its_booking_is_read_is_owed_once(bank, tmp_path, decision):
    found = bank(OUT)
    read(found, tmp_path, file_of(OUT, ("back", "B-2", 2)))
    if decision == "retry":
        found.payments.try_again(7, "EUR", "beta", "ann")
    elif decision == "defer":
        found.payments.give_up(7, "EUR", "beta", "ann")
    assert read(found, tmp_path, file_of(OUT, ("there", "B-1", 1)))[0][0]
    owed_later = {} if decision == "retry" else {"beta": 500}
    assert +open_cents(found.one) == owed_later
    assert found.one.stage is (Stage.PAYING if decision == "retry" else Stage.SETTLED)


IMPOSSIBLE = [
    [("there", "B-1", 1), ("there", "B-2", 1)],
    [("there", "", 1), ("there", "", 1)],
    [("there", "B-1", 1), ("there", "B-1", 2)],
    [("there", "B-1", 1), ("back", "B-2", 2), ("back", "B-2", 3)],
    [("there", "B-1", 1), ("back", "B-2", 2), ("there", "B-3", 3)],
    [("there", "B-1", 1), ("back", "B-2", 2), ("back", "B-3", 2)],
    [("back", "B-1", 1), ("there", "B-2", 2)],
]


@pytest.mark.parametrize("leg", [IN, OUT])
@pytest.mark.parametrize("bookings", IMPOSSIBLE)
def test_what_cannot_be_of_one_payment_is_a_trouble_until_a_person_has_seen_it(bank, tmp_path, leg, bookings):
    """In every order, in one file or in several. Money counts no longer than the bank's bookings leave it there."""
    unnamed = not bookings[0][1]
    orders = [[file_of(leg, *bookings)]]
    orders += [] if unnamed else [[file_of(leg, booking) for booking in order] for order in permutations(bookings)]
    for order in orders:
        found = bank(leg)
        outcomes = read(found, tmp_path, *order)
        assert (all(good for good, _ in outcomes), f"{leg}: {BOOKED}" in outcomes[-1][1]) == (False, True)
        (trouble,) = found.one.troubles
        assert [name in trouble.text for _, name, _ in bookings] == [True] * len(bookings)
        assert found.payments.troubles() == 1
        left = sum(1 if way == "there" else -1 for way, _, _ in bookings)
        assert found.one.leg(leg).state in CAME_TO_NOTHING or left > 0
        stood = found.one
        assert all(f"{leg}: {BOOKED}" in text for _, text in read(found, tmp_path, *order))
        assert found.one == stood, "read again"
        assert found.payments.see(7, "EUR", stood.leg(leg).party, trouble.text).troubles == ()
        read(found, tmp_path, *order)
        assert found.one.troubles == (), "read again after somebody has seen it"


@pytest.mark.parametrize("leg", [IN, OUT])
def test_a_booking_of_which_one_file_knows_no_day_is_known_by_its_reference(bank, tmp_path, leg):
    found, dated_, undated = (
        bank(leg),
        file_of(leg, ("there", "B-1", 1)),
        camt(entry(leg, AMOUNT[leg], SIDE[leg, "there"])),
    )
    assert [good for good, _ in read(found, tmp_path, dated_, undated, dated_)] == [True, True, True]
    assert len(found.one.leg(leg).bookings) == 1


@pytest.mark.parametrize("leg", [IN, OUT])
def test_a_file_without_a_day_hides_no_second_booking_and_another_tells_its_day(bank, tmp_path, leg):
    csv = f"end_to_end_id,amount,currency,state,reference\n{leg},{AMOUNT[leg]},EUR,succeeded,B-1\n".encode()
    files = [csv, *(file_of(leg, ("there", "B-1", day)) for day in (1, 2))]
    both = file_of(leg, ("there", "B-1", 1), ("there", "B-1", 2))
    for order in (*permutations(files), [csv, both], [both, csv]):
        found = bank(leg)
        for number, file in enumerate((*order, *order)):
            path = tmp_path / f"{number}.{'csv' if file is csv else 'xml'}"
            path.write_bytes(file)
            found.reads(path)
            if number == len(order) - 1:
                once = found.one
        (trouble,) = once.troubles
        assert trouble.text == f"{BOOKED}: there 2026-11-01 B-1, there 2026-11-02 B-1"
        assert {booking.on for booking in once.leg(leg).bookings} == {"2026-11-01", "2026-11-02"}
        assert found.one == once, "read again"


@pytest.mark.parametrize("nothing", ["NONREF", "notprovided", ""])
def test_what_a_bank_writes_for_no_reference_tells_no_booking_from_another_and_its_day_does(bank, tmp_path, nothing):
    days = [file_of(IN, ("there", nothing, day)) for day in (1, 2)]
    found = bank(IN)
    assert [good for good, _ in read(found, tmp_path, *days)] == [True, False]
    (trouble,) = found.one.troubles
    stood = found.one
    read(found, tmp_path, *days, file_of(IN, ("there", nothing, 1), ("there", nothing, 2)))
    assert (found.one, trouble.text.count("2026-11-0")) == (stood, 4), "read again, and both days in one file"


def test_a_booking_that_was_stored_under_what_a_bank_writes_for_no_reference_is_known_by_its_day(bank, tmp_path):
    found, file = bank(IN), file_of(IN, ("there", "NONREF", 1))
    read(found, tmp_path, file)
    row = json.loads(zlib.decompress(settlement_to_bytes(found.one)))
    [booking] = [booking for leg in row["legs"] for booking in leg["bookings"]]
    booking["name"] = "NONREF"
    assert settlement_from_bytes(zlib.compress(json.dumps(row).encode())) == found.one


@pytest.mark.parametrize("leg", [IN, OUT])
@pytest.mark.parametrize(
    ("days", "names"),
    [((1, 2), ("B-1", "B-1#2")), ((1, 2, 2), ("B-1", "B-1#2", "B-1#3")), ((1, 2, 1), ("B-1", "B-1#2", "B-1#3"))],
)
def test_bookings_that_were_stored_counted_over_all_days_of_a_file_are_known_when_it_is_read_again(
    bank, tmp_path, leg, days, names
):
    found, file = bank(leg), file_of(leg, *(("there", "B-1", day) for day in days))
    [(good, _)] = read(found, tmp_path, file)
    assert not good
    now = replace(found.one, troubles=())
    row = json.loads(zlib.decompress(settlement_to_bytes(now)))
    for booking, name in zip(next(one["bookings"] for one in row["legs"] if one["bookings"]), names, strict=True):
        booking["name"] = name
    of_before = settlement_from_bytes(zlib.compress(json.dumps(row).encode()))
    assert of_before == now
    found.one = of_before
    again = [file, *(file_of(leg, ("there", "B-1", day)) for day in days)]
    assert all(good for good, _ in read(found, tmp_path, *again))
    assert (found.one.leg(leg).bookings, found.one.troubles) == (now.leg(leg).bookings, ())


def test_what_stands_for_no_reference_in_a_csv_file_is_none(bank, tmp_path):
    found, path = bank(IN), tmp_path / "answer.csv"
    path.write_text(f"end_to_end_id,amount,currency,state,reference\n{IN},9.00,EUR,succeeded,NONREF\n")
    assert found.reads(path)[0]
    assert (found.one.leg(IN).reference, found.one.leg(IN).bookings) == ("", ())


@pytest.mark.parametrize("leg", [IN, OUT])
@pytest.mark.parametrize("seed", range(6))
def test_of_any_bookings_either_all_orders_end_alike_or_all_are_a_trouble(bank, tmp_path, leg, seed):
    rng = random.Random(seed)
    names = [("there", "B-1", 1), ("back", "B-2", 2), ("there", "B-3", 3), ("back", "B-4", 4)]
    bookings = rng.sample(names, rng.randint(1, 4))
    ends = []
    for _ in range(4):
        found = bank(leg)
        files = [file_of(leg, booking) for booking in rng.sample(bookings, len(bookings))]
        read(found, tmp_path, *files, rng.choice(files))
        ends.append(as_it_stands(found.one, leg))
    assert all(end == ends[0] for end in ends) or all(end[-1] for end in ends)


def test_a_booking_confirms_what_a_person_had_said_and_another_does_not(bank, tmp_path):
    for said_by_hand, troubles in (("", 0), ("B-1", 0), ("B-7", 1)):
        found = bank(IN)
        found.payments.tell(7, "EUR", [BankWord(IN, LegState.SUCCEEDED, said_by_hand)], "ann")
        read(found, tmp_path, file_of(IN, ("there", "B-1", 1)))
        assert (found.one.leg(IN).state, len(found.one.troubles)) == (LegState.SUCCEEDED, troubles)


def test_csv_lines_with_references_are_bookings_too(bank, tmp_path):
    head = "end_to_end_id,amount,currency,state,reference\n"
    rows = {"there": f"{IN},9.00,EUR,succeeded,B-1\n", "back": f"{IN},9.00,EUR,returned,B-2\n"}
    for order in permutations(rows.values()):
        found = bank(IN)
        for number, row in enumerate((*order, *order)):
            path = tmp_path / f"{number}.csv"
            path.write_text(head + row)
            assert found.reads(path)[0]
        assert as_it_stands(found.one, IN)[::4] == (LegState.RETURNED, [])
    path.write_text(f"{head}{IN},9.00,EUR,succeeded,B-3\n")
    assert not found.reads(path)[0]


def test_a_settlement_that_was_stored_before_bookings_were_noted_reads(bank):
    one = bank(IN).one
    row = json.loads(zlib.decompress(settlement_to_bytes(one)))
    for leg in row["legs"]:
        del leg["bookings"]
    assert settlement_from_bytes(zlib.compress(json.dumps(row).encode())) == one
