"""Usage plans in memory, and a gateway that can be out of order."""

from partners.access.limits import PartnerLimits, Tier
from shared.kernel.errors import StoreUnavailableError


class FakeLimitBook:
    def __init__(self) -> None:
        self.rows: dict[str, PartnerLimits] = {}

    def limits(self, partner_id: str) -> PartnerLimits | None:
        return self.rows.get(partner_id)

    def write(self, limits: PartnerLimits) -> bool:
        seen = self.rows.get(limits.partner_id)
        if (0 if seen is None else seen.version) != limits.version - 1:
            return False
        self.rows[limits.partner_id] = limits
        return True


class FakeUsageGateway:
    def __init__(self) -> None:
        self.out_of_order = False
        self.attached: list[tuple[str, Tier, str]] = []

    def attach(self, partner_id: str, tier: Tier, usage_key: str) -> None:
        if self.out_of_order:
            raise StoreUnavailableError("TooManyRequestsException")
        self.attached.append((partner_id, tier, usage_key))
