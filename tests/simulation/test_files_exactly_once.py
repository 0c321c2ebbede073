"""Lines of till files count once, bought or returned: put twice, mended, in any order, crashed at every call.

Compared at the end: what the till sold and took back, what the journals of both cards have by receipt, and what waits.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.connectors.words import Kind
from shared.kernel.errors import UnavailableError
from shared.ledger.codec import entry_from_item
from shared.ledger.model import Op
from tests.simulation.mortals import Fate, Mortal, MortalDynamoDB, ProcessDiedError
from tests.unit.partners.connectors.desk import Desk
from tests.unit.partners.connectors.lines import as_file, bought, results, returned

SOLD = {"r-k-1": 1_000, "r-k-2": 1_000, "r-k-5": 1_000, "r-k-6": 1_000, "r-k-9": 1_000}
BACK = {"r-k-3": 400, "r-k-4": 400}
PUTS = ("a.csv", "b.csv", "a.csv mended")
REDELIVERED_SECONDS = 330


class Folder:
    """A till's files, told until they are taken, and a line that delivers until it is worked on.

    The first file has a line on the wrong card (k-5) and one at a location that there is not (k-6), which comes with
    another card when it is mended; and a return (k-4) of what only the second file sells.
    """

    def __init__(self, fate: Fate) -> None:
        self.fate = fate
        self.desk = Desk()
        self.bob = self.desk.shop.enrol("bob@example.com")
        self.folder = self.desk.connect(Kind.FILE)
        self.contents = self._contents()
        self.puts = 0
        fate.other = self._other_worker
        self.desk.through(MortalDynamoDB(self.desk.db, fate), lambda inner: Mortal(inner, fate))
        self._unharmed = Desk.__new__(Desk)
        self._unharmed.__dict__.update(self.desk.__dict__)
        self._unharmed.through(self.desk.db)

    def _contents(self) -> dict[str, bytes]:
        desk, bob = self.desk, {"card_number": self.bob}
        same = [
            returned(desk, "k-3", "k-1"),
            bought(desk, "k-1"),
            bought(desk, "k-2", **bob),
            returned(desk, "k-4", "k-9", **bob),
        ]
        first = [*same, bought(desk, "k-5", **bob), bought(desk, "k-6", location_id="s9")]
        mended = [*same, bought(desk, "k-5"), bought(desk, "k-6", **bob)]
        files = first, [bought(desk, "k-9", **bob)], mended
        return {name: as_file(*lines) for name, lines in zip(PUTS, files, strict=True)}

    def go(self, puts: Sequence[str]) -> None:
        """Each file is put, and after each some of the line is worked on; who dies is started again, later."""
        for name in puts:
            self.puts += 1
            while not self._survived(lambda name=name: self._put(name)):
                pass
            self._survived(self._work_on_one)
        while self.desk.line.messages:
            self._survived(self._work_on_one)

    def retry(self) -> None:
        self._unharmed.unmapped.retry_all("alpha", self.folder.connection_id)
        self._unharmed.run()

    def recorded(self) -> tuple[Counter[tuple[str, int]], Counter[tuple[str, int]]]:
        """Receipts of purchases and of returns on both cards, with their amounts."""
        items = [item for entries in self.desk.shop.journal.items.values() for item in entries]
        entries = [entry_from_item(item) for item in items]
        sold, back = (
            Counter((one.receipt or "", one.amount_cents or 0) for one in entries if one.op is op)
            for op in (Op.EARN, Op.RETURN)
        )
        return sold, back

    def refused(self) -> list[str]:
        return [code for _, _, code in results(self.desk, self.folder, "a.csv") if code]

    def points(self) -> tuple[int, int]:
        till = self.desk.shop.till
        return till.card("alpha", self.desk.card).points_balance, till.card("alpha", self.bob).points_balance

    def _put(self, name: str) -> None:
        self.desk.put_file(self.folder, self.contents[name], name.removesuffix(" mended"), put_id=f"put-{self.puts}")

    def _work_on_one(self) -> None:
        """A message leaves the line only when it was worked on; else it comes again after a while."""
        if self.desk.line.messages:
            message = self.desk.line.messages[0]
            try:
                self.desk.work.settle(*message)
            except UnavailableError:
                self.desk.clock.advance(ms=REDELIVERED_SECONDS * 1_000)
                self.desk.line.messages.append(message)
            self.desk.line.messages.remove(message)

    def _other_worker(self) -> None:
        for message in list(self.desk.line.messages):
            with suppress(UnavailableError):
                self._unharmed.work.settle(*message)

    def _survived(self, act: Callable[[], object]) -> bool:
        self.fate.born_again()
        with suppress(ProcessDiedError):
            act()
            return True
        return False


def check(folder: Folder) -> None:
    """All is recorded once. Of k-5, on whichever card it came to first: if that was the wrong one, it waits."""
    folder.retry()
    sold, back = folder.recorded()
    assert (sold, back) == (Counter(SOLD.items()), Counter(BACK.items()))
    on_the_wrong_card = folder.refused()
    assert on_the_wrong_card in ([], ["idempotency_key_of_another_card"])
    assert folder.points() == ((30, 180) if on_the_wrong_card else (80, 130))
    assert len(folder._unharmed.queue(folder.folder)) == len(on_the_wrong_card)


@cache
def moments() -> int:
    """How many moments there are in which nobody dies."""
    folder = Folder(Fate())
    folder.go(PUTS)
    check(folder)
    return folder.fate.moments


@pytest.mark.parametrize("nth", range(4))
def test_a_process_may_die_at_any_call(nth: int, in_full: bool) -> None:
    # The end of a call is the moment before the next one begins, so every second one is enough.
    for moment in range(2 + 2 * nth, moments() + 1, 8 if in_full else 24):
        folder = Folder(Fate(dies=frozenset({moment})))
        folder.go(PUTS)
        check(folder)


@settings(max_examples=25, deadline=None)
@given(
    puts=st.lists(st.sampled_from(PUTS), max_size=4).map(lambda more: [*more, *PUTS]),
    dies=st.frozensets(st.integers(1, 300), max_size=5),
    meets=st.frozensets(st.integers(1, 300), max_size=5),
)
def test_files_put_in_any_order_and_number_with_crashes_and_races(
    puts: list[str], dies: frozenset[int], meets: frozenset[int]
) -> None:
    folder = Folder(Fate(dies, meets))
    folder.go(puts)
    check(folder)
