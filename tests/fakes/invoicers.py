"""Who invoices which month, in memory."""

from partners.billing.stripe_model import Closing, Invoicer, StripeAccount


class FakeInvoicers:
    def __init__(self) -> None:
        self.accounts: dict[str, StripeAccount] = {}
        self.closings: dict[tuple[str, str], Closing] = {}
        self.claims: dict[tuple[str, str], Invoicer] = {}

    def account(self, partner_id: str) -> StripeAccount | None:
        return self.accounts.get(partner_id)

    def closing(self, partner_id: str, month: str) -> Closing:
        return self.closings.get((partner_id, month)) or Closing(partner_id, month)

    def claim(self, partner_id: str, month: str, invoicer: Invoicer) -> Invoicer:
        return self.claims.setdefault((partner_id, month), invoicer)
