"""Why a partner is not closed."""

from collections.abc import Sequence

from partners.closure.model import Outstanding
from shared.kernel.errors import ConflictError


class PositionOpenError(ConflictError):
    code = "position_open"
    title = "The partner's position is open"

    def __init__(self, partner_id: str, currency: str, outstanding: Sequence[Outstanding]) -> None:
        super().__init__(
            "Settle what is outstanding first. Of an amount, positive is what the partner owes, negative what it is "
            "owed.",
            partner_id=partner_id,
            currency=currency,
            outstanding=[
                {"what": one.what.value, "reference": one.reference, "amount_cents": one.amount_cents}
                for one in outstanding
            ],
        )
