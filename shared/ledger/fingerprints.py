"""How an account notices a repeated request without a second table.

Every entry carries one fingerprint for each entry of the last days, itself included. Six bytes of a hash
are enough to suspect, because a suspicion is always verified against the entry it points to: a chance
match costs one read and never a wrong answer.
"""

from shared.kernel.clock import DAY_MS
from shared.kernel.ids import digest
from shared.ledger.commands import Capture, Command, Earn, Redeem, Spend
from shared.ledger.limits import LATE_LIMIT_DAYS
from shared.ledger.model import Account, Entry, Fingerprint

FINGERPRINT_BYTES = 6
# One day more than the late limit: a request recorded on day d may come again until its occurred_at,
# at most CLOCK_SKEW_MS after that moment, is LATE_LIMIT_MS old.
REMEMBER_DAYS = LATE_LIMIT_DAYS + 1

NO_RECEIPT = bytes(FINGERPRINT_BYTES)


def fingerprint(command: Command | Entry, recorded_at_ms: int) -> Fingerprint:
    """What an account remembers of a command recorded then, or of the entry that it made."""
    receipt = NO_RECEIPT
    if command.receipt is not None:
        receipt = digest("receipt", command.partner, command.location, command.receipt)[:FINGERPRINT_BYTES]
    return Fingerprint(recorded_at_ms // DAY_MS, command.key_hash[:FINGERPRINT_BYTES], receipt)


def counterpart_key(key_hash: bytes) -> bytes:
    """The key hash of the entry written together with the one that was made under `key_hash`."""
    return digest("counterpart", key_hash.hex())[: len(key_hash)]


def remember(recent: tuple[Fingerprint, ...], new: Fingerprint) -> tuple[Fingerprint, ...]:
    """`recent` with `new` last, without what is too old to be asked for again."""
    oldest = new.day - REMEMBER_DAYS
    first = next((place for place, known in enumerate(recent) if known.day >= oldest), len(recent))
    return (*recent[first:], new)


def same_request_or_receipt(entry: Entry, command: Command) -> bool:
    """Whether `entry` was made under the command's key, or for its receipt."""
    return entry.key_hash == command.key_hash or same_receipt(entry, command)


def same_receipt(entry: Entry, command: Command) -> bool:
    """Whether `entry` has the command's receipt: the same text at the same location of the same partner."""
    return command.receipt is not None and (command.partner, command.location, command.receipt) == (
        entry.partner,
        entry.location,
        entry.receipt,
    )


def suspects(account: Account, command: Command) -> list[int]:
    """Numbers of earlier entries that may bear the same key, or the same receipt where it matters, oldest first."""
    wanted = fingerprint(command, 0)
    first_seq = account.seq - len(account.recent) + 1
    return [
        first_seq + place
        for place, known in enumerate(account.recent)
        if known.key == wanted.key
        or (known.receipt == wanted.receipt != NO_RECEIPT and _matters(command, first_seq + place))
    ]


def _matters(command: Command, seq: int) -> bool:
    """Whether it makes a difference to `command` that entry `seq` has its receipt.

    Only to what can be a visit; and a hold is none, so its own capture on the same receipt need not look.
    """
    return isinstance(command, Earn | Redeem | Spend) or (isinstance(command, Capture) and seq != command.hold_seq)
