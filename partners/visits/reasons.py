"""Why an entry makes a visit, or why not, in words. Pure.

The decision itself was made by the ledger when it wrote the entry, and the audit counts it again.
"""

from collections.abc import Iterable

from shared.ledger.model import Entry, Op

_NEVER = {
    Op.RESERVE: "points set aside are no visit until they are captured",
    Op.VOID: "a hold that is called off is no visit",
    Op.RETURN: "a return is no visit, and unmakes none",
    Op.CANCEL: "a cancellation is no visit, and unmakes none",
    Op.ADJUST: "an adjustment by the operator is no visit",
    Op.LAPSE: "what time alone does is no visit",
    Op.PAYOUT: "a payout of cashback is no visit",
    Op.TRANSFER: "points given to another customer are no visit",
    Op.JOIN: "joining a household is no visit",
    Op.LEAVE: "leaving a household is no visit",
    Op.MERGE: "merging accounts is no visit, and unmakes none",
    Op.UNMERGE: "undoing a merge is no visit",
    Op.CLOSE: "closing an account is no visit",
}
_FIRST = {
    Op.ENROL: "the customer enrolled",
    Op.EARN: "the first entry of its receipt that earns a point",
    Op.REDEEM: "the first entry of its receipt that redeems",
    Op.CAPTURE: "the first entry of its receipt that redeems",
    Op.SPEND: "the first entry of its receipt that redeems",
}


def why(entry: Entry, same_receipt: Iterable[Entry]) -> str:
    """Why `entry` makes a visit or none, given the member's entries with its receipt."""
    if entry.visit:
        return f"a visit: {_FIRST[entry.op]}"
    if entry.op in _NEVER:
        return _NEVER[entry.op]
    if entry.op is Op.EARN and entry.points == 0:
        return "a purchase that earns no point is no visit"
    earlier = [other.entry_id for other in same_receipt if other.visit and other.seq < entry.seq]
    return f"same receipt as {earlier[-1]}, which is the visit" if earlier else "the visit of its receipt is counted"
