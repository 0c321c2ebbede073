"""Whether a journal entry corrects what a case is about. Pure."""

from collections.abc import Callable

from partners.adjustments.commands import is_case_grant
from partners.cases.errors import CorrectionMismatchError, InvalidCaseError
from partners.cases.model import Case, Quantities, Wanted
from partners.till.requests import read_entry_id
from shared.ledger.model import Entry, Op
from shared.ledger.undoing import may_have_run_out

_UNDOING = frozenset({Op.RETURN, Op.CANCEL})


def _granted(entry: Entry) -> Quantities:
    return Quantities(entry.points, entry.amount_cents or 0, entry.cashback_cents or 0)


def _taken(entry: Entry) -> Quantities:
    return Quantities(-entry.points, -(entry.amount_cents or 0), -(entry.cashback_cents or 0))


def _points_taken(entry: Entry) -> Quantities:
    return Quantities(points=-entry.points)


def _cashback_taken(entry: Entry) -> Quantities:
    return Quantities(cashback_cents=-(entry.cashback_cents or 0))


def _given_back(entry: Entry) -> Quantities:
    return Quantities(points=entry.points, cashback_cents=entry.cashback_cents or 0)


CARRIED: dict[Op, Callable[[Entry], Quantities]] = {
    Op.EARN: _granted,
    Op.RETURN: _taken,
    Op.CANCEL: _given_back,
    Op.REDEEM: _points_taken,
    Op.CAPTURE: _points_taken,
    Op.SPEND: _cashback_taken,
}
"""What an entry changes for the customer, of those that a partner's till can make."""


def check_corrects(case: Case, entry: Entry, agreed: Quantities) -> None:
    """Raises CorrectionMismatchError unless `entry` is the partner's own, later than the case, and carries what was
    agreed on: each of the three figures, and none that was not.

    Where the case is about an entry, it must be of the same account, and a return or cancellation undo that one.
    """

    def refuse(why: str) -> CorrectionMismatchError:
        return CorrectionMismatchError(case.number, entry.entry_id, why)

    if entry.op not in CARRIED:
        raise refuse("name a purchase, a return, a redemption or a cancellation; an adjustment is made for its case")
    if entry.partner != case.partner_id:
        raise refuse("it is not the partner's")
    about = case.subject.entry_id
    if entry.entry_id == about:
        raise refuse("it is the entry that the case is about")
    if about is not None and read_entry_id(about)[0] != entry.member:
        raise refuse("it is of another account than the entry that the case is about")
    if entry.op in _UNDOING and about not in (None, entry.refers_to):
        raise refuse("it undoes another entry than the case is about")
    if entry.recorded_at_ms < case.opened_at_ms:
        raise refuse("it is older than the case; if the books were right already, refuse the case and say so")
    check_carries(case, entry, agreed)


def check_carries(case: Case, entry: Entry, agreed: Quantities) -> None:
    """Raises CorrectionMismatchError unless `entry` carries what was agreed on, each of the three figures."""
    if not any(agreed.each):
        raise CorrectionMismatchError(case.number, entry.entry_id, "the case claims no amount; say what was agreed on")
    carried = Quantities(points=entry.points) if entry.op is Op.ADJUST else CARRIED[entry.op](entry)
    if carried != agreed:
        raise CorrectionMismatchError(
            case.number,
            entry.entry_id,
            f"it changes points by {carried.points}, purchases by {carried.amount_cents} cents and cashback by "
            f"{carried.cashback_cents} cents; say so in agreed if that is what was agreed on",
        )


def check_may_correct(wanted: Wanted, about: Entry | None, month: int) -> None:
    """Raises InvalidCaseError unless it can be proposed in that month for a case about that entry.

    What moves money at another price than that of granting is no adjustment of points. Nor is taking any but what
    another case granted: which purchase has granted them nobody could tell afterwards, so its return would take them
    once more.
    """
    if (wanted.points is None) == (wanted.amount_cents is None):
        raise InvalidCaseError("Say points or amount_cents, one of them.")
    if wanted.amount_cents is not None:
        if about is None or about.op is not Op.EARN or wanted.card_number is not None:
            raise InvalidCaseError("Only of the purchase that the case is about can an amount be taken back.")
        if wanted.amount_cents >= 0:
            raise InvalidCaseError(
                "A purchase that is missing is recorded, or imported, and ends the case by its entry."
            )
        if may_have_run_out(about, month):
            raise InvalidCaseError(
                "What the purchase granted has run out, and a share of it may have been paid for that."
            )
        return
    if (wanted.points or 0) < 0:
        if about is None or not is_case_grant(about) or wanted.card_number is not None:
            raise InvalidCaseError(
                "Points go back with the amount of their purchase, or by a case about the adjustment that granted "
                "them: open the case about that and take it back, or they could go back twice."
            )
        if may_have_run_out(about, month):
            raise InvalidCaseError("Its points have run out, and a share of them may have been paid for that.")
        return
    if about is not None and about.op not in (Op.EARN, Op.RETURN) and not is_case_grant(about):
        raise InvalidCaseError("The case is about a redemption: its cancellation, or another redemption, corrects it.")


def check_adjustment_corrects(case: Case, entry_id: str, points: int, agreed: Quantities) -> None:
    """As `check_corrects`, for an adjustment of before those for cases had a price. Raises CorrectionMismatchError."""
    if agreed.points != points:
        raise CorrectionMismatchError(
            case.number, entry_id, f"it changes points by {points}, and {agreed.points} were agreed on"
        )
    if agreed.amount_cents or agreed.cashback_cents:
        raise CorrectionMismatchError(case.number, entry_id, "an adjustment moves points alone")
