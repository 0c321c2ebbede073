"""Entries as items: nothing lost, nothing unreadable accepted, small, and sealed against change."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.capacity import item_bytes
from shared.kernel.clock import DAY_MS
from shared.ledger.audit import check_history
from shared.ledger.codec import entry_from_item, entry_to_item
from shared.ledger.errors import BrokenJournalError, MalformedEntryError
from shared.ledger.model import POINTS, Lot
from shared.ledger.packing import pack_lots, unpack_lots
from shared.ledger.service import Ledger
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal
from tests.unit.ledger.commands import earn, enrol, redeem

lots = st.lists(
    st.builds(
        Lot,
        issuer=st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=20),
        expiry_month=st.integers(24_000, 25_000),
        quantity=st.integers(0, 10**12),
        unit=st.sampled_from((POINTS, "USD", "EUR")),
    ),
    min_size=1,
    max_size=40,
).map(tuple)


@given(lots)
def test_packed_lots_read_back_as_they_were(given_lots):
    assert unpack_lots(pack_lots(given_lots)) == given_lots


@given(st.binary(max_size=40))
def test_bytes_that_are_no_lots_are_refused_by_name_or_read_without_a_crash(raw):
    try:
        unpack_lots(raw)
    except MalformedEntryError:
        return


def _history(days_of_visits=3):
    clock = FakeClock()
    journal = FakeJournal()
    ledger = Ledger(journal, clock, sleep=lambda _: None)
    ledger.apply(enrol("join", clock()))
    for day in range(days_of_visits):
        ledger.apply(earn(f"e{day}", clock()))
        clock.advance(days=1)
    ledger.apply(redeem("r", clock(), points=150))
    return list(ledger.history("0000000042"))


def test_every_kind_of_entry_reads_back_as_it_was():
    for entry in _history():
        assert entry_from_item(entry_to_item(entry)) == entry


@pytest.mark.parametrize(
    "damage",
    [
        lambda item: item.pop("op"),
        lambda item: item.update(op={"S": "conjure"}),
        lambda item: item.update(v={"N": "99"}),
        lambda item: item.update(pk={"S": "X#1"}),
        lambda item: item.update(rec={"B": b"short"}),
        lambda item: item.update(at={"S": "yesterday"}),
    ],
)
def test_a_damaged_item_is_refused_as_malformed(damage):
    item = entry_to_item(_history()[1])
    damage(item)
    with pytest.raises(MalformedEntryError):
        entry_from_item(item)


def test_an_honest_history_passes_the_check():
    assert check_history(_history()) == 5


@pytest.mark.parametrize(
    "forge",
    [
        lambda entry: replace(entry, points=entry.points + 1),
        lambda entry: replace(entry, partner="mallory"),
        lambda entry: replace(entry, visit=not entry.visit),
        lambda entry: replace(entry, occurred_at_ms=entry.occurred_at_ms - 1),
        lambda entry: replace(entry, account=replace(entry.account, lots=())),
    ],
)
def test_any_altered_entry_breaks_the_chain(forge):
    history = _history()
    history[1] = forge(history[1])
    with pytest.raises(BrokenJournalError, match="0000000042-2"):
        check_history(history)


def test_a_removed_entry_breaks_the_history():
    history = _history()
    del history[2]
    with pytest.raises(BrokenJournalError):
        check_history(history)


def test_an_ordinary_account_fits_one_write_unit():
    """24 months x 3 issuers of lots, 30 visits in 30 days: the design's ordinary account."""
    clock = FakeClock(int(datetime(2026, 1, 15, tzinfo=UTC).timestamp()) * 1000)
    ledger = Ledger(FakeJournal(), clock, sleep=lambda _: None)
    partners = ("harvest", "city-books", "northpharm")
    ledger.apply(enrol("join", clock(), partner="harvest", location="330"))
    for month in range(24):
        for partner in partners:
            key = f"{month}-{partner}"
            ledger.apply(
                earn(key, clock(), points=90 + month, expiry_month=24_330 + month, partner=partner, location="330")
            )
        clock.advance(days=1)
    clock.advance(days=40)
    for day in range(30):
        applied = ledger.apply(earn(f"visit-{day}", clock(), points=120, receipt=f"20261115-{day:06d}", location="330"))
        clock.now_ms += DAY_MS
    account = applied.entry.account
    assert len(account.recent) == 30
    assert len(account.lots) >= 72
    assert item_bytes(entry_to_item(applied.entry)) < 1024
