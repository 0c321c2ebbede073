"""Issuing statements of closed windows: once each, window by window, by whoever comes along and however often."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from partners.contracts.model import NETWORK, Partner
from partners.lake.errors import NotInLakeError
from partners.settlement.by_party import position_in
from partners.settlement.errors import WindowNotClosedError
from partners.settlement.model import Book, GrossLine, PartnerPosition
from partners.settlement.payments.model import PaidSettlement
from partners.settlement.payments.sums import Known
from partners.settlement.statements.deposited import DepositsCounted, deposits_counted
from partners.settlement.statements.document import PublishedKey, Signer, signed
from partners.settlement.statements.errors import StatementsBeforeError
from partners.settlement.statements.files import LinesForm, Write, written
from partners.settlement.statements.lines import blocks_of, by_location, in_order, rows_of, with_fewer_blocks
from partners.settlement.statements.model import (
    Block,
    Charge,
    DepositMoves,
    Issued,
    PaidIn,
    Payment,
    Statement,
    Way,
)
from partners.settlement.statements.paid import Counted, counted, taken_untold
from partners.settlement.statements.paid_codec import counted_from_json, counted_to_json
from partners.settlement.window import HAS_POSITIONS, Window
from partners.visits.model import Line
from shared.kernel.canonical import canonical_json, digest_of, sha256_hex
from shared.kernel.clock import Clock

MOST_VISITS_BY_LINE = 50_000
"""Beyond, a statement is made from the lake: by SQL, some ten times as fast, but for the start of a database."""

Of = tuple[str, str]
"""A party and a currency."""


@dataclass(frozen=True, slots=True)
class ToCount:
    """Settlements that changed since payments were last counted; by partner, what was taken of its deposit that no
    statement told, and what was paid in.
    """

    changed: Sequence[PaidSettlement]
    untold: Mapping[str, int]
    paid_in: Mapping[str, Sequence[PaidIn]]


class ClosedWindows(Protocol):
    """See `partners.settlement.windows.Windows`."""

    def newest(self) -> Window: ...

    def window(self, number: int) -> Window: ...

    def part(self, number: int, party: str) -> Book: ...

    def lines(self, number: int, partner_id: str) -> Iterator[Line]: ...

    def visits(self, number: int, partner_id: str) -> int: ...


class Partners(Protocol):
    """See `partners.contracts.service.Contracts`."""

    def partner(self, partner_id: str) -> Partner: ...


class Settlements(Protocol):
    """See `partners.settlement.payments.store.PaymentStore`."""

    def all(self) -> list[PaidSettlement]: ...

    def get(self, window: int, currency: str) -> PaidSettlement | None: ...

    def known(self) -> Known: ...


class Ways(Protocol):
    """See `partners.settlement.payments.payees.Payees`."""

    def way(self, partner: Partner) -> Way: ...


class Deposits(Protocol):
    """See `partners.funding.deposits.Deposits`."""

    def at_rest(self, read: Callable[[], ToCount]) -> ToCount: ...

    def paid_in(self, partner_ids: Sequence[str]) -> Mapping[str, Sequence[PaidIn]]: ...


class StatementBook(Protocol):
    """See `partners.settlement.statements.store.StatementStore`."""

    def add(self, partner_id: str, issued: Issued, document: bytes) -> None: ...

    def issued(self, partner_id: str, window: int) -> Issued | None: ...

    def fix_counted(self, window: int, counted: bytes) -> bytes: ...

    def counted(self, window: int) -> bytes | None: ...

    def note_all_issued(self, window: int) -> None: ...

    def newest_issued_to_all(self) -> int: ...

    def publish(self, key: PublishedKey) -> None: ...


class Files(Protocol):
    """See `partners.settlement.statements.files_gateway.LinesFiles`."""

    def writing(self, partner_id: str, window: int, form: LinesForm) -> AbstractContextManager[Write]: ...


class Filed(Protocol):
    """See `partners.settlement.statements.filed.FiledLines`."""

    def written(self, window: int, partner_id: str, jsonl: Write, csv: Write) -> list[Block]: ...


def _always() -> bool:
    return True


class Issuing:
    """Use cases of issuing. Every method may raise StoreUnavailableError; asking again goes on.

    The statements of a window are issued in steps: the payments that they count are fixed, for all at once; the key is
    published; then for each partner the files of its lines are written, and the signed statement. All of it follows
    from what is fixed, so who finds a step half done does it again to the same end, and what is done stays.
    """

    def __init__(
        self,
        store: StatementBook,
        windows: ClosedWindows,
        partners: Partners,
        settlements: Settlements,
        deposits: Deposits,
        ways: Ways,
        files: Files,
        filed: Filed,
        signer: Signer,
        network_name: str,
        clock: Clock,
    ) -> None:
        self._store = store
        self._windows = windows
        self._partners = partners
        self._settlements = settlements
        self._deposits = deposits
        self._ways = ways
        self._files = files
        self._filed = filed
        self._signer = signer
        self._network_name = network_name
        self._clock = clock

    def work(self, time_left: Callable[[], bool] = _always) -> int | None:
        """Issue all statements of closed windows that are missing, as long as there is `time_left` for another.

        Returns the newest window of which all are there, None if there is none.
        """
        done = self._store.newest_issued_to_all()
        newest = self._windows.newest().number
        while done + 1 < newest and self._windows.window(done + 1).state in HAS_POSITIONS:
            if not self.issue(done + 1, time_left):
                break
            done += 1
        return done or None

    def waiting_for_ms(self) -> int:
        """How long ago the oldest window closed of which statements are missing; 0 if there is none."""
        oldest = self._store.newest_issued_to_all() + 1
        if oldest >= self._windows.newest().number:
            return 0
        closed_at_ms = self._windows.window(oldest).closed_at_ms
        return 0 if closed_at_ms is None else max(0, self._clock() - closed_at_ms)

    def issue(self, number: int, time_left: Callable[[], bool] = _always) -> bool:
        """Issue the statements of all partners in a closed window; those that are there stay as they are.

        True if all are there; False without time, or if the lake lacks lines that are too many for another way.
        Raises UnknownWindowError, WindowNotClosedError, and StatementsBeforeError if those of the window before are to
        be issued first.
        """
        window = self._windows.window(number)
        if window.state not in HAS_POSITIONS:
            raise WindowNotClosedError(number, window.state.value)
        if self._store.newest_issued_to_all() < number - 1:
            raise StatementsBeforeError(number - 1)
        fixed = self._fixed(window)
        self._store.publish(self._signer.key())
        payments = fixed.by_party()
        for party in window.parties:
            if party == NETWORK or self._store.issued(party, number) is not None:
                continue
            if not time_left():
                return False
            try:
                self._issue(window, fixed, self._partners.partner(party), payments)
            except NotInLakeError:
                return False
        self._store.note_all_issued(number)
        return True

    def _fixed(self, window: Window) -> Counted:
        """The payments that the window's statements count, fixed by whoever comes first."""
        number = window.number
        standing = self._store.counted(number)
        if standing is None:
            before = self._recall(number - 1) if number > 1 else None
            now_there = self._deposits.at_rest(lambda: self._to_count(window, before))
            now = counted(number, self._clock(), now_there.changed, before, self._recall)
            deposits = deposits_counted(
                number,
                now_there.paid_in,
                before.deposits if before else None,
                now_there.untold,
                lambda earlier: self._recall(earlier).deposits or DepositsCounted(),
            )
            fixed = replace(now, deposits=deposits, ways=self._agreed_ways(window))
            standing = self._store.fix_counted(number, counted_to_json(fixed))
        return counted_from_json(standing)

    def _agreed_ways(self, window: Window) -> dict[str, Way]:
        """How each partner's position is paid, and since when it is due."""
        partners = [self._partners.partner(party) for party in window.parties if party != NETWORK]
        settled = {one.currency: self._settlements.get(window.number, one.currency) for one in partners}
        due_at_ms = {currency: one.due_at_ms for currency, one in settled.items() if one is not None}
        return {one.partner_id: replace(self._ways.way(one), due_at_ms=due_at_ms.get(one.currency)) for one in partners}

    def _to_count(self, window: Window, before: Counted | None) -> ToCount:
        # Settlements first: what one of them took from a deposit was paid in before.
        changed = self._changed(before)
        told_nothing = before is not None and before.deposits is None
        untold = taken_untold(self._settlements.all(), before, self._recall) if told_nothing else {}
        return ToCount(changed, untold, self._deposits.paid_in([one for one in window.parties if one != NETWORK]))

    def _changed(self, before: Counted | None) -> list[PaidSettlement]:
        """The settlements that are others than when payments were last counted, by window and currency."""
        known = self._settlements.known()
        unfinished = {one.settlement_id: one for one in known.unfinished}
        found = []
        for one in known.sums:
            last = before.seen.get(one.settlement_id) if before else None
            if last is None or last.version != one.version:
                found.append(unfinished.get(one.settlement_id) or self._settlements.get(one.window, one.currency))
        return [one for one in found if one is not None]

    def _recall(self, number: int) -> Counted:
        fixed = self._store.counted(number)
        if fixed is None:
            raise StatementsBeforeError(number)
        return counted_from_json(fixed)

    def _issue(
        self,
        window: Window,
        fixed: Counted,
        partner: Partner,
        payments: Mapping[Of, tuple[Payment, ...]],
    ) -> None:
        party, blocks, at_ms = partner.partner_id, self._written(window.number, partner.partner_id, fixed), fixed.at_ms
        # Who was a party of the window before has a statement of it: all of them were issued.
        before = self._store.issued(party, window.number - 1)
        part = self._windows.part(window.number, party)
        position = position_in(part, partner.currency) or PartnerPosition(party, (), 0, 0)
        statement = Statement(
            number=before.number + 1 if before else 1,
            partner_id=party,
            partner_name=partner.name,
            network_name=self._network_name,
            window=window.number,
            opens_at_ms=window.begins_at_ms,
            closes_at_ms=window.end_ms,
            issued_at_ms=at_ms,
            currency=partner.currency,
            opening_cents=before.closing_cents if before else 0,
            payments=payments.get((party, partner.currency), ()),
            net_cents=position.net_cents,
            net_micros=position.net_micros,
            charges=tuple(_charge(line) for line in position.lines),
            blocks=with_fewer_blocks(blocks),
            locations=by_location(blocks),
            previous_sha256=before.sha256 if before else None,
            deposit=_moves(party, fixed.deposits, before),
            way=fixed.ways.get(party) if fixed.ways is not None else None,
        )
        document = signed(statement, self._signer)
        kept = canonical_json(document)
        issued = Issued(
            window=window.number,
            number=statement.number,
            sha256=sha256_hex(document["statement"]),
            closing_cents=statement.closing_cents,
            currency=statement.currency,
            issued_at_ms=at_ms,
            document_sha256=digest_of(kept),
            deposit_cents=statement.deposit_closing_cents,
        )
        self._store.add(party, issued, kept)

    def _written(self, number: int, party: str, fixed: Counted) -> list[Block]:
        """The blocks of a partner's lines, which are in its files by then. Raises NotInLakeError.

        A version that told no ways told no months either, and may be at work on the same files still.
        """
        with (
            self._files.writing(party, number, LinesForm.JSONL) as jsonl,
            self._files.writing(party, number, LinesForm.CSV) as csv,
        ):
            if self._windows.visits(number, party) > MOST_VISITS_BY_LINE:
                return self._filed.written(number, party, jsonl, csv)
            rows = rows_of(in_order(self._windows.lines(number, party)), months=fixed.ways is not None)
            return list(blocks_of(written(rows, party, number, jsonl, csv)))


def _moves(party: str, counted_: DepositsCounted | None, before: Issued | None) -> DepositMoves | None:
    """None if what the window's statements count was fixed when they told nothing of deposits."""
    if counted_ is None:
        return None
    told = before.deposit_cents if before else 0
    opening = counted_.opening.get(party, 0) if told is None else told
    in_order = sorted(counted_.moved.get(party, ()), key=lambda one: (one.at_ms, one.payment_id))
    return DepositMoves(opening, tuple(in_order))


def _charge(line: GrossLine) -> Charge:
    return Charge(
        kind=line.kind,
        issuer=line.issuer,
        acceptor=line.acceptor,
        price_micros=line.price_micros,
        quantity=line.quantity,
        amount_micros=line.amount_micros,
        rate_bps=line.rate_bps,
        reference=line.reference,
    )
