"""Errors of payments."""

from collections.abc import Sequence

from shared.kernel.errors import ConflictError, InvalidRequestError, NotFoundError, TesseraError, UnprocessableError

MOST_LISTED = 20


class UnknownSettlementError(NotFoundError):
    code = "unknown_settlement"
    title = "There is no such settlement"

    def __init__(self, settlement: str) -> None:
        super().__init__("There is no settlement of this window and currency yet.", settlement=settlement)


class UnknownLegError(NotFoundError):
    code = "unknown_leg"
    title = "There is no such payment"

    def __init__(self, settlement: str, leg: str) -> None:
        super().__init__("The settlement has no payment of this key.", settlement=settlement, leg=leg[:80])


class LegStateError(ConflictError):
    """A payment can't go from its state to the one told."""

    code = "leg_state"
    title = "The payment is in another state"

    def __init__(self, leg: str, state: str, told: str) -> None:
        super().__init__("A payment in this state can't come into the one told.", leg=leg, state=state, told=told)


class SettlementStateError(ConflictError):
    """What was asked for is done at another stage of a settlement."""

    code = "settlement_state"
    title = "The settlement is at another stage"

    def __init__(self, settlement: str, state: str, why: str) -> None:
        super().__init__(why, settlement=settlement, state=state)


class SettlementBusyError(ConflictError):
    code = "settlement_busy"
    title = "Somebody else is changing this settlement"

    def __init__(self, settlement: str) -> None:
        super().__init__("Others changed it at the same time. Look at it again.", settlement=settlement)


class InvalidCollateralError(InvalidRequestError):
    code = "invalid_collateral"
    title = "More of the collateral is a guarantee than is held"

    def __init__(self, held_cents: int, guarantee_cents: int) -> None:
        super().__init__(
            "Say in held_cents what is held in all.", held_cents=held_cents, guarantee_cents=guarantee_cents
        )


class CollateralTooLargeError(UnprocessableError):
    """More collateral than what the partner failed to pay, or than what is held of it."""

    code = "collateral_too_large"
    title = "More collateral than there is, or than is missing"

    def __init__(self, settlement: str, most_cents: int, why: str) -> None:
        super().__init__(f"{why} Take {most_cents} cents at most.", settlement=settlement, most_cents=most_cents)


class WriteOffTooLargeError(UnprocessableError):
    """More than what the partner has owed since earlier defaults, and failed to pay again."""

    code = "write_off_too_large"
    title = "More than an old default"

    def __init__(self, settlement: str, most_cents: int) -> None:
        super().__init__(
            f"It has owed {most_cents} cents of it since earlier defaults. Write off no more.",
            settlement=settlement,
            most_cents=most_cents,
        )


class NotFundedError(ConflictError):
    """What the network itself has to put in was neither collected in other settlements nor advanced.

    `windows`, the first 20, have collected nothing or not everything yet.
    """

    code = "not_funded"
    title = "There is no money to pay this from"

    def __init__(self, settlement: str, missing_cents: int, windows: Sequence[int]) -> None:
        listed = ", ".join(str(number) for number in windows[:MOST_LISTED])
        more = f" and {len(windows) - MOST_LISTED} more" if len(windows) > MOST_LISTED else ""
        collect = f"Collect what is owed in windows {listed}{more} first, or have" if windows else "Have"
        super().__init__(
            f"{missing_cents} cents more are to be paid than were collected. {collect} two operators agree that the "
            "network advances it.",
            settlement=settlement,
            missing_cents=missing_cents,
            windows=[{"window": number} for number in windows[:MOST_LISTED]],
        )


class AdvanceInUseError(ConflictError):
    """Creditors were paid from what the network has advanced."""

    code = "advance_in_use"
    title = "What is advanced was paid out"

    def __init__(self, currency: str, in_use_cents: int) -> None:
        super().__init__(
            f"{in_use_cents} cents of it are not collected yet. Leave so much advanced.",
            currency=currency,
            in_use_cents=in_use_cents,
        )


class NoStripeAccountError(ConflictError):
    """A partner's terms say that it is paid through Stripe, and nobody has said where."""

    code = "no_stripe_account"
    title = "It is not known where this partner is paid at Stripe"

    def __init__(self, partner_id: str, direction: str) -> None:
        super().__init__(
            "Its terms say stripe. Set its customer (in) or connected account (out), and the key of Stripe.",
            partner_id=partner_id,
            direction=direction,
        )


class PaidThroughStripeError(ConflictError):
    """Only Stripe knows that one of its payments is under way or has failed: it might be made all the same."""

    code = "paid_through_stripe"
    title = "This payment goes through Stripe"

    def __init__(self, leg: str) -> None:
        super().__init__("What becomes of it is read there. Recall it to call it off.", leg=leg)


class PayoutTakenBackError(ConflictError):
    """A member has the cashback of a payout again, so the money is not owed any more."""

    code = "payout_taken_back"
    title = "The cashback of this payout is the member's again"

    def __init__(self, leg: str) -> None:
        super().__init__("It was reversed. Defer it: nothing is paid then.", leg=leg)


class PayoutInSettlementError(ConflictError):
    """A settlement pays a payout, so only that settlement can say that the member has the cashback again."""

    code = "payout_in_settlement"
    title = "A settlement pays this payout"

    def __init__(self, leg: str, state: str) -> None:
        super().__init__(_TO_DO.get(state, "It has been decided about there."), leg=leg, state=state)


_AT_THE_BANK = "It lies at the bank. Wait for its answer, or record what became of it with the bank's reference."
_DEFER = "Defer it there: the cashback is the member's again then."
_TO_DO = {
    "about_to_be_paid": "It is about to be paid. Ask again when it is, or the settlement is aborted.",
    "planned": _DEFER,
    "submitted": _AT_THE_BANK,
    "pending": _AT_THE_BANK,
    "failed": _DEFER,
    "succeeded": "It was paid. If the bank has returned the money, record `returned` with its reference.",
    "returned": "One operator has recorded that. When another does too, the cashback is the member's again.",
}


class EvidenceNeededError(UnprocessableError):
    """A person says what the bank or Stripe did not, and names nothing by which that can be looked up."""

    code = "evidence_needed"
    title = "Say by what this can be looked up"

    def __init__(self, leg: str, why: str) -> None:
        super().__init__(f"{why} Give the bank's own `reference`.", leg=leg)


class BankDayToComeError(UnprocessableError):
    """The bank is said to have booked a payment on a day that has begun nowhere."""

    code = "bank_day_to_come"
    title = "The bank can't have booked this yet"

    def __init__(self, leg: str, day: str) -> None:
        super().__init__("Give the bank's own day, tomorrow (UTC) at the latest.", leg=leg, day=day)


class StripeLegError(TesseraError):
    """Stripe can't do what is asked of it for a leg, and nothing of it is known to have failed: a person must look."""

    code = "stripe_leg"
    title = "Stripe does not do what a payment needs"
