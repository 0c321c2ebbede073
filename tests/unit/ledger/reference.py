"""Plain accounts in which every point and every cent of cashback is an object, sharing no code with the ledger.

Slow and obvious: what it says is what the words of the rules say.
"""

from collections import Counter
from dataclasses import dataclass, field

POINTS = "points"
FOREVER = 9_999 * 12 + 11


@dataclass(eq=False)
class Point:
    """One point, or one cent of cashback; `owner` is the member whose account it stands in."""

    issuer: str
    unit: str
    month: int
    owner: str
    purchase: str | None = None
    matures: int | None = None
    where: str = "new"
    rank: int = 0

    @property
    def lot(self):
        return self.issuer, self.unit, self.month


@dataclass
class Purchase:
    """`lots` are (issuer, unit, month) of what it granted; `returned` and `amount` are cents."""

    member: str
    issuer: str
    currency: str
    month: int
    amount: int
    returned: int = 0


@dataclass
class Redemption:
    member: str
    unit: str
    taken: list


@dataclass
class Merge:
    """What a member brought into another's account, and how much of its deeds was undone by then."""

    at_ms: int
    brought: list
    undone: list


class ReferenceAccount:
    def __init__(self, book, member):
        self.book, self.member = book, member
        self.debt = Counter()
        self.debt_brought = Counter()
        self.holds = {}
        self.waiting = []
        self.rank = 0
        self.follows = None
        self.merge = None
        self.closed = False

    def at(self, *places):
        return [point for point in self.book.points if point.owner == self.member and point.where in places]

    def active(self, unit=POINTS):
        return sorted((p for p in self.at("active") if p.unit == unit), key=lambda point: (point.month, point.rank))

    @property
    def followers(self):
        return [one for one in self.book.accounts.values() if one.follows is self]

    def owed(self, unit=POINTS):
        return sum(number for (_, in_unit), number in self.debt.items() if in_unit == unit)

    def time_passes(self, now_ms, month):
        due = [(deadline, int(hold.split("-")[1]), "hold", hold) for hold, (deadline, _) in self.holds.items()]
        for purchase in self.waiting:
            moments = {point.matures for point in self._pending_of(purchase)}
            due += [(moment, int(purchase.split("-")[1]), "purchase", purchase) for moment in moments]
        for moment, _, kind, what in sorted(due, key=lambda one: one[:2]):
            if moment > now_ms:
                continue
            if kind == "hold":
                self.release(what)
            else:
                for point in self._pending_of(what):
                    self.activate(point)
                self.waiting.remove(what)
        for point in self.at("active"):
            if point.month < month:
                point.where = "breakage"

    def _pending_of(self, purchase):
        return [point for point in self.at("pending") if point.purchase == purchase]

    def activate(self, point, front=False):
        active = self.at("active")
        same = [p for p in active if p.lot == point.lot]
        if same:
            point.rank = same[0].rank
        elif front:
            point.rank = min((p.rank for p in active), default=0) - 1
        else:
            point.rank = max((p.rank for p in active), default=0) + 1
        point.owner, point.where = self.member, "active"

    def grant(self, issuer, unit, month, number):
        for _ in range(number):
            point = Point(issuer, unit, month, self.member)
            self.book.points.append(point)
            self.activate(point)

    def earn(self, entry_id, purchase, points, cents, matures):
        self.book.purchases[entry_id] = purchase
        for unit, month, number in ((POINTS, purchase.month, points), (purchase.currency, FOREVER, cents)):
            repaid = min(number, self.debt[purchase.issuer, unit])
            self.debt[purchase.issuer, unit] -= repaid
            self.book.flows["issuer", purchase.issuer, unit] -= number
            for _ in range(number - repaid):
                point = Point(purchase.issuer, unit, month, self.member, purchase=entry_id, matures=matures)
                self.book.points.append(point)
                if matures is None:
                    self.activate(point)
                else:
                    point.where = "pending"
        if matures is not None and self._pending_of(entry_id):
            self.waiting.append(entry_id)

    def take(self, number, where, unit=POINTS):
        taken = self.active(unit)[:number]
        for point in taken:
            point.where = where
        return taken

    def redeem(self, entry_id, number, unit=POINTS):
        self.book.redemptions[entry_id] = Redemption(self.member, unit, self.take(number, "acceptor", unit))

    def reserve(self, entry_id, number, deadline):
        self.holds[entry_id] = (deadline, self.take(number, "held"))

    def capture(self, entry_id, hold, number):
        deadline, points = self.holds[hold]
        for point in points[:number]:
            point.where = "acceptor"
        self.book.redemptions[entry_id] = Redemption(self.member, POINTS, points[:number])
        self.holds[hold] = (deadline, points[number:])
        self.release(hold)

    def release(self, hold):
        _, points = self.holds.pop(hold)
        for point in reversed(points):
            self.activate(point, front=True)

    def take_back(self, entry_id, number, unit):
        purchase = self.book.purchases[entry_id]
        month = purchase.month if unit == POINTS else FOREVER
        pending = [p for p in self._pending_of(entry_id) if p.unit == unit]
        own = [p for p in self.at("active") if (p.issuer, p.unit) == (purchase.issuer, unit)]
        own.sort(key=lambda p: (p.month != month, -p.month))
        taken = [*pending, *own][:number]
        for point in taken:
            point.where = "issuer"
        if entry_id in self.waiting and not self._pending_of(entry_id):
            self.waiting.remove(entry_id)
        self.debt[purchase.issuer, unit] += number - len(taken)
        self.book.flows["issuer", purchase.issuer, unit] += number

    def give_back(self, entry_id, number, month):
        redemption = self.book.redemptions[entry_id]
        kept = len(redemption.taken) - number
        redemption.taken, back = redemption.taken[:kept], redemption.taken[kept:]
        for point in reversed(back):
            if point.month < month:
                point.where = "breakage"
            else:
                self.activate(point, front=True)

    def give(self, other, number):
        for point in self.active()[:number]:
            other.activate(point)

    def is_absorbed_by(self, leader, now_ms, merged):
        brought = [point for unit in (POINTS, *self.currencies()) for point in self.active(unit)]
        pending = [point for purchase in self.waiting for point in self._pending_of(purchase)]
        if merged:
            lots = [point.lot for point in (*brought, *pending)]
            self.merge = Merge(now_ms, lots, self.book.undone_of(self.member))
        self.debt_brought = Counter(self.debt)
        for point in brought:
            leader.activate(point)
        for point in pending:
            point.owner = leader.member
        leader.waiting += self.waiting
        leader.debt += self.debt
        self.waiting, self.debt, self.follows = [], Counter(), leader

    def currencies(self):
        """In the order in which cashback of them is first spent; it does not matter for any one of them."""
        return dict.fromkeys(p.unit for p in sorted(self.at("active"), key=lambda p: p.rank) if p.unit != POINTS)

    def parts_from(self, leader):
        """What its own purchases have pending goes along, and what it brought of debts and is owed still."""
        for debtor, number in self.debt_brought.items():
            back = min(number, leader.debt[debtor])
            leader.debt[debtor] -= back
            self.debt[debtor] += back
        own = [purchase for purchase in leader.waiting if self.book.purchases[purchase].member == self.member]
        for purchase in own:
            for point in leader._pending_of(purchase):
                point.owner = self.member
        self.waiting = own
        leader.waiting = [purchase for purchase in leader.waiting if purchase not in own]
        self.follows = self.merge = None

    def brought_and_not_used(self, leader, month):
        """The lots that an undone merge gives back, a lot a point; None if some of them are not there any more."""
        if self.book.undone_of(self.member) != self.merge.undone:
            return None
        still_pending = Counter(
            point.lot
            for purchase in leader.waiting
            if self.book.purchases[purchase].member == self.member
            for point in leader._pending_of(purchase)
        )
        given = []
        for lot in reversed([lot for lot in self.merge.brought if lot[2] >= month]):
            if still_pending[lot]:
                still_pending[lot] -= 1
            else:
                given.append(lot)
        there = Counter(point.lot for point in leader.at("active"))
        return given[::-1] if not Counter(given) - there else None

    def unmerge_from(self, leader, given):
        for lot in given:
            self.activate(next(point for point in leader.at("active") if point.lot == lot))
        self.parts_from(leader)

    def close(self):
        for point in self.at("active", "pending"):
            point.where = "breakage"
        for (issuer, unit), number in self.debt.items():
            self.book.flows["adjustment", issuer, unit] -= number
        self.debt, self.waiting, self.closed = Counter(), [], True


@dataclass
class ReferenceBook:
    """All accounts. `flows` are what left issuers and adjustments; everything else is where its objects are."""

    accounts: dict = field(default_factory=dict)
    points: list = field(default_factory=list)
    purchases: dict = field(default_factory=dict)
    redemptions: dict = field(default_factory=dict)
    cancelled: Counter = field(default_factory=Counter)
    flows: Counter = field(default_factory=Counter)

    def open(self, member):
        self.accounts[member] = ReferenceAccount(self, member)

    def answering(self, member):
        account = self.accounts[member]
        return account.follows or account

    def undone_of(self, member):
        """How much of each deed in the member's own journal was taken back or cancelled."""
        returned = [(entry_id, p.returned) for entry_id, p in self.purchases.items() if p.member == member]
        cancelled = [(entry_id, n) for entry_id, n in self.cancelled.items() if entry_id.startswith(f"{member}-")]
        return [*returned, *sorted(cancelled)]

    def adjust(self, account, issuer, month, number):
        if number > 0:
            account.grant(issuer, POINTS, month, number)
            self.flows["adjustment", issuer, POINTS] -= number
        else:
            for point in account.take(-number, "gone"):
                self.flows["adjustment", point.issuer, POINTS] += 1

    def totals(self):
        """By place, issuer and unit, what the books of all members must come to."""
        expected = Counter(self.flows)
        for point in self.points:
            if point.where not in ("issuer", "gone"):
                expected[point.where, point.issuer, point.unit] += 1
        for account in self.accounts.values():
            for (issuer, unit), number in account.debt.items():
                expected["debt", issuer, unit] -= number
        return {where: number for where, number in expected.items() if number}
