"""Which card each line of a file stands on: a key counts on one card, in all of a partner's files.

The ledger knows the keys of each account and would not notice a key on two of them. So the card is noted before a line
is recorded, and the note holds once it was. Who is at work on a line is noted with it, for another card may have the
key only when nobody is at it any more and nothing came of it. A process that died leaves its name there: after
LEASE_MS it is gone for certain, and the ledger says what it has done.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from partners.connectors.errors import EventBusyError, KeyOfAnotherCardError
from partners.connectors.words import LEASE_MS
from shared.kernel.clock import Clock
from shared.kernel.errors import TesseraError, UnavailableError
from shared.kernel.ids import RandomBytes, base32, digest

ATTEMPTS = 5

MadeUnder = Callable[[str, str, str], bool]
"""Whether a partner's key ever took effect on a card; see `partners.till.receipts.ReceiptReturns.made_under`."""

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class LineCard:
    """The card of a line, as a hash. `number` is the card itself, until it is `settled` that the line counts on it.

    `runs` are at work on it, the last of them since `noted_at_ms`. `version` counts the changes.
    """

    card: str
    number: str = ""
    runs: frozenset[str] = frozenset()
    noted_at_ms: int = 0
    settled: bool = False
    version: int = 0

    @property
    def is_free(self) -> bool:
        """Whether the key may go to any card: all who worked on the line have said that nothing came of it."""
        return not self.settled and not self.runs

    def held_by(self, run: str, number: str, now_ms: int) -> "LineCard":
        return replace(self, number=number, runs=self.runs | {run}, noted_at_ms=now_ms, version=self.version + 1)

    def without(self, run: str) -> "LineCard":
        """What stands when a run has ended without effect. The card is forgotten with the last one."""
        runs = self.runs - {run}
        return replace(self, number=self.number if runs else "", runs=runs, version=self.version + 1)

    def kept(self) -> "LineCard":
        return replace(self, number="", runs=frozenset(), settled=True, version=self.version + 1)


class LineBook(Protocol):
    """What is kept of lines; see `partners.connectors.store.ConnectorStore`."""

    def line_card(self, partner_id: str, idempotency_key: str) -> LineCard | None: ...

    def change_line_card(self, partner_id: str, idempotency_key: str, after: LineCard, now_ms: int) -> bool: ...


class LineCards:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, book: LineBook, made_under: MadeUnder, clock: Clock, random: RandomBytes) -> None:
        self._book = book
        self._made_under = made_under
        self._clock = clock
        self._random = random

    def on_one_card(self, partner_id: str, idempotency_key: str, number: str, act: Callable[[], Done]) -> Done:
        """What `act` answers, which records the line on the card of this `number`.

        Raises what `act` raises, KeyOfAnotherCardError if the line counts on another card, EventBusyError if somebody
        may be about to record it there.
        """
        run, line = base32(self._random(10)), (partner_id, idempotency_key)
        held = self._hold(line, number, run)
        if held.settled:
            return act()
        try:
            done = act()
        except UnavailableError:
            # It may have taken effect.
            raise
        except TesseraError:
            self._end(line, held, run, LineCard.without)
            raise
        self._end(line, held, run, lambda known, _run: known.kept())
        return done

    def _hold(self, line: tuple[str, str], number: str, run: str) -> LineCard:
        card = base32(digest("card of line", *line, number))
        for _ in range(ATTEMPTS):
            known, now_ms = self._book.line_card(*line), self._clock()
            if known is None:
                after = LineCard(card).held_by(run, number, now_ms)
            elif known.is_free:
                after = LineCard(card, version=known.version).held_by(run, number, now_ms)
            elif known.card == card:
                if known.settled:
                    return known
                after = known.held_by(run, number, now_ms)
            elif known.settled:
                raise KeyOfAnotherCardError(line[1])
            elif now_ms - known.noted_at_ms < LEASE_MS:
                raise EventBusyError
            elif self._made_under(*line, known.number):
                after = known.kept()
            else:
                after = LineCard(card, version=known.version).held_by(run, number, now_ms)
            if self._book.change_line_card(*line, after, now_ms) and run in after.runs:
                return after
        raise EventBusyError

    def _end(self, line: tuple[str, str], held: LineCard, run: str, ended: Callable[[LineCard, str], LineCard]) -> None:
        """Note how a run has ended, unless others have settled it."""
        known: LineCard | None = held
        for _ in range(ATTEMPTS):
            if known is None or known.settled or run not in known.runs:
                return
            if self._book.change_line_card(*line, ended(known, run), self._clock()):
                return
            known = self._book.line_card(*line)
        raise EventBusyError
