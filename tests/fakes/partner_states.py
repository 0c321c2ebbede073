"""Partners of any id, active unless told otherwise."""

from partners.contracts.life import New, PartnerState, check_new
from partners.contracts.model import Partner


class FakePartnerStates:
    def __init__(self) -> None:
        self.states: dict[str, PartnerState] = {}

    def partner(self, partner_id: str) -> Partner:
        return Partner(partner_id, partner_id.title(), "USD", 0, self._state(partner_id))

    def check_new(self, partner_id: str, new: New) -> None:
        check_new(partner_id, self._state(partner_id), new)

    def _state(self, partner_id: str) -> PartnerState:
        return self.states.get(partner_id, PartnerState.ACTIVE)
