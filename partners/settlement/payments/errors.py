"""Errors of payments."""

from shared.kernel.errors import ConflictError, NotFoundError, UnprocessableError


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


class CollateralTooLargeError(UnprocessableError):
    """More collateral than what the partner failed to pay, or less than nothing."""

    code = "collateral_too_large"
    title = "More collateral than what is missing"

    def __init__(self, settlement: str, missing_cents: int) -> None:
        super().__init__("Give no more than is missing.", settlement=settlement, missing_cents=missing_cents)
