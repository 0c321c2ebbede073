"""A plain account in which every point is an object, sharing no code with the ledger.

Slow and obvious: what it says is what the words of the rules say.
"""

from collections import Counter
from dataclasses import dataclass


@dataclass
class Point:
    issuer: str
    month: int
    rank: int
    where: str = "new"
    purchase: int | None = None
    hold: int | None = None
    matures: int | None = None


class ReferenceAccount:
    def __init__(self):
        self.points = []
        self.debt = Counter()
        self.holds = {}
        self.returned = Counter()
        self.cancelled = Counter()
        self.redemptions = {}
        self.purchases = {}
        self.flows = Counter()
        self.rank = 0

    def at(self, where):
        return [point for point in self.points if point.where == where]

    def active(self):
        return sorted(self.at("active"), key=lambda point: (point.month, point.rank))

    def lots(self, where="active"):
        return Counter((point.issuer, point.month) for point in self.at(where))

    def book(self):
        """Where each point is."""
        return [(id(point), point.where) for point in self.points]

    def time_passes(self, now_ms, month):
        due = [(deadline, seq, "hold") for seq, (deadline, _) in self.holds.items() if deadline <= now_ms]
        due += {(p.matures, p.purchase, "purchase") for p in self.at("pending") if p.matures <= now_ms}
        for _, seq, kind in sorted(due):
            if kind == "hold":
                self.release(seq)
            else:
                for point in [p for p in self.at("pending") if p.purchase == seq]:
                    self._activate(point)
        for point in self.at("active"):
            if point.month < month:
                point.where = "breakage"

    def _activate(self, point, front=False):
        same = [p for p in self.at("active") if (p.issuer, p.month) == (point.issuer, point.month)]
        self.rank += 1
        if same:
            point.rank = same[0].rank
        elif front:
            point.rank = min((p.rank for p in self.at("active")), default=0) - 1
        else:
            point.rank = max([self.rank, *(p.rank for p in self.at("active"))]) + 1
        point.where = "active"

    def earn(self, seq, issuer, month, number, matures):
        self.purchases[seq] = (issuer, month)
        repaid = min(number, self.debt[issuer])
        self.debt[issuer] -= repaid
        for _ in range(number - repaid):
            point = Point(issuer, month, 0, purchase=seq, matures=matures)
            self.points.append(point)
            if matures is None:
                self._activate(point)
            else:
                point.where = "pending"

    def take(self, number, where, hold=None):
        taken = self.active()[:number]
        for point in taken:
            point.where, point.hold = where, hold
        return taken

    def redeem(self, seq, number):
        self.redemptions[seq] = self.take(number, "acceptor")

    def reserve(self, seq, number, deadline):
        self.holds[seq] = (deadline, self.take(number, "held", seq))

    def capture(self, seq, hold, number):
        _, points = self.holds[hold]
        taken = points[:number]
        for point in taken:
            point.where = "acceptor"
        self.redemptions[seq] = taken
        self.holds[hold] = (0, points[number:])
        self.release(hold)

    def release(self, hold):
        _, points = self.holds.pop(hold)
        for point in reversed(points):
            self._activate(point, front=True)

    def take_back(self, purchase, number):
        issuer, month = self.purchases[purchase]
        own_pending = [p for p in self.at("pending") if p.purchase == purchase]
        own_lot = [p for p in self.at("active") if (p.issuer, p.month) == (issuer, month)]
        newest = sorted(
            (p for p in self.at("active") if p.issuer == issuer and p.month != month), key=lambda p: -p.month
        )
        taken = [*own_pending, *own_lot, *newest][:number]
        for point in taken:
            point.where = "issuer"
        self.debt[issuer] += number - len(taken)

    def give_back(self, redemption, number, month):
        still = [p for p in self.redemptions[redemption] if p.where == "acceptor"]
        back = still[len(still) - number :]
        for point in reversed(back):
            if point.month < month:
                point.where = "breakage"
            else:
                self._activate(point, front=True)
        self.redemptions[redemption] = still[: len(still) - number]
