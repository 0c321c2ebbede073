"""Members' payouts as a settlement asks about them."""


class FakeCashback:
    """`reversed` are the payouts whose cashback is back; `busy` ones can't be given back now."""

    def __init__(self) -> None:
        self.reversed: dict[str, str] = {}
        self.busy: set[str] = set()
        self.claimed: list[str] = []

    def claim(self, payout_id: str, settlement_id: str) -> bool:
        del settlement_id
        if self.is_reversed(payout_id):
            return False
        self.claimed.append(payout_id)
        return True

    def is_reversed(self, payout_id: str) -> bool:
        return payout_id in self.reversed

    def give_back(self, payout_id: str, idempotency_key: str) -> bool:
        if payout_id in self.busy:
            return False
        self.reversed.setdefault(payout_id, idempotency_key)
        return True
