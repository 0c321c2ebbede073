"""What a book of plain accounts answers to a request: the rules in words, of one account and of two.

`ask` does what a command asks, or raises Refused or Repeated. Of a command it reads what the caller asked for.
"""

from collections import Counter

from shared.ledger.model import NEVER as UNENDING
from tests.unit.ledger.reference import DAY, NEVER, POINTS, ReferenceAccount, month_of
from tests.unit.ledger.reference_answers import Done, Line, Purchase, Repeated, has_any_age, place_of, refuse_if
from tests.unit.ledger.reference_links import LINKS, check_card

MEMORY_DAYS = 31
SKEW = 5 * 60_000
MICROS_A_POINT, MICROS_A_CENT = 5_000, 10_000
ITS_OWN = ("enrol", "close", "capture", "void")


class ReferenceBook:
    def __init__(self, most_followers):
        self.most_followers = most_followers
        self.accounts = {}
        self.gone = Counter()
        self.purchases = {}
        self.redemptions = {}
        self.returned = Counter()
        self.granted_for_cases = {}

    def answering(self, account):
        return self.accounts[account.follows] if account.follows else account

    def ask(self, command, now):
        name = type(command).__name__.lower()
        if name in LINKS:
            return self._ask_two(name, command, now)
        own = self.accounts.get(command.member)
        asked = own if own is None or name in ITS_OWN else self.answering(own)
        known = self._remembered(own, command, now)
        self._answer_again(known, command)
        if asked is not own:
            check_card(own, command.card_issue)
            known += self._remembered(asked, command, now)
            self._answer_again(known, command)
        refuse_if(any(line.key == command.key_hash for line in known), "idempotency_key_reused")
        refuse_if(asked is None and name != "enrol", "unknown_card")
        refuse_if(asked is not None and name == "enrol", "account_exists")
        if asked is not None and not self._takes_back_or_pays_again(asked, name, command):
            check_card(asked, command.card_issue if asked is own else None)
        self._check_time(name, command, now)
        of_receipt = [line for line in known if line.place and line.place == place_of(command)]
        bought = name == "earn"
        refuse_if(bought and any(line.bought for line in of_receipt), "receipt_already_recorded")
        if name == "enrol":
            asked = self.accounts[command.member] = ReferenceAccount(command.member, self.gone)
        asked.time_passes(now)
        points, cashback = getattr(self, f"_{name}")(asked, command, now)
        asked.expire(now)
        counts = name in ("enrol", "redeem", "capture", "spend") or (bought and points > 0)
        visited = any(line.visit and line.member == asked.member for line in of_receipt)
        line = self._write(asked, command, now, bought, counts and not visited)
        return Done(line, points, cashback)

    def _ask_two(self, name, command, now):
        own, other = self.accounts.get(command.member), self.accounts.get(command.other)
        known = self._remembered(own, command, now)
        self._answer_again(known, command)
        if own is not None and own.follows:
            known += self._remembered(self.answering(own), command, now)
            self._answer_again(known, command)
        refuse_if(any(line.key == command.key_hash for line in known), "idempotency_key_reused")
        refuse_if(own is None or other is None, "unknown_card")
        issues = (command.card_issue, command.other_card_issue)
        if name == "transfer":
            for account, issue in ((own, issues[0]), (other, issues[1])):
                check_card(account, issue)
            own, other, issues = self.answering(own), self.answering(other), (None, None)
        refuse_if(own is other, "same_account")
        for account, issue in ((own, issues[0]), (other, issues[1])):
            check_card(account, issue)
        self._check_time(name, command, now)
        for account in (own, other):
            account.time_passes(now)
        points = LINKS[name](self, own, other, command, now)
        for account in (own, other):
            account.expire(now)
        line, there = self._write(own, command, now), self._write(other, None, now)
        return Done(line, points, other=there)

    def _takes_back_or_pays_again(self, account, name, command):
        """The bank returns a payout when it does: to a closed account it comes back, and can be paid out again."""
        returned = name == "cancel" and command.redemption.op.value == "payout"
        return account.closed and (returned or (name == "payout" and account.coins))

    def _remembered(self, account, command, now):
        """What may be told apart from new: the last days here and where the card was answered for, or all."""
        if account is None:
            return []
        if has_any_age(command):
            return [line for member in (account.member, *account.leaders) for line in self.accounts[member].log]
        places = [account, *(self.accounts[leader] for leader, until in account.former if until > now)]
        return [line for one in places for line in one.log if line.day >= one.log[-1].day - MEMORY_DAYS]

    def _answer_again(self, known, command):
        for line in known:
            if (line.key, line.body) == (command.key_hash, command.body_hash):
                raise Repeated(line.member, line.seq)

    def _check_time(self, name, command, now):
        limit = 30 * DAY
        if name == "earn" and command.late_limit_ms is not None:
            limit = min(limit, command.late_limit_ms)
        imported = name in ("earn", "return") and command.imported
        refuse_if(command.occurred_at_ms < now - limit and not imported, "occurred_too_long_ago")
        refuse_if(command.occurred_at_ms > now + SKEW, "occurred_in_future")

    def _write(self, account, command, now, bought=False, visit=False):
        """`command` is None in the account that only takes part: the key is the other's."""
        asked = (None,) * 3 if command is None else (command.key_hash, command.body_hash, place_of(command))
        line = Line(account.member, len(account.log) + 1, now // DAY, *asked, bought, visit)
        account.log.append(line)
        account.due = False
        return line

    def _enrol(self, account, command, now):
        return 0, None

    def _earn(self, account, command, now):
        this = (account.member, len(account.log) + 1)
        waits = command.matures_at_ms is not None and command.matures_at_ms > now
        matures = command.matures_at_ms if waits else None
        points = account.earn(command.partner, POINTS, command.expiry_month, command.points, this, matures)
        cash_month = NEVER if command.cashback_expiry_month == UNENDING else command.cashback_expiry_month
        cents = account.earn(command.partner, command.currency, cash_month, command.cashback_cents, this, matures)
        self.purchases[this] = Purchase(
            command.partner,
            command.amount_cents,
            command.currency,
            {POINTS: command.expiry_month, command.currency: cash_month},
            command.rates.cashback_bps,
            {POINTS: points, command.currency: cents},
        )
        return command.points, command.cashback_cents or None

    def _taken(self, account, unit, number):
        this = (account.member, len(account.log) + 1)
        self.redemptions[this] = account.take(unit, number, "acceptor")

    def _redeem(self, account, command, now):
        refuse_if(command.points > len(account.active()), "insufficient_points")
        self._taken(account, POINTS, command.points)
        return command.points, None

    def _spend(self, account, command, now):
        refuse_if(command.cashback_cents > len(account.active(command.currency)), "insufficient_cashback")
        self._taken(account, command.currency, command.cashback_cents)
        return 0, command.cashback_cents

    def _payout(self, account, command, now):
        refuse_if(command.cashback_cents < command.minimum_cents and not account.closed, "payout_below_minimum")
        available, debts = len(account.active(command.currency)), account.owes(command.currency).values()
        enough = command.cashback_cents <= available
        refuse_if(enough and command.cashback_cents + sum(debts) > available, "cashback_owed")
        return self._spend(account, command, now)

    def _reserve(self, account, command, now):
        refuse_if(command.points > len(account.active()), "insufficient_points")
        account.reserve(len(account.log) + 1, command.points, now + command.ttl_ms, command.partner)
        return command.points, None

    def _open_hold(self, account, command):
        hold = account.holds.get(command.hold_seq)
        refuse_if(hold is None or hold.partner != command.partner, "hold_not_open")
        return len(hold.coins)

    def _capture(self, account, command, now):
        available = self._open_hold(account, command)
        points = available if command.points is None else command.points
        refuse_if(points > available, "insufficient_points")
        refuse_if(points * MICROS_A_POINT < MICROS_A_CENT, "redemption_too_small")
        self.redemptions[account.member, len(account.log) + 1] = account.capture(command.hold_seq, points)
        return points, None

    def _void(self, account, command, now):
        available = self._open_hold(account, command)
        account.release(command.hold_seq)
        return available, None

    def _return(self, account, command, now):
        bought = (command.purchase.member, command.purchase.seq)
        purchase = self.purchases.get(bought)
        refuse_if(purchase is None or purchase.partner != command.partner, "not_a_purchase")
        left = purchase.cents - self.returned[bought]
        cents = left if command.amount_cents is None else command.amount_cents
        refuse_if(not 0 < cents <= left, "return_exceeds_purchase")
        if command.network_bears:
            granted = purchase.earned(purchase.cents)
            months = [month for unit, month in purchase.months.items() if granted[unit]]
            self._can_be_borne(account, purchase.partner, months, now)
        self._touch(account, bought)
        self.returned[bought] += cents
        before, after = purchase.earned(left), purchase.earned(left - cents)
        back = {unit: before[unit] - after[unit] for unit in before}
        before, after = purchase.repaid_of(left), purchase.repaid_of(left - cents)
        repaid = {unit: before[unit] - after[unit] for unit in before}
        for unit, month in purchase.months.items():
            of = bought, purchase.partner, unit, month, back[unit]
            account.take_back(*of, network_bears=command.network_bears, repaid=repaid[unit])
        return back[POINTS], back[purchase.currency] or None

    def _can_be_borne(self, account, issuer, months, now):
        """What has run out, or is set aside, was not spent."""
        refuse_if(any(month < month_of(now) for month in months), "points_run_out")
        set_aside = [coin for hold in account.holds.values() for coin in hold.coins]
        refuse_if(any(coin.issuer == issuer for coin in set_aside), "holds_open")

    def _cancel(self, account, command, now):
        made = (command.redemption.member, command.redemption.seq)
        coins = self.redemptions.get(made)
        refuse_if(coins is None or command.redemption.partner != command.partner, "not_a_redemption")
        number = len(coins) if command.quantity is None else command.quantity
        refuse_if(not 0 < number <= len(coins), "cancel_exceeds_redemption")
        self._touch(account, made)
        back, self.redemptions[made] = coins[len(coins) - number :], coins[: len(coins) - number]
        if command.redemption.op.value == "payout":
            # It was asked for in time, and nobody was paid it.
            for coin in back:
                coin.month = NEVER
        account.come_back(back, "acceptor")
        return (number, None) if back[0].unit == POINTS else (0, number)

    def _touch(self, account, entry):
        """What a member did before it was merged is taken back: then the merge can't be undone."""
        account.touched.add(entry[0])

    def _adjust(self, account, command, now):
        of = command.issuer, POINTS, command.expiry_month
        if command.undoes is not None:
            made = (command.undoes.member, command.undoes.seq)
            points = -command.points
            of, left, repaid = self.granted_for_cases[made]
            refuse_if(not 0 < points <= left, "undo_exceeds_adjustment")
            self._can_be_borne(account, of[0], [of[2]], now)
            self._touch(account, made)
            # What had repaid a debt goes back last, as if less had been granted.
            still = min(repaid, left - points)
            self.granted_for_cases[made] = of, left - points, still
            account.take_back(None, *of, points, network_bears=True, repaid=repaid - still)
            return command.points, None
        if command.rates is not None:
            repaid = account.earn(*of, command.points, None, None)
            self.granted_for_cases[account.member, len(account.log) + 1] = of, command.points, repaid
            return command.points, None
        refuse_if(-command.points > len(account.active()), "insufficient_points")
        if command.points > 0:
            account.grant(command.issuer, command.expiry_month, command.points)
        else:
            account.take(POINTS, -command.points, "adjustment")
        return command.points, None

    def _passtime(self, account, command, now):
        refuse_if(not account.due, "nothing_due")
        return 0, None

    def _close(self, account, command, now):
        refuse_if(account.follows, "account_linked")
        refuse_if(account.holds, "holds_open")
        refuse_if("household" in account.followers.values(), "household_not_empty")
        refuse_if(account.coins and not command.forfeit, "account_not_empty")
        points = len(account.at("active", POINTS)) + len(account.at("pending", POINTS))
        account.leave(account.coins[:], "breakage")
        for (issuer, unit), number in account.owes().items():
            self.gone["adjustment", issuer, unit] -= number
        account.debt.clear()
        account.closed = True
        return points, None
