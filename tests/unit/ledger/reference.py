"""A plain account in which every point and every cent is an object, sharing no code with the ledger.

Slow and obvious: what it says is what the words of the rules say.
"""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

POINTS = "points"
NEVER = math.inf
DAY = 24 * 3_600_000


def month_of(now):
    moment = datetime.fromtimestamp(now / 1000, UTC)
    return moment.year * 12 + moment.month - 1


@dataclass(eq=False)
class Coin:
    """One point, or one cent of cashback in currency `unit`. `purchase` is (member, number of the entry)."""

    issuer: str
    unit: str
    month: float
    purchase: tuple | None = None
    matures: int | None = None
    where: str = "new"
    rank: int = 0

    @property
    def kind(self):
        return (self.issuer, self.unit, self.month)


@dataclass(eq=False)
class Hold:
    deadline: int
    partner: str
    coins: list


class ReferenceAccount:
    """What one account holds. `gone` counts, for the whole book, what has left all accounts, and where to."""

    def __init__(self, member, gone):
        self.member = member
        self.gone = gone
        self.coins = []
        self.debt = Counter()
        self.holds = {}
        self.due = False
        self.log = []
        self.follows = None
        self.leaders = set()
        self.former = []
        self.followers = {}
        self.merge = None
        self.debt_brought = {}
        self.debts_brought_here = {}
        self.touched = set()
        self.closed = False

    def at(self, where, unit=None):
        return [coin for coin in self.coins if coin.where == where and unit in (None, coin.unit)]

    def active(self, unit=POINTS):
        return sorted(self.at("active", unit), key=lambda coin: (coin.month, coin.rank))

    def lots(self, unit):
        """[(issuer, month), number] in the order in which they will be spent."""
        found = []
        for coin in self.active(unit):
            if found and found[-1][0] == (coin.issuer, coin.month):
                found[-1][1] += 1
            else:
                found.append([(coin.issuer, coin.month), 1])
        return found

    def time_passes(self, now):
        due = [(hold.deadline, seq, seq) for seq, hold in self.holds.items() if hold.deadline <= now]
        for coin in self.at("pending"):
            if coin.matures <= now:
                due.append((coin.matures, coin.purchase[1], coin))
        for _, _, what in sorted(due, key=lambda moment: moment[:2]):
            self.due = True
            if isinstance(what, Coin):
                self.activate(what)
            else:
                self.release(what)
        self.expire(now)

    def expire(self, now):
        over = [coin for coin in self.at("active") if coin.month < month_of(now)]
        self.due = self.due or bool(over)
        self.leave(over, "breakage")

    def activate(self, coin, front=False):
        others = self.at("active")
        same = [other for other in others if other.kind == coin.kind]
        ranks = [other.rank for other in others] or [0]
        if same:
            coin.rank = same[0].rank
        else:
            coin.rank = min(ranks) - 1 if front else max(ranks) + 1
        coin.where = "active"
        if coin not in self.coins:
            self.coins.append(coin)

    def leave(self, coins, where):
        for coin in coins:
            self.coins.remove(coin)
            coin.where = where
            self.gone[where, coin.issuer, coin.unit] += 1

    def come_back(self, coins, where):
        """To the front, where they were spent from."""
        for coin in reversed(coins):
            self.gone[where, coin.issuer, coin.unit] -= 1
            self.activate(coin, front=True)

    def earn(self, issuer, unit, month, number, purchase, matures):
        self.gone["issuer", issuer, unit] -= number
        repaid = min(number, self.debt[issuer, unit])
        self.repay((issuer, unit), repaid)
        for _ in range(number - repaid):
            coin = Coin(issuer, unit, month, purchase, matures)
            if matures is None:
                self.activate(coin)
            else:
                coin.where = "pending"
                self.coins.append(coin)
        return repaid

    def grant(self, issuer, month, number):
        self.gone["adjustment", issuer, POINTS] -= number
        for _ in range(number):
            self.activate(Coin(issuer, POINTS, month))

    def take(self, unit, number, where):
        taken = self.active(unit)[:number]
        self.leave(taken, where)
        return taken

    def hand_over(self, taker, coins):
        for coin in coins:
            self.coins.remove(coin)
            if coin.where == "pending":
                taker.coins.append(coin)
            else:
                taker.activate(coin)

    def reserve(self, seq, number, deadline, partner):
        coins = self.active()[:number]
        for coin in coins:
            coin.where = "held"
        self.holds[seq] = Hold(deadline, partner, coins)

    def capture(self, seq, number):
        hold = self.holds[seq]
        taken, hold.coins = hold.coins[:number], hold.coins[number:]
        self.leave(taken, "acceptor")
        self.release(seq)
        return taken

    def release(self, seq):
        for coin in reversed(self.holds.pop(seq).coins):
            self.activate(coin, front=True)

    def take_back(self, purchase, issuer, unit, month, number, *, network_bears, repaid=0):
        own_pending = [coin for coin in self.at("pending", unit) if coin.purchase == purchase]
        of_issuer = [coin for coin in self.active(unit) if coin.issuer == issuer]
        own_lot = [coin for coin in of_issuer if coin.month == month]
        newest = sorted((coin for coin in of_issuer if coin.month != month), key=lambda coin: -coin.month)
        taken = [*own_pending, *own_lot, *newest][:number]
        self.leave(taken, "issuer")
        missing = number - len(taken)
        self.gone["issuer", issuer, unit] += missing
        owed = min(repaid, missing) if network_bears else missing
        self.debt[issuer, unit] += owed
        self.gone["adjustment", issuer, unit] -= missing - owed

    def repay(self, whom, number):
        """Its own debts first; what its followers brought is then owed no more, whatever is owed later."""
        self.debt[whom] -= number
        for brought in self.debts_brought_here.values():
            if whom in brought:
                brought[whom] = min(brought[whom], self.debt[whom])

    def owes(self, unit=None):
        return {whom: number for whom, number in self.debt.items() if number and unit in (None, whom[1])}
