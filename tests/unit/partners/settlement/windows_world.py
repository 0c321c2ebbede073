"""Windows over pages that are posted late, in any batches, and by hand; their store is the real one."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from partners.contracts.model import NETWORK, Partner
from partners.settlement.figures import issuers_of
from partners.settlement.model import Book, CurrencySettlement
from partners.settlement.payments.funded import FundingChange
from partners.settlement.rates import DayRates
from partners.settlement.replaying import WindowReplays
from partners.settlement.window_store import WindowStore
from partners.settlement.windows import Windows
from partners.visits.lines import delivered
from partners.visits.paging import redriven_page
from partners.visits.posting import Posting
from partners.visits.stream import read_batch
from shared.kernel.errors import StoreUnavailableError
from shared.ledger.model import Entry
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.lake_shelf import FakeLakeShelf
from tests.fakes.page_book import FakeDeadLetters, FakePageBook
from tests.support.entries import stream_record

HOUR_MS = 3_600_000
BEGIN_MS = int(datetime(2026, 11, 21, tzinfo=UTC).timestamp()) * 1_000
PARTNERS = ["city-market", "greenleaf", "harvest"]


class TheRates:
    """Harvest's commission and greenleaf's breakage share; city-market has neither."""

    def __init__(self, commission_bps: int = 250) -> None:
        self.commission_bps = commission_bps

    def on(self, partner_id: str, day: str) -> DayRates | None:
        commission = self.commission_bps if partner_id == "harvest" else 0
        return DayRates("USD", 5_000, commission, 3_333 if partner_id == "greenleaf" else 0)


class FakeFunding:
    """What the product's own records, by partner and reference; it fails as often as it is told."""

    def __init__(self) -> None:
        self.recorded: dict[tuple[str, str], FundingChange] = {}
        self.failures = 0

    def settle(self, change: FundingChange) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailableError("throttled")
        known = self.recorded.setdefault((change.partner_id, change.reference), change)
        assert known == change

    def paid_micros(self, partner_id: str) -> int:
        return sum(one.amount_micros for one in self.recorded.values() if one.partner_id == partner_id)


class World:
    def __init__(self) -> None:
        self.clock = FakeClock(BEGIN_MS + 12 * HOUR_MS)
        self.shelf = FakePageBook()
        self.dynamodb = FakeDynamoDB()
        self.lake = FakeLakeShelf()
        self.partners_list = [Partner(one, one.title(), "USD", BEGIN_MS + 1) for one in PARTNERS]
        self.rates = TheRates()
        self.rates_until: list[int] = []
        self._posted = Counter()

    def partners(self) -> list[Partner]:
        return self.partners_list

    def windows(self, client=None) -> Windows:
        return Windows(WindowStore(client or self.dynamodb, "settlement"), self.shelf, self, self._rates, self.clock)

    def replays(self) -> WindowReplays:
        return WindowReplays(WindowStore(self.dynamodb, "settlement"), self.shelf, self.windows(), self._rates)

    def _rates(self, until_ms: int) -> TheRates:
        self.rates_until.append(until_ms)
        return self.rates

    def post(self, entries: list[Entry], shard: str = "shard-a") -> None:
        """Post them as the next records of a shard."""
        first = self._posted[shard] + 1
        self._posted[shard] += len(entries)
        records = [stream_record(one, str(number)) for number, one in enumerate(entries, first)]
        event = {"Records": records, "shardId": shard}
        posted = Posting(self.shelf, FakeDeadLetters(), self.clock).post(read_batch(event, single_shard=False))
        assert posted.first_failed is None
        assert posted.set_aside == 0

    def post_by_hand(self, entry: Entry, shard: str = "shard-a") -> None:
        """As an entry that had been set aside, when its chain had passed it by."""
        self._posted[shard] += 1
        self.shelf.add(redriven_page(delivered(shard, f"{self._posted[shard]:040d}", entry)))

    def post_from_journal(self, entry: Entry) -> bool:
        """As an entry that an audit found to be in no page."""
        return Posting(self.shelf, FakeDeadLetters(), self.clock).post_from_journal(entry)

    def close_now(self, by: str = "key-1"):
        """Close the open window, without waiting."""
        windows = self.windows()
        open_window = windows.newest()
        windows.close(open_window.number, by)
        return windows.work(drain_ms=0)

    def held(self) -> dict[int, list[str]]:
        """The entries of every closed window."""
        windows = self.windows()
        return {
            window.number: [line.entry_id for party in window.parties for line in windows.lines(window.number, party)]
            for window in windows.windows()[:0:-1]
        }


def whole(windows: Windows, number: int) -> Book:
    """All positions of a closed window with their lines and pairs, put together from the parties' parts."""
    outline = windows.outline(number)
    currencies = []
    for settled in outline.currencies:
        positions, matrix, bilateral, mirrored = [], [], [], []
        for position in settled.positions:
            for one in windows.part(number, position.party).currencies:
                if one.currency == settled.currency:
                    positions += one.positions
                    matrix += one.matrix
                    bilateral += one.bilateral
        for issuer in issuers_of(outline) - {position.party for position in settled.positions}:
            for one in windows.part(number, issuer).currencies:
                matrix += one.matrix if one.currency == settled.currency else ()
                bilateral += one.bilateral if one.currency == settled.currency else ()
        for position in positions[:-1]:
            mirrored += [replace(line, amount_micros=-line.amount_micros) for line in position.lines]
        assert positions[-1].party == NETWORK
        positions[-1] = replace(positions[-1], lines=tuple(mirrored))
        matrix.sort(key=lambda cell: (cell.issuer, cell.acceptor))
        bilateral.sort(key=lambda pair: (pair.payer, pair.payee))
        currencies.append(CurrencySettlement(settled.currency, tuple(positions), tuple(matrix), tuple(bilateral)))
    return replace(outline, currencies=tuple(currencies))


def shuffled_late(
    rng: random.Random, entries: list[Entry], now_ms: int, late: float
) -> tuple[list[Entry], list[Entry]]:
    """What is posted by `now_ms` and what is still on its way."""
    posted, waiting = [], []
    for one in entries:
        (waiting if one.recorded_at_ms > now_ms or rng.random() < late else posted).append(one)
    return posted, waiting
