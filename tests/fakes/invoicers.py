"""Who invoices which month, in memory."""

from partners.billing.stripe_model import Invoicer, StripeAccount


class FakeInvoicers:
    def __init__(self) -> None:
        self.accounts: dict[str, StripeAccount] = {}
        self.claims: dict[tuple[str, str], Invoicer] = {}

    def account(self, partner_id: str) -> StripeAccount | None:
        return self.accounts.get(partner_id)

    def claim(self, partner_id: str, month: str, invoicer: Invoicer) -> Invoicer:
        return self.claims.setdefault((partner_id, month), invoicer)
