"""Open cases are found by their marks, and are the same as if all cases were read."""

import random
from types import SimpleNamespace
from typing import Any

import pytest

from partners.cases.listing import COMPARED_EVERY_MS
from partners.cases.model import Case, Mark, Quantities, Subject
from partners.cases.store import OPEN, CaseStore
from shared.kernel.clock import DAY_MS
from shared.kernel.errors import TesseraError
from tests.fakes.dynamodb import FakeDynamoDB
from tests.unit.partners.cases.test_cases import Office

PARTNERS = ["alpha", "beta-market", "beta"]


class Counter(FakeDynamoDB):
    """Counts the cases that are read."""

    read = 0

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        answer = super()._make_api_call(operation_name, api_params)
        items = answer.get("Items", [answer["Item"]] if "Item" in answer else [])
        self.read += sum(item["pk"]["S"].startswith("CASES#") for item in items)
        return answer


@pytest.fixture
def office() -> Office:
    office = Office()
    office.rows = Counter()  # type: ignore[attr-defined]
    office.cases._book = office.store = CaseStore(office.rows, "settlement")  # type: ignore[attr-defined]
    office.partners = lambda: [SimpleNamespace(partner_id=one) for one in PARTNERS]  # type: ignore[attr-defined]
    return office


def rows_of(office: Office) -> Counter:
    found: Counter = office.rows  # type: ignore[attr-defined]
    return found


def everything(office: Office) -> list[Case]:
    return [case for partner_id in PARTNERS for case in office.store.newest(partner_id, 99_999_999, 99)]


def listed(office: Office, limit: int, *, overdue: bool) -> list[tuple[str, int]]:
    found, after = [], None
    while True:
        page = office.cases.unended(overdue=overdue, after=after, limit=limit)
        assert len(page.cases) <= limit
        found += [(case.partner_id, case.number) for case in page.cases]
        after = page.next
        if after is None:
            return found


def check(office: Office, limit: int) -> None:
    now_ms = office.clock()
    cases = sorted(everything(office), key=lambda case: (case.partner_id, -case.number))
    for overdue in (False, True):
        wanted = [one for one in cases if (one.overdue_at(now_ms) if overdue else one.unended)]
        assert listed(office, limit, overdue=overdue) == [(one.partner_id, one.number) for one in wanted]
    assert office.cases.overdue_count() == sum(one.overdue_at(now_ms) for one in cases)


def anything(rng: random.Random, office: Office, key: str) -> None:
    partner_id, number = rng.choice(PARTNERS), rng.randint(1, 6)
    acts = [
        lambda: office.cases.open(partner_id, "key1", key, Subject(), Quantities(points=5), "Five are missing."),
        lambda: office.cases.take_up(partner_id, number, "ann", office.clock() + rng.randint(1, 9) * DAY_MS),
        lambda: office.cases.ask(partner_id, number, "ann", "Which receipt?", None),
        lambda: office.cases.withdraw(partner_id, number, "key1", "Found them."),
        lambda: office.cases.refuse(partner_id, number, "ann", "No."),
    ]
    try:
        rng.choice(acts)()
    except TesseraError:
        return


@pytest.mark.parametrize("seed", range(4))
def test_open_and_overdue_cases_are_those_of_all_cases_whatever_becomes_of_them(office: Office, seed: int) -> None:
    rng = random.Random(seed)
    if seed % 2:
        office.cases.compare_marks()
    for number in range(60):
        anything(rng, office, str(number))
        office.clock.advance(ms=rng.randrange(3 * DAY_MS))
        if number % 6 == 0:
            check(office, rng.randint(1, 4))
        if number == 30:
            assert office.cases.compare_marks() == 0
    open_cases = [Mark(one.partner_id, one.number, one.due_at_ms) for one in everything(office) if one.unended]
    assert sorted(office.store.marks().of.values(), key=str) == sorted(open_cases, key=str) != []
    check(office, 3)


def test_cases_of_before_are_marked_once_and_what_an_earlier_version_does_meanwhile_within_a_week(
    office: Office,
) -> None:
    for number in range(4):
        office.open(str(number))
    office.cases.withdraw("alpha", 2, "key1", "Found them.")
    rows = rows_of(office).tables["settlement"]
    for key in [key for key in rows if key[0] == OPEN]:
        del rows[key]
    check(office, 9)
    assert office.cases.compare_marks() == 3
    check(office, 9)
    ended, del_mark = (OPEN, "alpha#00000002"), (OPEN, "alpha#00000001")
    rows[ended] = {**rows[del_mark], "sk": {"S": ended[1]}}
    check(office, 9)
    del rows[del_mark]
    assert office.cases.compare_marks() == 0, "not every time"
    office.clock.advance(ms=COMPARED_EVERY_MS)
    assert office.cases.compare_marks() == 2
    check(office, 9)


def test_counting_what_is_overdue_reads_overdue_cases_alone(office: Office) -> None:
    office.cases.compare_marks()
    for number in range(9):
        office.open(str(number))
    for number in range(3, 10):
        office.cases.refuse("alpha", number, "ann", "No.")
    office.cases.take_up("alpha", 1, "ann", office.clock() + 30 * DAY_MS)
    office.clock.advance(days=15)
    rows_of(office).read = 0
    assert office.cases.overdue_count() == 1
    assert rows_of(office).read == 1
