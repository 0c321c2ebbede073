"""Approving, collecting and paying: use cases that may die at any step and be asked again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from partners.contracts.model import MEMBERS
from partners.settlement.by_party import position_in
from partners.settlement.errors import WindowNotClosedError
from partners.settlement.paid_out import MemberPayout
from partners.settlement.payments import changes, defaults, model
from partners.settlement.payments.advances import Action
from partners.settlement.payments.errors import (
    PayoutTakenBackError,
    SettlementBusyError,
    UnknownSettlementError,
)
from partners.settlement.payments.evidence import BACK_BY_ONE, LATE, PAID_TWICE
from partners.settlement.payments.following import Following
from partners.settlement.payments.funds import may_draw
from partners.settlement.payments.legs import CAME_BACK, Direction, LegState
from partners.settlement.payments.member_payouts import (
    LOOKED_AT_ONCE,
    due_to_members,
    looked_at,
    payable,
    retried,
    to_look_at,
)
from partners.settlement.payments.model import ENDED, PaidSettlement
from partners.settlement.payments.needs import (
    Cashback,
    Deposits,
    Funding,
    Funds,
    Methods,
    PaymentBook,
    Windows,
)
from partners.settlement.payments.old_debts import old_in
from partners.settlement.payments.stripe_legs import under_way
from partners.settlement.payments.sums import is_open
from partners.settlement.payments.telling import BankWord, all_told
from partners.settlement.payments.vouching import behind_claims, check_given_up, check_payer
from partners.settlement.window import HAS_POSITIONS
from shared.kernel.clock import Clock

ATTEMPTS = 5
Change = Callable[[PaidSettlement], PaidSettlement]
Draws = Callable[[PaidSettlement, PaidSettlement], Sequence[Action]]
"""What is written with a settlement as it was and will be."""


class SettlementPayments:
    """Use cases of paying settlements. Every method may raise StoreUnavailableError; asking again goes on.

    A settlement changes by one conditional write. What follows from it for windows and for the funding of partners is
    done after it, and by `work` if that call died before. Whoever finds it changed meanwhile reads it again;
    SettlementBusyError if that never ends.
    """

    def __init__(
        self,
        payments: PaymentBook,
        windows: Windows,
        funding: Funding,
        cashback: Cashback,
        methods: Methods,
        funds: Funds,
        deposits: Deposits,
        clock: Clock,
    ) -> None:
        self._payments = payments
        self._windows = windows
        self._following = Following(payments, windows, funding, cashback)
        self._cashback = cashback
        self._methods = methods
        self._funds = funds
        self._deposits = deposits
        self._clock = clock

    def calculate(self, window: int, by: str) -> list[PaidSettlement]:
        """The settlements of a closed window, one a currency; the same again if there are.

        Raises UnknownWindowError, WindowNotClosedError.
        """
        now_ms, nets, brought = self._clock(), self._windows.nets(window), self._windows.brought_into(window)
        for settled in nets:
            carried = (one for one in brought if one.currency == settled.currency)
            self._payments.add(model.calculated(window, settled, by, now_ms, old_in(carried, self._origin)))
        self._following.stand(window)
        return [self._following.followed_up(one) for one in self._payments.of_window(window)]

    def settlements(self, window: int) -> list[PaidSettlement]:
        """Those of a window, by currency. Raises UnknownWindowError, WindowNotClosedError."""
        found = self._windows.window(window)
        if found.state not in HAS_POSITIONS:
            raise WindowNotClosedError(window, found.state.value)
        return self._payments.of_window(window)

    def settlement(self, window: int, currency: str) -> PaidSettlement:
        """Raises UnknownSettlementError."""
        found = self._payments.get(window, currency)
        if found is None:
            raise UnknownSettlementError(f"{window}-{currency}")
        return found

    def approve(self, window: int, currency: str, by: str) -> PaidSettlement:
        """Raises UnknownSettlementError, SecondPersonNeededError, SettlementStateError."""
        return self.change(window, currency, lambda one: changes.approved(one, by, self._clock()))

    def collect(self, window: int, currency: str, by: str) -> PaidSettlement:
        """Take from the deposits of prepaid debtors, and collect the rest, each by the means of its terms.

        Raises UnknownSettlementError, SettlementStateError, NoStripeAccountError.
        """
        drawing = self._deposits.drawing(currency)

        def collected(one: PaidSettlement) -> PaidSettlement:
            drawing.begin()
            after = changes.collecting(one, by, self._clock(), self._methods.means, drawing.cents)
            return drawing.vouched(one, after)

        return self.change(window, currency, collected, drawing.actions)

    def pay(self, window: int, currency: str, by: str) -> PaidSettlement:
        """Submit payouts to creditors, each by the means of its terms. A member's that is reversed is not submitted.

        What the network itself has to put in must be there, see `Advances.drawn`. Who alone said that money is there or
        is owed again, or let a debtor default, does not have it paid out: see `check_payer`.

        With many payouts to members it only looks at some of them, and keeps what it found, see `has_more`: called
        again it goes on, and pays when it has looked at all.

        Raises UnknownSettlementError, SettlementStateError, NoStripeAccountError, NotFundedError,
        SecondPersonNeededError.
        """
        asked: dict[str, bool] = {}

        def paid(one: PaidSettlement) -> PaidSettlement:
            planning = changes.plans_payouts(one)
            check_payer(one, by, behind_claims(one, self._windows.brought_into, self._origin) if planning else ())
            if planning:
                due = self._member_payouts(one)
                one = self._looked(one, due, asked)
                return one if to_look_at(one, due) else self._planned(one, by, due)
            again = retried(one)
            now = {leg.payout: leg.payee for leg in again[:LOOKED_AT_ONCE]}
            taken_back = [now[payout] for payout in sorted(self._cashback.reversed_among(now))] if now else []
            later = {leg.payee for leg in again[LOOKED_AT_ONCE:]}
            return changes.paying(one, by, self._clock(), (), self._methods.means, taken_back, later=later)

        return self.change(window, currency, paid, self._draws)

    def tell(self, window: int, currency: str, words: Iterable[BankWord], by: str) -> PaidSettlement:
        """What the bank says of legs, or an operator: all of it is taken over, or nothing.

        A new state ends a leg's trouble; what is said once more changes nothing, but that somebody else confirms it.
        A booking counts once, is refused only for a day to come, and ends no trouble: what can't be is one.
        That a member is not paid needs a reference, for the cashback goes back; so does what a person says of a leg
        through Stripe, which was paid elsewhere then. Raises UnknownSettlementError,
        UnknownLegError, LegStateError, PaidThroughStripeError, EvidenceNeededError, BankDayToComeError.
        """
        said = list(words)

        def told(one: PaidSettlement) -> PaidSettlement:
            return all_told(one, said, by, self._clock(), self._news)

        return self.change(window, currency, told, self._deposits.drawing(currency).actions)

    def try_again(self, window: int, currency: str, payee: str, by: str) -> PaidSettlement:
        """Plan another attempt of a leg that came to nothing, by the means that its terms say now; from a debtor's
        deposit first.

        Raises UnknownSettlementError, SettlementStateError, NoStripeAccountError, and PayoutTakenBackError of a payout
        whose cashback the member has again.
        """

        drawing = self._deposits.drawing(currency)

        def planned(one: PaidSettlement) -> PaidSettlement:
            drawing.begin()
            leg = one.newest_leg(payee, Direction.OUT)
            if leg is not None and leg.payout and self._cashback.is_reversed(leg.payout):
                raise PayoutTakenBackError(leg.key)
            after = changes.tried_again(one, payee, by, self._clock(), self._methods.means, drawing.cents)
            return defaults.asked_again(drawing.vouched(one, after), payee, by, self._clock())

        return self.change(window, currency, planned, drawing.actions)

    def see(self, window: int, currency: str, payee: str, trouble: str) -> PaidSettlement:
        """End a trouble of a payee's payments that a person has seen to, named by its text. If it is not there, nothing
        changes. Raises UnknownSettlementError.
        """
        return self.change(window, currency, lambda one: changes.seen(one, payee, trouble))

    def recall(self, window: int, currency: str, payee: str) -> PaidSettlement:
        """Have a payment through Stripe called off there, unless it is made before.

        Raises UnknownSettlementError, SettlementStateError.
        """
        return self.change(window, currency, lambda one: changes.recalled(one, payee, self._clock()))

    def give_up(self, window: int, currency: str, payee: str, by: str) -> PaidSettlement:
        """Leave a payout that failed to a later window; a member has the cashback again, see `check_given_up`.

        Raises UnknownSettlementError, SettlementStateError, SecondPersonNeededError.
        """

        def given_up(one: PaidSettlement) -> PaidSettlement:
            after = changes.given_up(one, payee, by, self._clock())
            leg = one.newest_leg(payee, Direction.OUT)
            if leg is not None and leg.payout and not self._cashback.is_reversed(leg.payout):
                check_given_up(one, payee, by)
            return after

        return self.change(window, currency, given_up)

    def abort(self, window: int, currency: str, by: str) -> PaidSettlement:
        """Call a settlement off before any payout. Raises UnknownSettlementError, SettlementStateError."""
        return self.change(
            window, currency, lambda one: changes.aborted(one, by, self._clock(), self._member_payouts(one))
        )

    def work(self) -> int:
        """Do what calls that died have left; returns how many settlements needed it.

        Those that have ended, without a trouble, and of which nothing is left to do or open, are summed up and not
        looked at any more, until they change.
        """
        left = 0
        for one in self._payments.unfinished():
            if not self._following.is_complete(one):
                left += 1
                self._following.followed_through(one)
            elif one.stage in ENDED and not (one.troubles or is_open(one) or any(under_way(one, self._clock()))):
                self._payments.finish(one)
        # Last, for it keeps no place: it would hold up all else each time that a call has no time for it.
        self._cashback.note_earlier()
        return left

    def troubles(self) -> int:
        """How many payments, but for those through Stripe, a person has to look at."""
        return sum(
            not one.leg(trouble.leg).means.through_stripe
            for one in self._payments.unfinished()
            for trouble in one.troubles
        )

    def _looked(self, one: PaidSettlement, due: Sequence[MemberPayout], asked: dict[str, bool]) -> PaidSettlement:
        """With more payouts looked at; no more in all than an answer can wait for, by those `asked` about."""
        while to_look := to_look_at(one, due):
            new = [payout.entry_id for payout in to_look if payout.entry_id not in asked]
            new = new[: LOOKED_AT_ONCE - len(asked)]
            reversed_ones = self._cashback.reversed_among(new) if new else set[str]()
            asked.update({payout_id: payout_id in reversed_ones for payout_id in new})
            answered = sum(payout.entry_id in asked for payout in to_look)
            if not answered:
                break
            one = looked_at(one, to_look[:answered], {payout_id for payout_id, is_back in asked.items() if is_back})
        return one

    def _planned(self, one: PaidSettlement, by: str, due: Sequence[MemberPayout]) -> PaidSettlement:
        """With all payouts, of which those to members are claimed. Raises NotFundedError, SecondPersonNeededError."""
        may_be_paid, later = payable(one, due), due[one.looked_at :]

        def planned(claimed: Sequence[MemberPayout]) -> PaidSettlement:
            means, payouts = self._methods.means, (*claimed, *later)
            return changes.paying(one, by, self._clock(), payouts, means, at_once=len(claimed))

        if may_draw(one, sum(payout.amount_cents for payout in due)):
            # Before they are claimed: nobody could take back what is never paid.
            self._funds.drawn(planned(may_be_paid))
        claimed = self._cashback.claim([payout.entry_id for payout in may_be_paid], one.settlement_id)
        return planned([payout for payout in may_be_paid if payout.entry_id in claimed])

    def _origin(self, settlement: str) -> PaidSettlement | None:
        window, _, currency = settlement.partition("-")
        return self._payments.get(int(window), currency)

    def _draws(self, before: PaidSettlement, after: PaidSettlement) -> Sequence[Action]:
        return self._funds.drawn(after) if changes.plans_payouts(before) else ()

    def change(self, window: int, currency: str, change: Change, draws: Draws = lambda *_: ()) -> PaidSettlement:
        """Write what `change` makes of the stored one, with what `draws` writes besides, and do what follows from it.

        Raises UnknownSettlementError, SettlementBusyError, and what those raise.
        """
        for _ in range(ATTEMPTS):
            before = self.settlement(window, currency)
            after = change(before)
            if after == before:
                return self._following.followed_up(before)
            after = replace(after, version=before.version + 1)
            if self._payments.replace(before, after, draws(before, after)):
                return self._following.followed_up(after)
        raise SettlementBusyError(f"{window}-{currency}")

    def _member_payouts(self, one: PaidSettlement) -> tuple[MemberPayout, ...]:
        """What members are to be paid, with what an operator has reversed since."""
        position = position_in(self._windows.part(one.window, MEMBERS), one.currency)
        brought = () if position is None else position.lines
        return due_to_members(self._windows.payouts(one.window, one.currency), brought)

    def _news(self, before: PaidSettlement, after: PaidSettlement, key: str) -> str:
        """In words, what of a leg's new state a person must look at."""
        leg = after.leg(key)
        if leg.payout and leg.state in CAME_BACK:
            known = leg.of_two or leg.key in after.late or self._cashback.is_reversed(leg.payout)
            return "" if known else BACK_BY_ONE
        paid = bool(leg.payout) and leg.state is LegState.SUCCEEDED
        found = [LATE[leg.direction]] if key in after.late and key not in before.late else []
        return "; ".join([*found, PAID_TWICE] if paid and self._cashback.is_reversed(leg.payout) else found)
