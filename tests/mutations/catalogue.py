"""Ways to break the ledger, each a change of one place in its source that the quick tests must notice."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """In file `path`, `old` becomes `new`."""

    name: str
    path: str
    old: str
    new: str

    def applied(self, root: Path) -> str:
        """The file's source with the change. Raises ValueError unless `old` stands in it exactly once."""
        source = (root / self.path).read_text()
        if source.count(self.old) != 1:
            raise ValueError(f"{self.name}: found {source.count(self.old)} times in {self.path}, not once")
        return source.replace(self.old, self.new)


STORE = "shared/ledger/store.py"
SERVICE = "shared/ledger/service.py"
DECIDE = "shared/ledger/decide.py"
EFFECTS = "shared/ledger/effects.py"
UNDOING = "shared/ledger/undoing.py"
TIME = "shared/ledger/passing_time.py"
LOTS = "shared/ledger/lots.py"
FINGERPRINTS = "shared/ledger/fingerprints.py"
PAIRS = "shared/ledger/pairs.py"
BALANCES = "shared/ledger/balances.py"
MODEL = "shared/ledger/model.py"
CODEC = "shared/ledger/codec.py"
REMEMBERED = "shared/ledger/remembered.py"
COUNTERPARTS = "shared/ledger/counterparts.py"
MEMBERS = "shared/members/service.py"

MUTATIONS = (
    Mutation(
        "the put has no condition: the last writer wins",
        STORE,
        '            "ConditionExpression": "attribute_not_exists(pk)",\n',
        "",
    ),
    Mutation(
        "a lost race is taken for a commit",
        STORE,
        "ConditionalCheckFailedException as error:\n                raise LostRaceError(entry.entry_id) from error\n",
        "ConditionalCheckFailedException:\n                return\n",
    ),
    Mutation(
        "a refusal may come from a stale read",
        SERVICE,
        "            if consistent:\n                raise outcome.error",
        "            if True:\n                raise outcome.error",
    ),
    Mutation(
        "after a lost race the next read is no stronger",
        SERVICE,
        "            except LostRaceError:\n                consistent = True\n",
        "            except LostRaceError:\n",
    ),
    Mutation(
        "an entry that an eventual read does not show is missing",
        SERVICE,
        " or self._journal.entry(member, seq, consistent=True)",
        "",
    ),
    Mutation(
        "an entry leaves no fingerprint",
        FINGERPRINTS,
        "    return (*recent[first:], new)",
        "    return recent[first:]",
    ),
    Mutation(
        "fingerprints are forgotten a day too early",
        FINGERPRINTS,
        "REMEMBER_DAYS = LATE_LIMIT_DAYS + 1",
        "REMEMBER_DAYS = LATE_LIMIT_DAYS",
    ),
    Mutation(
        "a fingerprint is trusted without the entry's whole key",
        DECIDE,
        "    of_the_key = [entry for entry in earlier if entry.key_hash == command.key_hash]\n",
        "    of_the_key = [entry for entry in earlier if entry.key_hash[:6] == command.key_hash[:6]]\n",
    ),
    Mutation(
        "a repeated key is answered whatever it asks",
        DECIDE,
        "        if entry.body_hash == command.body_hash:\n",
        "        if True:\n",
    ),
    Mutation(
        "a receipt may earn again under another key",
        DECIDE,
        "            if entry.op is Op.EARN and same_receipt(entry, command):\n",
        "            if entry.op is Op.ENROL and same_receipt(entry, command):\n",
    ),
    Mutation(
        "a purchase may come after its key is forgotten",
        DECIDE,
        "    if occurred_at_ms < now_ms - late_limit_ms:\n",
        "    if occurred_at_ms < now_ms - 2 * late_limit_ms:\n",
    ),
    Mutation(
        "an account's time goes back with the clock",
        DECIDE,
        "    recorded_at_ms = max(now_ms, account.at_ms)\n",
        "    recorded_at_ms = now_ms\n",
    ),
    Mutation(
        "every purchase, redemption and capture is a visit",
        DECIDE,
        "        entry.member == command.member and entry.visit and same_receipt(entry, command) for",
        '        entry.member == "" for',
    ),
    Mutation(
        "points that come back after their month stay",
        DECIDE,
        "    after, expired = expire(effect.account, at_ms)\n",
        "    after, expired = effect.account, ()\n",
    ),
    Mutation(
        "time leaves an entry where it had nothing to do",
        DECIDE,
        "    if isinstance(command, PassTime) and not time_moves:\n",
        "    if False:\n",
    ),
    Mutation(
        "the newest points are spent first",
        LOTS,
        "_inserted(lots, new, sum(lot.expiry_month <= new.expiry_month for lot in lots))",
        "_inserted(lots, new, 0)",
    ),
    Mutation(
        "points never expire",
        TIME,
        "    points_expired, points_valid = spending.expire(account.lots, month)\n",
        "    points_expired, points_valid = (), account.lots\n",
    ),
    Mutation(
        "points expire a month early",
        LOTS,
        "    expired = tuple(lot for lot in lots if lot.expiry_month < current_month)\n",
        "    expired = tuple(lot for lot in lots if lot.expiry_month <= current_month)\n",
    ),
    Mutation(
        "months are counted from the wrong one",
        "shared/kernel/clock.py",
        "    return moment.year * 12 + moment.month - 1\n",
        "    return moment.year * 12 + moment.month\n",
    ),
    Mutation(
        "a debt is never repaid",
        EFFECTS,
        "    repaid = min(balances.owed_to(account, lot.issuer, lot.unit), lot.quantity)\n",
        "    repaid = 0\n",
    ),
    Mutation(
        "points that must wait can be spent at once",
        EFFECTS,
        "and matures_at_ms > context.at_ms:\n",
        "and matures_at_ms < context.at_ms:\n",
    ),
    Mutation(
        "points mature before their time",
        TIME,
        "        if waiting.matures_at_ms <= now_ms\n",
        "        if waiting.matures_at_ms <= now_ms + 86_400_000\n",
    ),
    Mutation(
        "points that wait are active where a member joins",
        PAIRS,
        "Place.ACTIVE, active),\n                *moved(Place.TRANSFER, Place.PENDING, waiting),\n",
        "Place.ACTIVE, active),\n                *moved(Place.TRANSFER, Place.ACTIVE, waiting),\n",
    ),
    Mutation(
        "the audit lets points mature at any time",
        REMEMBERED,
        "        if _by_kind(matured) != _by_kind(due):\n",
        "        if False:\n",
    ),
    Mutation(
        "the audit lets points that wait become active on their way to another account",
        COUNTERPARTS,
        "        counted[place, lot.issuer, lot.expiry_month, lot.unit] += lot.quantity\n",
        "        counted[Place.ACTIVE, lot.issuer, lot.expiry_month, lot.unit] += lot.quantity\n",
    ),
    Mutation(
        "the audit does not ask the terms when a purchase's points can be spent",
        "partners/audit/agreed.py",
        "        one.matures_at_ms != due_ms for one in waiting\n",
        "        False for one in waiting\n",
    ),
    Mutation(
        "more can be captured than is held",
        EFFECTS,
        "    if points > hold.points:\n",
        "    if points > hold.points + account.points_active:\n",
    ),
    Mutation(
        "any partner can end a hold",
        EFFECTS,
        "if hold.seq == seq and hold.partner == partner), None)",
        "if hold.seq == seq), None)",
    ),
    Mutation(
        "a hold ends and stays open: its points are released again",
        TIME,
        "    others = tuple(other for other in account.holds if other is not hold)\n",
        "    others = account.holds\n",
    ),
    Mutation(
        "a hold outlives its deadline by a moment",
        TIME,
        "if hold.deadline_ms <= now_ms]",
        "if hold.deadline_ms < now_ms]",
    ),
    Mutation(
        "a purchase can be returned again and again",
        UNDOING,
        "    left_cents = purchase.amount_cents - account.undone_of(purchase)\n",
        "    left_cents = purchase.amount_cents\n",
    ),
    Mutation(
        "a redemption can be cancelled again and again",
        UNDOING,
        "    left = spending.total(redemption.lots_to(Place.ACCEPTOR)) - account.undone_of(redemption)\n",
        "    left = spending.total(redemption.lots_to(Place.ACCEPTOR))\n",
    ),
    Mutation(
        "what a return cannot take back is forgotten",
        UNDOING,
        "    account, from_active, spent = balances.take_back(account, wanted)\n",
        "    account, from_active, _ = balances.take_back(account, wanted)\n    spent: tuple[Lot, ...] = ()\n",
    ),
    Mutation(
        "what is owed of cashback is paid out all the same",
        EFFECTS,
        "    if available - owed < command.cashback_cents <= available:\n",
        "    if available < command.cashback_cents <= available:\n",
    ),
    Mutation(
        "a payout that comes back after the month of its cashback is lost",
        UNDOING,
        "    if redemption.op is Op.PAYOUT:\n",
        "    if redemption.op is Op.REDEEM and in_cents:\n",
    ),
    Mutation(
        "cashback never expires whatever was agreed",
        EFFECTS,
        "command.cashback_expiry_month",
        "NEVER",
    ),
    Mutation(
        "the network bears what a till has set aside",
        UNDOING,
        "    if any(lot.issuer == granted.partner for hold in account.holds for lot in hold.lots):\n",
        "    if not account:\n",
    ),
    Mutation(
        "the network bears what has run out",
        UNDOING,
        "    if may_have_run_out(granted, month_number(context.at_ms)):\n",
        "    if may_have_run_out(granted, granted.recorded_at_ms * 0):\n",
    ),
    Mutation(
        "what repaid a debt is paid back to its issuer for a case",
        UNDOING,
        "min(repaid, before) - min(repaid, after) if command.network_bears",
        "0 if command.network_bears",
    ),
    Mutation(
        "what a case granted goes back as often as it is asked for",
        UNDOING,
        "_taken_back(_undo(account, granted, points), granted, wanted, may_owe)",
        "_taken_back(account, granted, wanted, may_owe)",
    ),
    Mutation(
        "the chain does not cover the points",
        CODEC,
        'if name != "ch"}',
        'if name not in ("ch", "pts")}',
    ),
    Mutation(
        "a member number that is taken is tried for ever",
        MEMBERS,
        "            probe += 1\n",
        "            probe += 0\n",
    ),
    Mutation(
        "an enrolment takes over the account that has its number",
        MEMBERS,
        "            if isinstance(outcome, Replay):\n",
        "            if isinstance(outcome, Replay | Refusal):\n",
    ),
    Mutation(
        "an enrolment writes no journal entry",
        "shared/members/store.py",
        '{"Put": profile}, {"Put": self._journal.put_request(first_entry)}]',
        '{"Put": profile}]',
    ),
    Mutation(
        "a till's file goes on after an outage, out of order",
        "partners/till/batch.py",
        "            if done and isinstance(done[-1][1], UnavailableError):\n",
        "            if False:\n",
    ),
    Mutation(
        "of two accounts only one gets its entry",
        STORE,
        '        self.append_with(first, [{"Put": self.put_request(second)}])\n',
        "        self.append_with(first, [])\n",
    ),
    Mutation(
        "a conflict with a transaction is taken for a commit",
        STORE,
        "TransactionConflictException as error:\n                raise LostRaceError(entry.entry_id) from error\n",
        "TransactionConflictException:\n                return\n",
    ),
    Mutation(
        "a cancelled transaction is taken for a commit",
        STORE,
        "            except self._client.exceptions.TransactionCanceledException as error:\n"
        "                raise LostRaceError(entry.entry_id) from error\n",
        "            except self._client.exceptions.TransactionCanceledException:\n                return\n",
    ),
    Mutation(
        "a refusal may rest on two accounts read at different times",
        STORE,
        '        return not any("Item" in response for response in answer["Responses"])\n',
        "        return True\n",
    ),
    Mutation(
        "an account that does not know a follower answers for it",
        SERVICE,
        "if leader is None or all((one.member, one.seq) != (head.member, head.seq) for one in known):\n",
        "if leader is None or (known and False):\n",
    ),
    Mutation(
        "the account that answers knows nothing of what a member did before",
        SERVICE,
        "outcome = decide(leader.account, there, self._clock(), earlier + self._earlier(leader, there))\n",
        "outcome = decide(leader.account, there, self._clock(), self._earlier(leader, there))\n",
    ),
    Mutation(
        "what was done in a household is forgotten on leaving it",
        SERVICE,
        "            if former.until_ms > self._clock():\n",
        "            if False:\n",
    ),
    Mutation(
        "the members' key is known in both accounts of a pair",
        DECIDE,
        "replace(command, member=other.member, receipt=None, key_hash=counterpart_key(command.key_hash))\n",
        "replace(command, member=other.member, receipt=None)\n",
    ),
    Mutation(
        "a hold's number of a member means one of its household",
        DECIDE,
        "_OF_THE_ACCOUNT_ITSELF = (Enrol, Close, Capture, Void)\n",
        "_OF_THE_ACCOUNT_ITSELF = (Enrol, Close)\n",
    ),
    Mutation(
        "a closed account takes entries",
        DECIDE,
        "    return AccountClosedError() if account.closed else None\n",
        "    return None\n",
    ),
    Mutation(
        "a purchase may come as late as the ledger allows, whatever the terms say",
        DECIDE,
        "    return LATE_LIMIT_MS if command.late_limit_ms is None else min(command.late_limit_ms, LATE_LIMIT_MS)\n",
        "    return LATE_LIMIT_MS\n",
    ),
    Mutation(
        "an imported purchase is compared with the last days only",
        SERVICE,
        "            return self._ever(head.member, command)\n",
        "            return found\n",
    ),
    Mutation(
        "a merge is undone after its points were spent",
        PAIRS,
        "    except ValueError:\n        return MergedPointsUsedError()\n",
        "    except ValueError:\n        given = ()\n",
    ),
    Mutation(
        "a merge can be undone for ever",
        PAIRS,
        "    if context.at_ms > merge_entry.recorded_at_ms + UNMERGE_DAYS * DAY_MS:\n",
        "    if False:\n",
    ),
    Mutation(
        "a merge is undone though its purchase came back",
        PAIRS,
        "    if undone != member.undone:\n",
        "    if False:\n",
    ),
    Mutation(
        "who owes points gives some away",
        PAIRS,
        "    if giver.points_owed:\n",
        "    if False:\n",
    ),
    Mutation(
        "a debt stays behind when a member joins",
        PAIRS,
        "    for debt in member.debts:\n        joined = balances.owe(joined, debt.issuer, debt.unit, debt.quantity)\n",
        "",
    ),
    Mutation(
        "what waits does not go along when a member leaves",
        PAIRS,
        "    own_pending = tuple(one for one in leader.pending if one.owner == member.member)\n",
        "    own_pending = ()\n",
    ),
    Mutation(
        "entries of one number in two journals are mixed up",
        MODEL,
        "return sum(one.quantity for one in self.undone if (one.owner, one.seq) == (owner, seq))\n",
        "return sum(one.quantity for one in self.undone if one.seq == seq)\n",
    ),
    Mutation(
        "cashback of any currency is spent",
        BALANCES,
        "    return account.lots if unit == POINTS else spending.of_unit(account.cash, unit)\n",
        "    return account.lots if unit == POINTS else account.cash\n",
    ),
    Mutation(
        "the currency of cashback is not looked at",
        MODEL,
        "        return sum(lot.quantity for lot in self.cash if lot.unit == currency)\n",
        "        return sum(lot.quantity for lot in self.cash)\n",
    ),
    Mutation(
        "any amount of cashback is paid out",
        EFFECTS,
        "    if command.cashback_cents < command.minimum_cents and not account.closed:\n",
        "    if False:\n",
    ),
    Mutation(
        "a debt of cashback is taken for one of points",
        BALANCES,
        "sum(debt.quantity for debt in account.debts if (debt.issuer, debt.unit) == (issuer, unit))\n",
        "sum(debt.quantity for debt in account.debts if debt.issuer == issuer)\n",
    ),
    Mutation(
        "closing forgets what waits",
        EFFECTS,
        "            *moved(Place.PENDING, Place.BREAKAGE, waiting),\n",
        "",
    ),
    Mutation(
        "closing forgets which payouts the bank returned",
        EFFECTS,
        "pending=(), debts=(), closed=True)",
        "pending=(), debts=(), undone=(), closed=True)",
    ),
    Mutation(
        "a payout that the bank returns to a closed account is refused",
        DECIDE,
        "closed=False) if comes_back or paid_again else account",
        "closed=False) if paid_again else account",
    ),
    Mutation(
        "a household can be closed under its members",
        EFFECTS,
        "    if any(not follower.merged for follower in account.followers):\n",
        "    if False:\n",
    ),
    Mutation(
        "closing erases nobody's personal data",
        "shared/members/store.py",
        "        self._journal.append_with(entry, actions)\n",
        "        self._journal.append(entry)\n",
    ),
    Mutation(
        "an adjustment is applied whatever was decided meanwhile",
        "partners/adjustments/store.py",
        '            "ConditionExpression": "#state = :proposed",\n',
        "",
    ),
    Mutation(
        "what one person adjusts alone in a day has no limit",
        "partners/adjustments/store.py",
        '            "ConditionExpression": "attribute_not_exists(points) OR points <= :room",\n',
        '            "ConditionExpression": "attribute_not_exists(points) OR points <= :points",\n',
    ),
    Mutation(
        "what is adjusted alone on an account is not counted",
        "partners/adjustments/alone.py",
        'f"MEMBER#{entry.member}"',
        'f"MEMBER#{entry.entry_id}"',
    ),
    Mutation(
        "whether a member is in a household is read eventually",
        "partners/till/sharing.py",
        "card.issue, consistent=True).member\n",
        "card.issue).member\n",
    ),
)
