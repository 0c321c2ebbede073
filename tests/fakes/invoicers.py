"""Who invoices which month, in memory."""

from partners.billing.stripe_model import Closing, Invoicer, StripeAccount


class FakeInvoicers:
    def __init__(self) -> None:
        self.accounts: dict[str, StripeAccount] = {}
        self.closing_rows: dict[tuple[str, str], Closing] = {}
        self.claims: dict[tuple[str, str], Invoicer] = {}

    def account(self, partner_id: str) -> StripeAccount | None:
        return self.accounts.get(partner_id)

    def closing(self, partner_id: str, month: str) -> Closing:
        return self.closing_rows.get((partner_id, month)) or Closing(partner_id, month)

    def closings(self, partner_id: str) -> list[Closing]:
        return [one for (partner, _), one in sorted(self.closing_rows.items()) if partner == partner_id]

    def claim(self, partner_id: str, month: str, invoicer: Invoicer) -> Invoicer:
        return self.claims.setdefault((partner_id, month), invoicer)
