"""What a race, an outage or a full case does."""

from dataclasses import replace
from typing import Any

import pytest

from partners.adjustments.errors import UnknownAdjustmentError
from partners.adjustments.model import Adjustment, AdjustmentState
from partners.cases.codec import case_from_json, case_to_json
from partners.cases.corrections import UNKNOWN_FOR_MS, Corrections
from partners.cases.errors import CaseFullError, CorrectionUnderWayError, InvalidDueDateError
from partners.cases.model import MOST_STEPS, RESERVED_STEPS, Case, CaseState, Quantities, Side, Subject, Wanted
from partners.cases.service import Cases
from partners.cases.store import CaseStore
from partners.contracts.errors import NoTermsInForceError, NotInThisStateError
from partners.contracts.life import New, PartnerState, check_new
from shared.kernel.clock import DAY_MS
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDB

CARD = "9770000000000013"


class Adjustments:
    """Adjustments that can be out of reach, as the cases know them."""

    def __init__(self) -> None:
        self.rows: dict[str, Adjustment] = {}
        self.down = False

    def propose_as_asked(self, operator: str, key: str, asked: Any) -> Any:
        if self.down:
            raise StoreUnavailableError("test")
        raise AssertionError("not asked in these tests")

    def check(self, operator: str, asked: Any) -> None:
        pass

    def get(self, adjustment_id: str) -> Adjustment:
        if adjustment_id not in self.rows:
            raise UnknownAdjustmentError(adjustment_id)
        return self.rows[adjustment_id]


class Office:
    def __init__(self) -> None:
        rows: Any = FakeDynamoDB()
        anyone: Any = self
        self.clock, self.adjustments = FakeClock(), Adjustments()
        self.store = CaseStore(rows, "settlement")
        self.told: list[Case] = []
        corrections = Corrections(self.adjustments, anyone, anyone, self.clock)
        self.cases = Cases(self.store, anyone, anyone, corrections, self.told.append, self.clock)

    state = PartnerState.SUSPENDED

    def check_new(self, partner_id: str, new: New) -> None:
        check_new(partner_id, self.state, new)

    def terms_at(self, partner_id: str, at_ms: int) -> Any:
        raise NoTermsInForceError(partner_id, at_ms)

    def card(self, number: str) -> Any:
        return self

    member = "0000000001"

    def open(self, key: str = "k") -> Case:
        return self.cases.open("alpha", "key1", key, Subject(), Quantities(points=5), "Five are missing.").case


@pytest.fixture
def office() -> Office:
    return Office()


def test_of_two_who_open_at_once_each_gets_a_number(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = office.store.newest
    racing = iter(["first"])

    def overtaken(*asked: Any) -> list[Case]:
        found = newest(*asked)
        for key in racing:
            office.open(key)
        return found

    monkeypatch.setattr(office.store, "newest", overtaken)
    assert office.open("second").number == 2
    assert [case.number for case in newest("alpha", 99, 9)] == [2, 1]


def test_a_change_that_lost_its_race_is_decided_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case = office.open()
    get = office.store.get
    reads: list[int] = []

    def stale(partner_id: str, number: int) -> Case | None:
        found = get(partner_id, number)
        if not reads:
            reads.append(number)
            office.cases.withdraw("alpha", case.number, "key1", "Found them.")
        return found

    monkeypatch.setattr(office.store, "get", stale)
    with pytest.raises(Exception, match="This case is withdrawn"):
        office.cases.take_up("alpha", case.number, "ann", None)
    assert get("alpha", 1).state is CaseState.WITHDRAWN  # type: ignore[union-attr]


def test_an_adjustment_that_was_noted_and_never_made_holds_the_case_for_a_while(office: Office) -> None:
    office.open()
    office.adjustments.down = True
    with pytest.raises(StoreUnavailableError):
        office.cases.adjust("alpha", 1, "ann", "a", Wanted(5, card_number=CARD), "Case 1")
    with pytest.raises(CorrectionUnderWayError):
        office.cases.refuse("alpha", 1, "bob", "No.")
    office.clock.advance(ms=UNKNOWN_FOR_MS)
    assert office.cases.refuse("alpha", 1, "bob", "No.").state is CaseState.REFUSED


@pytest.mark.parametrize("state", [AdjustmentState.PROPOSED, AdjustmentState.APPLIED])
def test_a_case_does_not_end_beside_its_adjustment(office: Office, state: AdjustmentState) -> None:
    case = office.open()
    row = Adjustment("adj", "0000000001", "alpha", 5, 1, "Case 1", "ann", 1, state)
    office.adjustments.rows["adj"] = row
    office.store.replace(replace(case, adjustment_id="adj", version=2))
    office.clock.advance(days=1)
    with pytest.raises(CorrectionUnderWayError):
        office.cases.withdraw("alpha", 1, "key1", "Found them.")
    office.adjustments.rows["adj"] = replace(row, state=AdjustmentState.REJECTED)
    assert office.cases.withdraw("alpha", 1, "key1", "Found them.").state is CaseState.WITHDRAWN


def test_a_full_case_can_still_be_ended(office: Office) -> None:
    office.open()

    def comment(number: int) -> None:
        office.cases.comment("alpha", 1, Side.PARTNER, "key1", f"c{number}", "Hello?")

    for number in range(MOST_STEPS - RESERVED_STEPS - 1):
        comment(number)
    with pytest.raises(CaseFullError):
        comment(MOST_STEPS)
    assert office.cases.refuse("alpha", 1, "ann", "No.").state is CaseState.REFUSED


@pytest.mark.parametrize("days", [0, -1, 181])
def test_a_case_is_due_within_half_a_year(office: Office, days: int) -> None:
    office.open()
    with pytest.raises(InvalidDueDateError):
        office.cases.take_up("alpha", 1, "ann", office.clock() + days * DAY_MS)


def test_a_repeated_request_tells_again_what_may_have_been_lost(office: Office) -> None:
    office.open()
    office.open()
    office.cases.withdraw("alpha", 1, "key1", "Found them.")
    office.cases.withdraw("alpha", 1, "key1", "Found them.")
    assert [case.version for case in office.told] == [1, 1, 2, 2]


def test_a_case_reads_as_it_was_written(office: Office) -> None:
    case = replace(office.open(), agreed=Quantities(1, 2, 3), subject=Subject(7, "0000000001-3", 3, 9))
    assert case_from_json("alpha", 1, 1, case_to_json(case)) == case


def test_a_case_of_before_terms_said_how_long_has_fourteen_days(office: Office) -> None:
    case = office.open()
    before = case_to_json(case).replace(',"answer_days":14', "")
    assert case_from_json("alpha", 1, 1, before) == case
    assert "answer_days" not in before


def test_of_who_is_closed_a_difference_gets_no_case_but_the_one_it_has(office: Office) -> None:
    def dispute(difference: str) -> Case:
        return office.cases.open_for_difference("alpha", "key1", difference, Subject(), Quantities(points=5), "d").case

    known = dispute("a")
    office.state = PartnerState.CLOSED
    assert dispute("a") == known
    with pytest.raises(NotInThisStateError):
        dispute("b")


def test_a_case_that_was_left_open_when_its_partner_was_closed_is_not_corrected_but_refused(office: Office) -> None:
    office.open()
    office.state = PartnerState.CLOSED
    with pytest.raises(NotInThisStateError):
        office.cases.adjust("alpha", 1, "ann", "a", Wanted(5, card_number=CARD), "Case 1")
    assert office.cases.refuse("alpha", 1, "bob", "It is closed.").state is CaseState.REFUSED
