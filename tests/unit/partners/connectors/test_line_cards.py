"""A line's key counts on one card, whoever works on it at once and wherever they die."""

from collections.abc import Callable

import pytest

from partners.connectors.errors import EventBusyError, KeyOfAnotherCardError
from partners.connectors.line_cards import LEASE_MS, LineCards
from partners.connectors.store import ConnectorStore
from shared.kernel.errors import StoreUnavailableError, TesseraError
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDB

ANN, BOB = "9770000000000001", "9770000000000002"


class DiedError(BaseException):
    """The process is gone."""


class Lines:
    """The line `k-1` of alpha, and on which cards it has earned."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.db = FakeDynamoDB()
        self.earned: set[str] = set()
        self._runs = 0
        store = ConnectorStore(self.db, "connectors")  # type: ignore[arg-type]
        self.cards = LineCards(store, lambda _partner, _key, card: card in self.earned, self.clock, self._random)

    def _random(self, count: int) -> bytes:
        self._runs += 1
        return self._runs.to_bytes(count, "big")

    def earn(self, card: str, then: Callable[[], object] = lambda: None, before: Callable[[], object] = lambda: None):
        """Record the line on a card, with something that happens before or after."""

        def act() -> str:
            before()
            self.earned.add(card)
            then()
            return card

        return self.cards.on_one_card("alpha", "k-1", card, act)

    def rows(self) -> list[dict[str, object]]:
        return list(self.db.tables["connectors"].values())


@pytest.fixture
def lines() -> Lines:
    return Lines()


def dies() -> None:
    raise DiedError


def is_out() -> None:
    raise StoreUnavailableError("the answer was lost")


def is_refused() -> None:
    raise TesseraError("no such location")


def test_the_first_card_has_the_line_and_its_number_is_kept_no_longer_than_needed(lines: Lines) -> None:
    seen: list[str] = []
    assert lines.earn(ANN, before=lambda: seen.extend(map(repr, lines.rows()))) == ANN
    assert ANN in seen[0]
    assert ANN not in repr(lines.rows())
    with pytest.raises(KeyOfAnotherCardError):
        lines.earn(BOB)
    assert (lines.earn(ANN), lines.earned) == (ANN, {ANN})


def test_a_line_that_was_refused_may_go_to_another_card_at_once(lines: Lines) -> None:
    with pytest.raises(TesseraError, match="no such location"):
        lines.earn(ANN, before=is_refused)
    assert ANN not in repr(lines.rows())
    assert lines.earn(BOB) == BOB


def test_a_process_that_died_before_it_recorded_anything_gives_the_line_free_when_it_is_surely_gone(
    lines: Lines,
) -> None:
    with pytest.raises(DiedError):
        lines.earn(ANN, before=dies)
    lines.clock.advance(ms=LEASE_MS - 1)
    with pytest.raises(EventBusyError):
        lines.earn(BOB)
    lines.clock.advance(ms=1)
    assert lines.earn(BOB) == BOB
    with pytest.raises(KeyOfAnotherCardError):
        lines.earn(ANN)


@pytest.mark.parametrize("end", [dies, is_out], ids=["died", "answer lost"])
def test_a_process_that_died_after_it_had_recorded_the_line_leaves_it_to_that_card(
    lines: Lines, end: Callable[[], object]
) -> None:
    with pytest.raises((DiedError, StoreUnavailableError)):
        lines.earn(ANN, then=end)
    lines.clock.advance(ms=LEASE_MS)
    for _ in range(2):
        with pytest.raises(KeyOfAnotherCardError):
            lines.earn(BOB)
        assert ANN not in repr(lines.rows())
    assert lines.earned == {ANN}


def test_who_is_refused_takes_the_card_from_nobody_who_is_about_to_record_it(lines: Lines) -> None:
    def meanwhile() -> None:
        with pytest.raises(TesseraError, match="no such location"):
            lines.earn(ANN, before=is_refused)
        with pytest.raises(EventBusyError):
            lines.earn(BOB)

    assert lines.earn(ANN, before=meanwhile) == ANN
    assert lines.earned == {ANN}


def test_two_may_record_the_line_on_its_card_at_once(lines: Lines) -> None:
    assert lines.earn(ANN, before=lambda: lines.earn(ANN)) == ANN
    with pytest.raises(KeyOfAnotherCardError):
        lines.earn(BOB)


@pytest.mark.parametrize(("card_before", "may"), [("none", True), ("a hash of another card", False)])
def test_rows_of_before_say_what_they_said(lines: Lines, card_before: str, may: bool) -> None:
    with pytest.raises(TesseraError, match="no such location"):
        lines.earn(ANN, before=is_refused)
    (place,) = lines.db.tables["connectors"]
    key = {name: {"S": value} for name, value in zip(("pk", "sk"), place, strict=True)}
    lines.db.tables["connectors"][place] = {**key, "card": {"S": card_before}, "run": {"S": "item/1"}}
    if may:
        assert lines.earn(BOB) == BOB
    else:
        with pytest.raises(KeyOfAnotherCardError):
            lines.earn(BOB)
