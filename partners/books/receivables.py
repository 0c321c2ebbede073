"""What partners owe to the network and for how long: settlements and invoices, its own and Stripe's. Pure.

Of a settlement a partner owes its net position, less what was paid and what was carried into another window. What is
carried there stays due since it first was: it is told apart from what is new in that window's position. Whatever was
paid counts for the oldest.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from partners.billing.dunning import InvoiceRecord
from partners.billing.invoice import Invoice
from partners.billing.invoice_payment import InvoicePayment, standing
from partners.settlement.model import Carried
from partners.settlement.payments.model import NO_PARTNERS, PaidSettlement
from partners.settlement.payments.standing import balances_cents, disputed_cents
from shared.kernel.clock import DAY_MS

BUCKETS = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90")
_UP_TO_DAYS = (0, 30, 60, 90)
_UNPAID = frozenset({"open", "uncollectible"})

CarriedInto = Callable[[int], Sequence[Carried]]
"""What was brought into a window, by its number."""
Origin = Callable[[str], PaidSettlement | None]
"""A settlement by its id, None if there is none."""
Of = tuple[str, str]
"""A settlement, by its id, and a party of it."""
_Part = tuple[int | None, int]
"""Since when cents are due, and how many: what a debt is made of."""


@dataclass(frozen=True, slots=True)
class Receivable:
    """What a partner owes under `reference`, and since when it is due; None if it is not due yet.

    The reference is a settlement (`7-USD`), what is carried into a window without one, or an invoice: the number of
    the operator's own, or Stripe's id.
    """

    partner_id: str
    currency: str
    reference: str
    amount_cents: int
    due_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Aged:
    """What a partner owes in a currency, by how many days it has been due: cents for each of BUCKETS."""

    partner_id: str
    currency: str
    cents: tuple[int, ...]
    owed: tuple[Receivable, ...]

    @property
    def total_cents(self) -> int:
        return sum(self.cents)


class SettledDebts:
    """What is owed of settlements, and of amounts carried that are in none of them yet.

    `settlements` are those of which anything may be owed, `settled` the numbers of all windows that have any, and
    `windows` those of all windows.
    """

    def __init__(
        self,
        settlements: Iterable[PaidSettlement],
        settled: Collection[int],
        windows: Iterable[int],
        carried: CarriedInto,
        origin: Origin,
    ) -> None:
        self._open = list(settlements)
        self._unsettled = sorted(set(windows) - set(settled))
        self._carried = carried
        self._origin = origin

    def receivables(self) -> list[Receivable]:
        left = {
            (one.settlement_id, party): cents
            for one in self._open
            for party, balance_cents in balances_cents(one).items()
            if party not in NO_PARTNERS and (cents := disputed_cents(one, party) - balance_cents) > 0
        }
        loose = self._loose()
        debts = self._debts({*left, *((origin_of(one), one.party) for one in loose)})
        found = []
        for (settlement_id, party), cents in left.items():
            parts = _newest(debts[settlement_id, party], cents)
            found += _receivables(party, self._settlement(settlement_id).currency, settlement_id, parts)
        for one in loose:
            found += _receivables(one.party, one.currency, one.reference, self._of_carried(one, debts))
        return found

    def _loose(self) -> list[Carried]:
        """What partners owe of what was carried into windows without a settlement.

        Of what is carried at this moment, the settlement that it comes from may tell yet.
        """
        return [
            carried
            for window in self._unsettled
            for carried in self._carried(window)
            if carried.amount_cents < 0 and carried.party not in NO_PARTNERS and is_told(carried, self._origin)
        ]

    def _debts(self, wanted: Iterable[Of]) -> dict[Of, list[_Part]]:
        """What partners' net positions are made of, oldest first: of those wanted, and of all that was carried to them.

        What is carried comes from an earlier window, so they are worked out in the order of windows, each once: a debt
        may have gone through any number of them.
        """
        brought: dict[Of, list[Carried]] = {}
        ways = list(wanted)
        while ways:
            of = ways.pop()
            if of not in brought:
                brought[of] = self._brought(*of)
                ways += [(origin_of(carried), carried.party) for carried in brought[of]]
        debts: dict[Of, list[_Part]] = {}
        for of in sorted(brought, key=lambda of: self._settlement(of[0]).window):
            debts[of] = self._made_of(*of, brought[of], debts)
        return debts

    def _brought(self, settlement_id: str, party: str) -> list[Carried]:
        one = self._settlement(settlement_id)
        return [
            carried
            for carried in self._carried(one.window)
            if (carried.party, carried.currency) == (party, one.currency) and carried.amount_cents < 0
        ]

    def _made_of(
        self, settlement_id: str, party: str, brought: Iterable[Carried], debts: Mapping[Of, list[_Part]]
    ) -> list[_Part]:
        """What was carried into a net position, and what is new. A part that is to the partner's credit is among them
        with its sign, but for what it is owed since another's default: that is paid apart."""
        one = self._settlement(settlement_id)
        old = [part for carried in brought for part in self._of_carried(carried, debts)]
        new_cents = one.dues.cuts.get(party, 0) - dict(one.net_cents)[party] - sum(cents for _, cents in old)
        return [*sorted(old, key=_age_of_part), (one.due_at_ms, new_cents)]

    def _of_carried(self, carried: Carried, debts: Mapping[Of, list[_Part]]) -> list[_Part]:
        origin = self._settlement(origin_of(carried))
        parts = _newest(debts[origin.settlement_id, carried.party], -carried.amount_cents)
        more = -carried.amount_cents - sum(cents for _, cents in parts)
        # A creditor who was paid twice owes it since that window was due.
        return [*parts, (origin.due_at_ms, more)] if more else parts

    def _settlement(self, settlement_id: str) -> PaidSettlement:
        found = self._origin(settlement_id)
        if found is None:
            raise KeyError(settlement_id)
        return found


def _receivables(party: str, currency: str, reference: str, parts: Iterable[_Part]) -> list[Receivable]:
    return [Receivable(party, currency, reference, cents, due_at_ms) for due_at_ms, cents in parts]


def origin_of(carried: Carried) -> str:
    """The settlement that it comes from."""
    return carried.reference.partition(":")[0]


def is_told(carried: Carried, origin: Origin) -> bool:
    """Whether the settlement that it comes from is without it. What is carried at this moment, it may tell yet."""
    one = origin(origin_of(carried))
    return one is not None and carried.reference in one.carried


def of_stripe(
    partner_id: str, currency: str, records: Iterable[InvoiceRecord], at_ms: int | None = None
) -> list[Receivable]:
    """What is not paid of a partner's invoices at Stripe, by what was heard of them: due by its date, or since a
    payment failed. What was not paid at an earlier moment, if one is given.

    Parts that were paid have no date: what is left now of one that is open was left before, and of one that was paid
    or voided since, all that was ever left of it. Of one that was heard of before dates were noted, nothing is known
    of the past but that it is open still and was due.
    """
    found = []
    for one in records:
        failed = one.failed_at is not None and (at_ms is None or one.failed_at * 1_000 <= at_ms)
        since = [moment * 1_000 for moment in (one.due_at, one.failed_at if failed else None) if moment is not None]
        due_at_ms = min(since, default=None)
        cents = _left(one) if at_ms is None else _left_at(one, due_at_ms, at_ms)
        if cents > 0:
            found.append(Receivable(partner_id, currency, one.invoice_id, cents, due_at_ms))
    return found


def _left(one: InvoiceRecord) -> int:
    return one.remaining_cents if one.status in _UNPAID else 0


def _left_at(one: InvoiceRecord, due_at_ms: int | None, at_ms: int) -> int:
    began_at_ms = due_at_ms if one.opened_at is None else one.opened_at * 1_000
    if began_at_ms is None or began_at_ms > at_ms:
        return 0
    ended_later = one.ended_at is not None and one.ended_at * 1_000 > at_ms
    return one.most_cents if ended_later else _left(one)


def of_own_invoices(invoices: Iterable[Invoice], payments: Sequence[InvoicePayment], at_ms: int) -> list[Receivable]:
    """What was open of a partner's invoices of the operator's own; `payments` are all of that partner's."""
    found = []
    for one in invoices:
        open_cents = standing(one, payments, at_ms).open_cents if one.issued_at_ms <= at_ms else 0
        if open_cents:
            bill = one.bill
            found.append(Receivable(bill.partner_id, bill.currency, one.number, open_cents, one.due_at_ms))
    return found


def bucket_of(due_at_ms: int | None, now_ms: int) -> int:
    """The index in BUCKETS. Of the moment itself nothing is late; the first day begins after it."""
    if due_at_ms is None or now_ms <= due_at_ms:
        return 0
    begun_days = -(-(now_ms - due_at_ms) // DAY_MS)
    return next((number for number, most in enumerate(_UP_TO_DAYS) if begun_days <= most), len(_UP_TO_DAYS))


def aged(receivables: Iterable[Receivable], now_ms: int) -> tuple[Aged, ...]:
    """By partner and currency, oldest first within each."""
    rows = []
    in_order = sorted(receivables, key=lambda one: (one.partner_id, one.currency, *_age(one)))
    for (partner_id, currency), group in groupby(in_order, key=lambda one: (one.partner_id, one.currency)):
        owed = tuple(group)
        cents = [0] * len(BUCKETS)
        for one in owed:
            cents[bucket_of(one.due_at_ms, now_ms)] += one.amount_cents
        rows.append(Aged(partner_id, currency, tuple(cents), owed))
    return tuple(rows)


def _newest(debts: Sequence[_Part], amount_cents: int) -> list[_Part]:
    """The newest of `debts` that come to an amount, oldest first. Credits among them paid for the oldest."""
    found: list[_Part] = []
    for since_ms, owed_cents in reversed(debts):
        cents = min(amount_cents, owed_cents)
        if cents > 0:
            found.append((since_ms, cents))
            amount_cents -= cents
    return found[::-1]


def _age_of_part(part: _Part) -> tuple[bool, int]:
    return part[0] is None, part[0] or 0


def _age(one: Receivable) -> tuple[bool, int, str]:
    return one.due_at_ms is None, one.due_at_ms or 0, one.reference
