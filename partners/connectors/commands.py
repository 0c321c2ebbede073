"""Frozen commands: carried out by any number of workers, and let go only when nothing can come of them any more.

SQS brings a message twice, and what a worker knows by heart of partners and locations may be a minute old: one may be
refused while another's same command takes effect. So whoever is at a command is noted with it. Who has the
ledger's answer writes it over whatever stands there. Who is refused lets go of the command, so that another card may
have the sale, only if nobody else is at it. A worker that died leaves its name there: after LEASE_MS it is gone for
certain, and the ledger says what it has done.
"""

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from partners.connectors.errors import EventBusyError
from partners.connectors.facts import Fact, Plan, Reason, Run, begun, left, recorded_over, unmapped
from partners.connectors.intake import EventBook
from partners.connectors.line_cards import MadeUnder
from partners.connectors.mapping import idempotency_key
from partners.connectors.model import Connection
from partners.connectors.words import LEASE_MS
from partners.till.batch import Record
from partners.till.model import Purchased, PurchaseRequest, Returned, ReturnRequest
from shared.kernel.clock import Clock
from shared.kernel.errors import TesseraError, UnavailableError
from shared.kernel.ids import RandomBytes, base32

ATTEMPTS = 5


class Sales(Protocol):
    """See `partners.till.service.Till`."""

    def purchase(self, partner_id: str, idempotency_key: str, request: PurchaseRequest) -> Purchased: ...

    def import_purchase(
        self, partner_id: str, idempotency_key: str, request: PurchaseRequest, *, within_funding: bool = False
    ) -> Purchased: ...


def record_with(till: Sales, *, any_age: bool) -> Record:
    """How a sale is recorded. Of any age, as an import, but within the funding: the queue fills by itself."""
    return partial(till.import_purchase, within_funding=True) if any_age else till.purchase


class GoodsBack(Protocol):
    """See `partners.till.returns.Returns`."""

    def return_goods(self, partner_id: str, idempotency_key: str, request: ReturnRequest) -> Returned: ...

    def import_return(self, partner_id: str, idempotency_key: str, request: ReturnRequest) -> Returned: ...


class Commands:
    """All may raise StoreUnavailableError, after which the same is to be asked for again."""

    def __init__(
        self,
        book: EventBook,
        till: Sales,
        returns: GoodsBack,
        made_under: MadeUnder,
        clock: Clock,
        random: RandomBytes,
    ) -> None:
        self._book = book
        self._till = till
        self._returns = returns
        self._made_under = made_under
        self._clock = clock
        self._random = random

    def carry_out(
        self, connection: Connection, fact: Fact, plan: Plan, beside: Mapping[str, Fact | None], *, any_age: bool
    ) -> Fact | None:
        """Carry out the fact's `plan`, which is frozen hereby unless it was before; the fact as it was settled.

        None if another worker changed it, or one of those `beside` it, meanwhile. Raises EventBusyError if it was
        refused while another may be carrying it out.
        """
        now_ms = self._clock()
        run = Run(base32(self._random(10)), now_ms)
        held = begun(fact, plan, run, gone_ms=now_ms - LEASE_MS)
        if not self._book.change(fact, held, now_ms, beside=beside):
            return None
        key = idempotency_key(connection, fact)
        try:
            entry_id, returned_cents = self._effect(held, key, plan, any_age=any_age)
        except UnavailableError:
            # It may have taken effect.
            raise
        except TesseraError as refusal:
            if fact.plan is None or not isinstance(plan, PurchaseRequest):
                return self._let_go(held, run, refusal)
            # Others were at it before. A till's retry knows for a month what they did, an import for ever.
            if not self._made_under(fact.partner_id, key, plan.card_number):
                return self._let_go(held, run, refusal)
            try:
                entry_id, returned_cents = self._effect(held, key, plan, any_age=True)
            except UnavailableError:
                raise
            except TesseraError as other:
                # The ledger has the key with another amount: a person has to look at it.
                return self._let_go(held, run, other)
        return self._note(held, entry_id, returned_cents)

    def _effect(self, fact: Fact, key: str, plan: Plan, *, any_age: bool) -> tuple[str, int]:
        """The entry in the ledger, and the cents that it returned."""
        if isinstance(plan, ReturnRequest):
            take_back = self._returns.import_return if any_age else self._returns.return_goods
            back = take_back(fact.partner_id, key, plan)
            return back.entry.entry_id, back.total.amount_cents
        return record_with(self._till, any_age=any_age)(fact.partner_id, key, plan).entry.entry_id, 0

    def _note(self, held: Fact, entry_id: str, returned_cents: int) -> Fact | None:
        """It is in the ledger, whatever others have made of the fact meanwhile."""
        known: Fact | None = held
        for _ in range(ATTEMPTS):
            after = None if known is None else recorded_over(known, held, entry_id, returned_cents)
            if after is None or self._book.change(known, after, self._clock()):
                return after
            known = self._book.fact(held.connection_id, held.group, held.part)
        raise EventBusyError

    def _let_go(self, held: Fact, run: Run, refusal: TesseraError) -> Fact | None:
        known: Fact | None = held
        for _ in range(ATTEMPTS):
            if known is None or run not in known.runs:
                return None
            others = known.runs != (run,)
            after = left(known, run) if others else unmapped(known, Reason.of(refusal))
            if self._book.change(known, after, self._clock()):
                if others:
                    raise EventBusyError
                return after
            known = self._book.fact(held.connection_id, held.group, held.part)
        raise EventBusyError
