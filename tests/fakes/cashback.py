"""Members' payouts as a settlement asks about them."""

from collections.abc import Iterable, Sequence


class FakeCashback:
    """`reversed` are the payouts whose cashback is back; `busy` ones can't be given back now."""

    def __init__(self) -> None:
        self.reversed: dict[str, str] = {}
        self.busy: set[str] = set()
        self.claimed: list[str] = []

    def claim(self, payout_ids: Sequence[str], settlement_id: str) -> set[str]:
        del settlement_id
        claimed = [payout_id for payout_id in payout_ids if payout_id not in self.reversed]
        self.claimed += claimed
        return set(claimed)

    def is_reversed(self, payout_id: str) -> bool:
        return bool(self.reversed_among([payout_id]))

    def reversed_among(self, payout_ids: Iterable[str]) -> set[str]:
        return {payout_id for payout_id in payout_ids if payout_id in self.reversed}

    def note_earlier(self) -> None:
        """There is nothing of before."""

    def give_back(self, payout_id: str, idempotency_key: str) -> bool:
        if payout_id in self.busy:
            return False
        self.reversed.setdefault(payout_id, idempotency_key)
        return True
