"""Each figure of a statement names the entries that it counts, and no more of others' entries than their ids."""

import json
from dataclasses import replace

from partners.settlement.model import GrossLine, LineKind
from partners.settlement.statements.counted_entries import quantity_in
from partners.visits.model import PAR_MICROS
from tests.unit.partners.settlement.statement_examples import earned
from tests.unit.partners.settlement.statement_office import Office
from tests.unit.partners.settlement.windows_world import PARTNERS


def all_entries(office, partner, window, charge, limit, **whose):
    explanations, after = office.explanations(), None
    while True:
        found = explanations.entries(partner, window, charge, after=after, limit=limit, **whose)
        yield from found.entries
        if found.next is None:
            return
        after = found.next


def test_the_entries_under_each_figure_sum_to_it_page_by_page():
    office = Office(seed=3, entries=60, days=2)
    office.begin()
    for days in (1, 2):
        office.pass_days(days)
    office.issuing().work()
    kinds, withheld = set(), 0
    for partner in PARTNERS:
        for window in (1, 2):
            charges = json.loads(office.statements().document(partner, window))["statement"]["charges"]
            own = {line.entry_id for line in office.windows().lines(window, partner)}
            for number, charge in enumerate(charges, 1):
                entries = list(all_entries(office, partner, window, number, limit=2))
                assert sum(one.quantity for one in entries) == charge["quantity"], charge
                whole = list(all_entries(office, partner, window, number, limit=3, for_operator=True))
                assert len({one.line.entry_id for one in whole}) == len(entries)
                assert entries == list(all_entries(office, partner, window, number, limit=1_000))
                shown = [one.line.entry_id if one.line.entry_id in own else None for one in whole]
                assert [one.line and one.line.entry_id for one in entries] == shown
                withheld += shown.count(None)
                kinds.add(charge["kind"])
    assert kinds == {"issued", "redeemed", "commission", "breakage_share"}
    assert withheld


def test_cashback_counts_by_its_issuer_and_currency():
    line = earned(7, 1, "main-st", 4_210, 210, cashback=63)
    figure = GrossLine(LineKind.CASHBACK_ISSUED, "harvest", None, PAR_MICROS, 63, -63 * PAR_MICROS)
    assert quantity_in(line, figure, "USD", {None}) == 63
    assert quantity_in(line, figure, "EUR", {None}) == 0
    assert quantity_in(line, replace(figure, kind=LineKind.CASHBACK_REDEEMED), "USD", {None}) == 0
    assert quantity_in(line, replace(figure, issuer="greenleaf"), "USD", {None}) == 0


def test_a_reading_stops_after_so_many_lines_and_goes_on_from_there(monkeypatch):
    from partners.settlement.statements import explaining

    office = Office(seed=3, entries=60, days=1)
    office.begin()
    office.pass_days(2)
    office.issuing().work()
    whole = list(all_entries(office, "harvest", 1, 1, limit=1_000))
    monkeypatch.setattr(explaining, "LONGEST_READ_LINES", 3)
    assert list(all_entries(office, "harvest", 1, 1, limit=1_000)) == whole
    assert office.explanations().entries("harvest", 1, 1, limit=1_000).next is not None
