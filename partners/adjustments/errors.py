"""Why an adjustment is refused."""

from shared.kernel.errors import ConflictError, InvalidRequestError, NotFoundError


class InvalidAdjustmentError(InvalidRequestError):
    code = "invalid_adjustment"
    title = "The adjustment contradicts itself"


class UnknownAdjustmentError(NotFoundError):
    code = "unknown_adjustment"
    title = "There is no such adjustment"

    def __init__(self, adjustment_id: str) -> None:
        super().__init__("No adjustment has this id.", adjustment_id=adjustment_id)


class AdjustmentDecidedError(ConflictError):
    code = "adjustment_decided"
    title = "This adjustment has been decided"

    def __init__(self, adjustment_id: str, state: str) -> None:
        super().__init__(f"This adjustment is {state}.", adjustment_id=adjustment_id, state=state)
