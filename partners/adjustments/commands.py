"""What the ledger is asked to do for an adjustment. Pure."""

from dataclasses import replace

from partners.adjustments.errors import InvalidAdjustmentError
from partners.adjustments.model import Adjustment
from partners.contracts.model import NETWORK, NO_PLACE
from partners.till.requests import CommandFields
from partners.till.returns import cashback_earned_by, points_earned_by
from shared.kernel.ids import digest
from shared.ledger.commands import Adjust, Return
from shared.ledger.errors import ReturnExceedsPurchaseError, UndoExceedsAdjustmentError
from shared.ledger.model import Account, Entry, Op, Rates


def adjustment_command(adjustment: Adjustment) -> Adjust:
    """Of the network's own: what it grants is its own too, for nobody has paid for it.

    So nobody is paid a share of it when it runs out, and a return to the issuer that was named does not take it, which
    would pay that one back. Points granted before were the issuer's.
    """
    command = _adjust(_fields(adjustment, NETWORK, NO_PLACE), adjustment)
    return replace(command, issuer=NETWORK) if adjustment.points > 0 else command


def correction_command(adjustment: Adjustment, currency: str, rates: Rates, about: Entry | None = None) -> Adjust:
    """For a case of the issuer's, at its price. Raises InvalidAdjustmentError for points to take: see `return_command`
    and `undoing_command`.

    Such proposals were made once, and may still wait.
    """
    if adjustment.points < 0:
        raise InvalidAdjustmentError("Points go back for a case with the amount of their purchase: reject this.")
    location = NO_PLACE if about is None else about.location
    command = _adjust(_fields(adjustment, adjustment.issuer, location), adjustment)
    return replace(command, currency=currency, rates=rates)


def return_command(adjustment: Adjustment, purchase: Entry) -> Return:
    """For a case of the issuer's: of a part of the purchase, or all. What was spent of it the network bears."""
    return Return(
        **_fields(adjustment, adjustment.issuer, purchase.location),
        purchase=purchase,
        amount_cents=adjustment.amount_cents,
        points_for=points_earned_by(purchase),
        cashback_for=cashback_earned_by(purchase),
        imported=True,
        network_bears=True,
    )


def undoing_command(adjustment: Adjustment, granted: Entry) -> Adjust:
    """For a case of the issuer's: of what another case's adjustment granted. What was spent of it the network bears."""
    command = _adjust(_fields(adjustment, adjustment.issuer, granted.location), adjustment)
    return replace(command, currency=granted.currency, rates=granted.rates, undoes=granted)


def is_case_grant(entry: Entry) -> bool:
    """Whether it granted points for a case, at their issuer's price."""
    return entry.op is Op.ADJUST and entry.rates is not None and entry.points > 0


def check_points_left(account: Account, granted: Entry, points: int) -> None:
    """Raises UndoExceedsAdjustmentError unless so many of what an adjustment has granted were not taken back yet."""
    left = granted.points - account.undone_of(granted)
    if points > left:
        raise UndoExceedsAdjustmentError(granted.entry_id, points, left)


def points_to_return(account: Account, purchase: Entry, cents: int) -> int:
    """What so much of a purchase earned, of what is left of it. Raises ReturnExceedsPurchaseError."""
    left_cents = (purchase.amount_cents or 0) - account.undone_of(purchase)
    if not 0 < cents <= left_cents:
        raise ReturnExceedsPurchaseError(purchase.entry_id, cents, left_cents)
    earned = points_earned_by(purchase)
    return earned(left_cents) - earned(left_cents - cents)


def _adjust(fields: CommandFields, adjustment: Adjustment) -> Adjust:
    month = adjustment.expiry_month
    return Adjust(**fields, issuer=adjustment.issuer, points=adjustment.points, expiry_month=month)


def _fields(adjustment: Adjustment, partner: str, location: str) -> CommandFields:
    return {
        "member": adjustment.member,
        "card_issue": None,
        "partner": partner,
        "location": location,
        "receipt": None,
        "occurred_at_ms": adjustment.proposed_at_ms,
        "key_hash": bytes.fromhex(adjustment.adjustment_id),
        "body_hash": digest("adjustment", adjustment.adjustment_id, adjustment.issuer, str(adjustment.points))[:16],
        "reason": adjustment.reason,
    }
