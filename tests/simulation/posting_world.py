"""A stream with its deliveries, as unkind as AWS allows, around the real posting service."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from partners.visits.lines import added, line_of, recount
from partners.visits.model import START, Page
from partners.visits.posting import DECIDED_AFTER_MS, Posting
from partners.visits.stream import padded, read_batch
from shared.kernel.clock import DAY_MS, utc_day
from shared.ledger.codec import entry_to_item
from shared.ledger.model import Entry
from tests.fakes.clock import FakeClock
from tests.fakes.page_book import FakeDeadLetters, FakePageBook
from tests.support.entries import NOON_MS, random_book, record_of_item
from tests.support.workers import FaultRates, Worker, WorkersBook, WorkersDeadLetters

DAYS = 2
PARTNERS = ["harvest", "city-market", "northpharm", "greenleaf"]


@dataclass
class Shard:
    """What one shard will deliver. `poison` are the places of records that today's code can't read."""

    name: str
    entries: list[Entry]
    numbers: list[str]
    poison: set[int]

    def event(self, start: int, end: int, *, new_code: bool) -> dict[str, Any]:
        records = []
        for place in range(start, end):
            item = entry_to_item(self.entries[place])
            if place in self.poison and not new_code:
                item["v"] = {"N": "99"}
            records.append(record_of_item(item, self.numbers[place]))
        return {"Records": records, "shardId": self.name}


@dataclass
class Reader:
    """One event source mapping at one shard: delivers in order, from its checkpoint, until it succeeds."""

    shard: Shard
    checkpoint: int = 0
    end: int = 0
    worker: Worker | None = None

    @property
    def finished(self) -> bool:
        return self.checkpoint == len(self.shard.entries)


@dataclass
class World:
    """One run. All that is random comes from `seed`. `book` is a page book; its partners are `partners`."""

    seed: int
    book: Any = field(default_factory=FakePageBook)
    partners: list[str] = field(default_factory=lambda: list(PARTNERS))
    rates: FaultRates | None = None
    letters: FakeDeadLetters = field(default_factory=FakeDeadLetters)
    given_up: list[tuple[Shard, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.clock = FakeClock()
        if self.rates is None:
            self.rates = FaultRates(*(self.rng.choice([0, 0.03, 0.15]) for _ in range(3)))
        self.zombie_chance = self.rng.choice([0, 0.1, 0.4])
        self.gives_up_chance = self.rng.choice([0, 0, 0.1])
        self.poison_chance = self.rng.choice([0, 0, 0.1])
        self.shards = [self._shard(number) for number in range(self.rng.choice([1, 1, 2]))]
        self.zombies: list[Worker] = []

    def run(self) -> None:
        """Deliver everything, then let old batches come again, then redrive what had been set aside."""
        mappings = self.rng.choice([1, 1, 2])
        readers = [Reader(shard) for shard in self.shards for _ in range(mappings)]
        while not all(reader.finished for reader in readers):
            self._advance([reader for reader in readers if not reader.finished])
        for _ in range(self.rng.randrange(4)):
            self._start_zombie()
        if not self.gives_up_chance and not self.poison_chance:
            self._finish_zombies()
        self._redrive()
        self._finish_zombies()

    def _advance(self, readers: list[Reader]) -> None:
        if self.zombies and self.rng.random() < 0.3:
            self._step_zombie()
            return
        reader = self.rng.choice(readers)
        if reader.worker is None:
            reader.end = min(len(reader.shard.entries), reader.checkpoint + self.rng.randrange(1, 12))
            reader.worker = self._delivery(reader.shard, reader.checkpoint, reader.end)
        reader.worker.step()
        if not reader.worker.done and self.rng.random() < self.zombie_chance * 0.2:
            # The mapping takes it for dead and delivers anew, while it still runs.
            self.zombies.append(reader.worker)
            reader.worker = None
        elif reader.worker.done:
            self._settle(reader, reader.worker)

    def _settle(self, reader: Reader, worker: Worker) -> None:
        reader.worker = None
        assert worker.error is None, worker.error
        failed_from = reader.checkpoint if worker.died else self._first_failed(reader.shard, worker)
        if failed_from is None:
            reader.checkpoint = reader.end
        elif self.rng.random() < self.gives_up_chance:
            self.given_up += [(reader.shard, place) for place in range(failed_from, reader.end)]
            reader.checkpoint = reader.end
        else:
            reader.checkpoint = failed_from

    def _first_failed(self, shard: Shard, worker: Worker) -> int | None:
        number = worker.result.first_failed
        return None if number is None else shard.numbers.index(number)

    def _delivery(self, shard: Shard, start: int, end: int) -> Worker:
        event = shard.event(start, end, new_code=self.rng.random() < 0.2)
        return self._worker(lambda posting: posting.post(read_batch(event, single_shard=False)))

    def _worker(self, job: Callable[[Posting], Any]) -> Worker:
        def run(worker: Worker) -> Any:
            posting = Posting(WorkersBook(self.book, worker), WorkersDeadLetters(self.letters, worker), self.clock)
            return job(posting)

        assert self.rates is not None
        return Worker(run, random.Random(self.rng.random()), self.rates)

    def _start_zombie(self) -> None:
        """Records that were delivered successfully come again."""
        shard = self.rng.choice(self.shards)
        start = self.rng.randrange(len(shard.entries))
        self.zombies.append(self._delivery(shard, start, min(len(shard.entries), start + self.rng.randrange(1, 20))))

    def _step_zombie(self) -> None:
        zombie = self.rng.choice(self.zombies)
        zombie.step()
        if zombie.done:
            self.zombies.remove(zombie)

    def _finish_zombies(self) -> None:
        while self.zombies:
            self._step_zombie()

    def _redrive(self) -> None:
        self.clock.now_ms = max(entry.recorded_at_ms for shard in self.shards for entry in shard.entries)
        self.clock.advance(ms=DECIDED_AFTER_MS)
        by_name = {shard.name: shard for shard in self.shards}
        waiting = [
            (by_name[name], by_name[name].numbers.index(record.number)) for name, record, _ in self.letters.letters
        ]
        waiting += self.given_up
        self.rng.shuffle(waiting)
        running: list[tuple[Worker, Shard, int]] = []
        while waiting or running:
            if self.zombies and self.rng.random() < 0.3:
                self._step_zombie()
            if waiting and (not running or self.rng.random() < 0.5):
                shard, place = waiting.pop()
                running.append((self._redriver(shard, place), shard, place))
            turn = self.rng.randrange(len(running))
            worker, shard, place = running[turn]
            worker.step()
            if worker.done:
                running.pop(turn)
                if worker.died or worker.error is not None:
                    waiting.append((shard, place))

    def _redriver(self, shard: Shard, place: int) -> Worker:
        entry, number = shard.entries[place], shard.numbers[place]
        return self._worker(lambda posting: posting.post_redriven(shard.name, number, entry))

    def _shard(self, number: int) -> Shard:
        entries = random_book(self.rng, self.rng.randrange(1, 60), self.partners, days=DAYS)
        places, at = [], 0
        for _ in entries:
            at += self.rng.randrange(1, 5)
            places.append(str(at))
        poison = {place for place in range(len(entries)) if self.rng.random() < self.poison_chance}
        return Shard(f"shardId-{number}", entries, places, poison)


def all_pages(world: World) -> list[Page]:
    days = [utc_day(NOON_MS + number * DAY_MS) for number in range(DAYS + 1)]
    return [page for partner in world.partners for day in days for page in world.book.pages(partner, day)]


def check_exactly_once(world: World) -> None:
    """Every entry is in one page, every total is the recount, every chain is a list without gaps."""
    entries = [entry for shard in world.shards for entry in shard.entries]
    pages = all_pages(world)
    counted = Counter(line.entry_id for page in pages for line in page.lines)
    assert counted == Counter(entry.entry_id for entry in entries)
    by_day: defaultdict[tuple[str, str], list[Page]] = defaultdict(list)
    for page in pages:
        by_day[page.chain.partner, page.chain.day].append(page)
    for (partner, _), of_day in by_day.items():
        ids = {line.entry_id for page in of_day for line in page.lines}
        expected = recount(partner, [line_of(entry) for entry in entries if entry.entry_id in ids])
        assert added(page.totals for page in of_day) == expected
        assert all(entry.partner == partner for entry in entries if entry.entry_id in ids)
    _check_chains(world, [page for page in pages if not page.redriven])


def _check_chains(world: World, pages: list[Page]) -> None:
    sequences = {
        entry.entry_id: padded(number)
        for shard in world.shards
        for entry, number in zip(shard.entries, shard.numbers, strict=True)
    }
    ends: dict[Any, str] = {}
    for page in sorted(pages, key=lambda page: (page.chain, page.after)):
        assert page.after == ends.get(page.chain, START), "a chain has a gap or an overlap"
        assert all(page.after < sequences[line.entry_id] <= page.upto for line in page.lines)
        ends[page.chain] = page.upto
