"""Funds that are there whatever is paid from them."""

from partners.settlement.payments.model import PaidSettlement


class AllThere:
    def drawn(self, after: PaidSettlement) -> tuple[()]:
        del after
        return ()
