"""A small network with a history of every operation, posted into pages, and an audit of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from partners.audit.model import Check, Verdict
from partners.audit.service import Audit
from partners.visits.posting import Posting
from partners.visits.stream import read_batch
from shared.kernel.clock import DAY_MS
from shared.ledger.codec import entry_from_item, entry_to_item, seal
from shared.ledger.commands import PairCommand
from shared.ledger.decide import GENESIS
from shared.ledger.model import Entry
from shared.ledger.service import Ledger
from tests.fakes.audited import FakeAuditBook, FakeTables
from tests.fakes.clock import TickingClock
from tests.fakes.contract_book import contracts_of
from tests.fakes.journal import FakeJournal
from tests.fakes.page_book import FakeDeadLetters, FakePageBook
from tests.support.entries import record_of_item
from tests.unit.ledger.commands import (
    CASH_RATES,
    adjust,
    cancel,
    capture,
    close,
    earn,
    enrol,
    join,
    lapse,
    leave,
    pay_out,
    redeem,
    reserve,
    spend,
    take_back,
    transfer,
    void,
)

MINUTE_MS = 60_000
FAR_MS = 10**12


class World:
    def __init__(self, members: int = 3) -> None:
        self.clock = TickingClock()
        self.journal = FakeJournal()
        self.book = FakePageBook()
        self.contracts = contracts_of("alpha", "beta", clock=self.clock)
        self.ledger = Ledger(self.journal, self.clock)
        self.members = [f"{number:010d}" for number in range(42, 42 + members)]
        self.live(*self.members)
        self.post()

    def live(self, *members: str) -> None:
        """Two months of these members with every operation, over two partners and the network."""

        def apply(command: Callable[..., Any], key: str, *args: Any, **fields: Any) -> dict[str, Entry]:
            self.clock.advance(ms=MINUTE_MS)
            now_ms = self.clock.now_ms
            return {
                member: self.ledger.apply(
                    command(key, now_ms, *(arg[member] if isinstance(arg, dict) else arg for arg in args),
                            member=member, **fields)
                ).entry
                for member in members
            }  # fmt: skip

        apply(enrol, "join", partner="alpha")
        bought = apply(earn, "a", 300, partner="alpha", receipt="r-join")
        apply(earn, "b", 120, partner="beta", matures_at_ms=self.clock.now_ms + 5 * MINUTE_MS)
        apply(reserve, "h", 100, partner="beta")
        apply(capture, "c", 60, partner="beta", hold_seq=4)
        apply(reserve, "h2", 40, partner="alpha")
        apply(void, "v", partner="alpha", hold_seq=6)
        spent = apply(redeem, "x", 150, partner="beta")
        self.clock.advance(days=20)
        apply(_cancel, "xc", spent, 50)
        apply(_take_back, "ret", bought, 4_000)
        apply(earn, "e", 80, partner="alpha", matures_at_ms=self.clock.now_ms + DAY_MS)
        apply(adjust, "adj", 25)
        self.clock.advance(days=40)
        apply(lapse, "l")
        apply(earn, "e2", 10, partner="beta")

    def live_on_cashback(self) -> None:
        """What the first two members do with cashback and with each other, and the end of the second one's account."""
        ann, bob = self.members[:2]

        def apply(command: Callable[..., Any], key: str, *args: Any, **fields: Any) -> Entry:
            self.clock.advance(ms=MINUTE_MS)
            made = command(key, self.clock.now_ms, *args, **fields)
            return (self.ledger.apply_pair if isinstance(made, PairCommand) else self.ledger.apply)(made).entry

        for member in (ann, bob):
            apply(earn, f"cash-{member}", 300, member=member, rates=CASH_RATES, cashback_cents=2_000)
        bought = apply(earn, "cash-eur", 500, member=ann, partner="beta", currency="EUR", rates=CASH_RATES,
                       amount_cents=10_000, cashback_cents=200)  # fmt: skip
        spent = apply(spend, "spend", 1_500, member=ann)
        apply(cancel, "spend-back", spent, 300)
        apply(pay_out, "paid", 1_200, member=bob, minimum_cents=1_000)
        apply(spend, "spend-eur", 150, member=ann, partner="alpha", currency="EUR")
        apply(take_back, "back", bought)
        apply(transfer, "give", 40, bob, member=ann)
        apply(join, "join-bob", bob, member=ann)
        apply(leave, "part", bob, 25, member=ann)
        apply(close, "close", member=bob, forfeit=True)
        self.post()

    def post(self) -> None:
        items = sorted((self.item(m, n) for m in self.members for n in range(1, self.count(m) + 1)), key=_recorded)
        posting = Posting(self.book, FakeDeadLetters(), self.clock)
        for begin in range(0, len(items), 5):
            records = [record_of_item(item, str(begin + n + 1)) for n, item in enumerate(items[begin : begin + 5])]
            posting.post(read_batch({"Records": records, "shardId": "shard-a"}, single_shard=False))

    def count(self, member: str) -> int:
        return len(self.journal.items[member])

    def item(self, member: str, seq: int) -> dict[str, Any]:
        return self.journal.items[member][seq - 1]

    def forge(self, member: str, seq: int, **changes: Any) -> None:
        """Change an entry and seal it and all after it anew, as only someone inside could."""
        entries = [entry_from_item(item) for item in self.journal.items[member]]
        entries[seq - 1] = replace(entries[seq - 1], **changes)
        chain = GENESIS
        for place, entry in enumerate(entries):
            entries[place] = seal(entry, chain)
            chain = entries[place].account.chain
        self.journal.items[member] = [entry_to_item(entry) for entry in entries]

    def audit(self, book: FakeAuditBook | None = None, **tables: Any) -> Audit:
        fakes = FakeTables(self.journal, self.book, **tables)
        return Audit(fakes, self.journal, self.contracts, book or FakeAuditBook(), self.clock)

    def verdict(self, *, segments: int = 2, settled_for_ms: int = 0, **tables: Any) -> Verdict:
        audit = self.audit(**tables)
        run = audit.begin("run", segments=segments, settled_for_ms=settled_for_ms)
        verdict = audit.work(run, for_ms=FAR_MS)
        assert verdict is not None
        return verdict

    def found(self, **options: Any) -> list[tuple[str, Check, str]]:
        findings = self.verdict(**options).total.findings
        return [(one.subject, one.check, one.contradiction) for one in findings]


def _cancel(key: str, now_ms: int, redemption: Entry, points: int, member: str) -> Any:
    return cancel(key, now_ms, redemption, points, member=member)


def _take_back(key: str, now_ms: int, purchase: Entry, cents: int, member: str) -> Any:
    return take_back(key, now_ms, purchase, cents, member=member)


def _recorded(item: dict[str, Any]) -> tuple[int, str]:
    return int(item["at"]["N"]), item["pk"]["S"]
