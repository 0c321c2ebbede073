"""Every operation of the API as a method.

Written by `python -m infra.api_docs` from the API's OpenAPI document: do not edit."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal

from tessera_client.calls import Calls
from tessera_client.types import (
    AdjustmentReply,
    AdjustmentsReply,
    AdvanceReply,
    AskedPayoutReply,
    AttemptOut,
    AttemptsReply,
    BillingContactReply,
    BillingDecisionReply,
    BillingDecisionsReply,
    BillingOverviewReply,
    BillingReply,
    BillReply,
    BookOut,
    BookReply,
    BooksReply,
    CancelledReply,
    CapturedReply,
    CardReply,
    CardSourceBody,
    CaseReply,
    CasesReply,
    CaseSummary,
    CashbackRedeemedReply,
    ClaimBody,
    ClosedReply,
    CollateralReply,
    ConnectionReply,
    ConnectionsReply,
    CountedEntriesReply,
    CountedEntryOut,
    CredentialReply,
    CredentialsReply,
    DepartedReply,
    DifferenceOut,
    DifferencesReply,
    DisputesReply,
    EndpointReply,
    EndpointsReply,
    EndpointWithSecretReply,
    EnrolledReply,
    EntriesReply,
    EntryOut,
    ErasedReply,
    ExchangeRateBody,
    FlowOut,
    FlowsReply,
    FundingBody,
    GrossLineOut,
    HealthReply,
    HeldReply,
    InvoicePaymentReply,
    InvoiceReply,
    InvoicesReply,
    InvoiceSummaryOut,
    IssuedCredentialReply,
    IssuedKeyReply,
    JoinedReply,
    KeyReply,
    KeysReply,
    LinesFileReply,
    LinkReply,
    LocationReply,
    LocationsReply,
    MemberAccountReply,
    MergedReply,
    Money,
    MoneyBalanceReply,
    OpenedTokenReply,
    OperatorReply,
    OperatorsReply,
    OriginalsReply,
    OutcomeBody,
    OwnFundingReply,
    OwnPaymentReply,
    OwnPositionReply,
    OwnTermsReply,
    PairOut,
    PairsReply,
    PartnerFundingReply,
    PartnerInvoiceReply,
    PartnerLifeReply,
    PartnerReply,
    PartnersReply,
    PartnerState,
    PartnerTermsReply,
    PayeeAccountsReply,
    PaymentMethod,
    PaymentReply,
    PayoutOriginReply,
    PayoutReply,
    PayoutRequestReply,
    PayoutRequestsReply,
    PingReply,
    PlanBody,
    PositionLinesReply,
    PositionOut,
    PositionsReply,
    PositiveMoney,
    ProposalReply,
    PurchasedReply,
    PurchasesReply,
    QuotedReply,
    ReceivablesReply,
    ReceivedEventReply,
    ReconciliationReply,
    ReconciliationsReply,
    ReconciliationSummary,
    RecordOut,
    RecordsReply,
    RedeemedReply,
    ReplayReply,
    RetriesReply,
    ReturnedReply,
    RotatedKeyReply,
    SetAsideEventOut,
    SetAsideEventsReply,
    SettlementReply,
    SettlementsReply,
    StandingOut,
    StandingsReply,
    StatementKeysReply,
    StatementReply,
    StatementsReply,
    StatementSummaryOut,
    TableReply,
    Tier,
    TokenReply,
    TrailCheckReply,
    TransferredReply,
    UnmappedOut,
    UnmappedReply,
    UnmergedReply,
    UsagePlanReply,
    VisitCountsReply,
    VisitTraceReply,
    VoidedReply,
    WhatIfReply,
    WindowReply,
    WindowsReply,
)
from tessera_client.values import body


class Tessera(Calls):
    """The API, under one key. Each method may raise any TesseraClientError."""

    def enrol_member(
        self,
        *,
        contact: str,
        location_id: str,
        occurred_at: datetime,
        receipt: str | None = None,
        idempotency_key: str | None = None,
    ) -> EnrolledReply:
        """Enrol a customer.

        One e-mail address or phone number is enough. The reply holds the number of the customer's card, good
        at every partner of the network.

        Needs: members.
        """
        return self._call(
            "enrol_member",
            "POST",
            "/v1/members",
            EnrolledReply,
            repeatable=False,
            body=body(
                {"contact": contact, "location_id": location_id, "receipt": receipt, "occurred_at": occurred_at},
                optional=["receipt"],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def get_card(self, card_number: str) -> CardReply:
        """Look up a card.

        The balance is the same at every partner; who granted the points is not shown. The cards of a household
        share one.

        Needs: members.
        """
        return self._call(
            "get_card",
            "GET",
            "/v1/cards/{card_number}",
            CardReply,
            repeatable=True,
            path_values={"card_number": card_number},
        )

    def list_card_entries(
        self, card_number: str, *, cursor: str | None = None, limit: int | None = None
    ) -> EntriesReply:
        """List your entries on a card, newest first.

        Only what happened at your own locations is listed. The cards of a household have one list.

        Needs: members.
        """
        return self._call(
            "list_card_entries",
            "GET",
            "/v1/cards/{card_number}/entries",
            EntriesReply,
            repeatable=True,
            path_values={"card_number": card_number},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_card_entries(self, card_number: str, *, limit: int | None = None) -> Iterator[EntryOut]:
        """`list_card_entries` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_card_entries(card_number, limit=limit, cursor=cursor), "entries")

    def record_purchase(
        self,
        *,
        card_number: str,
        location_id: str,
        receipt: str,
        occurred_at: datetime,
        total: Money,
        idempotency_key: str | None = None,
    ) -> PurchasedReply:
        """Record a purchase and grant its points and cashback.

        Each receipt of a location earns once. `total` is what was paid in money, without what points paid for.

        Needs: earn.
        """
        return self._call(
            "record_purchase",
            "POST",
            "/v1/purchases",
            PurchasedReply,
            repeatable=False,
            body=body(
                {
                    "card_number": card_number,
                    "location_id": location_id,
                    "receipt": receipt,
                    "occurred_at": occurred_at,
                    "total": total,
                },
                optional=[],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def quote_purchase(
        self, *, card_number: str, location_id: str, receipt: str, occurred_at: datetime, total: Money
    ) -> QuotedReply:
        """Tell what a purchase would earn.

        Nothing is recorded. The same body sent to /v1/purchases grants the same under the same terms.

        Needs: earn.
        """
        return self._call(
            "quote_purchase",
            "POST",
            "/v1/purchases/quote",
            QuotedReply,
            repeatable=True,
            body=body(
                {
                    "card_number": card_number,
                    "location_id": location_id,
                    "receipt": receipt,
                    "occurred_at": occurred_at,
                    "total": total,
                },
                optional=[],
            ),
        )

    def record_purchases(self, *, purchases: list[dict[str, Any]]) -> PurchasesReply:
        """Record the purchases of an offline till.

        Each line has its own key and its own outcome, the same as if it had been sent alone to /v1/purchases.
        The whole batch may be sent again: what was recorded before is answered again and counted once.

        Needs: earn.
        """
        return self._call(
            "record_purchases",
            "POST",
            "/v1/purchases/batch",
            PurchasesReply,
            repeatable=True,
            body=body({"purchases": purchases}, optional=[]),
        )

    def redeem_points(
        self,
        *,
        card_number: str,
        location_id: str,
        receipt: str,
        occurred_at: datetime,
        points: int,
        idempotency_key: str | None = None,
    ) -> RedeemedReply:
        """Take points and tell what they are worth.

        Points of every partner are taken, those that expire first before the others. `value` is what the till
        takes off the receipt, rounded down to a whole cent.

        Needs: redeem.
        """
        return self._call(
            "redeem_points",
            "POST",
            "/v1/redemptions",
            RedeemedReply,
            repeatable=False,
            body=body(
                {
                    "card_number": card_number,
                    "location_id": location_id,
                    "receipt": receipt,
                    "occurred_at": occurred_at,
                    "points": points,
                },
                optional=[],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def redeem_cashback(
        self,
        *,
        card_number: str,
        location_id: str,
        receipt: str,
        occurred_at: datetime,
        cashback: PositiveMoney,
        idempotency_key: str | None = None,
    ) -> CashbackRedeemedReply:
        """Take cashback off a receipt.

        A cent of cashback is worth a cent, whoever granted it. It can be spent where its currency is taken.

        Needs: redeem.
        """
        return self._call(
            "redeem_cashback",
            "POST",
            "/v1/redemptions/cashback",
            CashbackRedeemedReply,
            repeatable=False,
            body=body(
                {
                    "card_number": card_number,
                    "location_id": location_id,
                    "receipt": receipt,
                    "occurred_at": occurred_at,
                    "cashback": cashback,
                },
                optional=[],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def reserve_points(
        self,
        *,
        card_number: str,
        location_id: str,
        receipt: str,
        occurred_at: datetime,
        points: int,
        ttl_seconds: int | None = None,
        idempotency_key: str | None = None,
    ) -> HeldReply:
        """Set points aside.

        Nobody can spend them until you capture or void the hold, or it ends by itself. Their value is promised.

        Needs: redeem.
        """
        return self._call(
            "reserve_points",
            "POST",
            "/v1/holds",
            HeldReply,
            repeatable=False,
            body=body(
                {
                    "card_number": card_number,
                    "location_id": location_id,
                    "receipt": receipt,
                    "occurred_at": occurred_at,
                    "points": points,
                    "ttl_seconds": ttl_seconds,
                },
                optional=["ttl_seconds"],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def capture_hold(
        self,
        entry_id: str,
        *,
        location_id: str,
        receipt: str,
        occurred_at: datetime,
        points: int | None = None,
        idempotency_key: str | None = None,
    ) -> CapturedReply:
        """Redeem points that were set aside.

        All or part, at the value promised; what is not captured becomes active again. A hold ends once.

        Needs: redeem.
        """
        return self._call(
            "capture_hold",
            "POST",
            "/v1/holds/{entry_id}/capture",
            CapturedReply,
            repeatable=False,
            path_values={"entry_id": entry_id},
            body=body(
                {"location_id": location_id, "receipt": receipt, "occurred_at": occurred_at, "points": points},
                optional=["points"],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def void_hold(
        self,
        entry_id: str,
        *,
        location_id: str,
        receipt: str,
        occurred_at: datetime,
        idempotency_key: str | None = None,
    ) -> VoidedReply:
        """Give up points that were set aside.

        All of them become active again. A hold ends once.

        Needs: redeem.
        """
        return self._call(
            "void_hold",
            "POST",
            "/v1/holds/{entry_id}/void",
            VoidedReply,
            repeatable=False,
            path_values={"entry_id": entry_id},
            body=body({"location_id": location_id, "receipt": receipt, "occurred_at": occurred_at}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def return_purchase(
        self,
        entry_id: str,
        *,
        location_id: str,
        receipt: str,
        occurred_at: datetime,
        total: Money | None = None,
        idempotency_key: str | None = None,
    ) -> ReturnedReply:
        """Take back what returned goods had earned.

        As often as you like, up to the purchase: any number of partial returns takes exactly what one return of
        their sum would. Points come from this purchase, then from your newest ones at this member; what was
        spent already becomes a debt to you that your next points repay. Cashback likewise.

        Needs: earn.
        """
        return self._call(
            "return_purchase",
            "POST",
            "/v1/purchases/{entry_id}/returns",
            ReturnedReply,
            repeatable=False,
            path_values={"entry_id": entry_id},
            body=body(
                {"location_id": location_id, "receipt": receipt, "occurred_at": occurred_at, "total": total},
                optional=["total"],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def cancel_redemption(
        self,
        entry_id: str,
        *,
        location_id: str,
        receipt: str,
        occurred_at: datetime,
        points: int | None = None,
        cashback: PositiveMoney | None = None,
        idempotency_key: str | None = None,
    ) -> CancelledReply:
        """Give back points of a redemption or capture, or cashback of a redemption of cashback.

        It returns to where it came from. What has expired meanwhile stays expired and is reported.

        Needs: redeem.
        """
        return self._call(
            "cancel_redemption",
            "POST",
            "/v1/redemptions/{entry_id}/cancellations",
            CancelledReply,
            repeatable=False,
            path_values={"entry_id": entry_id},
            body=body(
                {
                    "location_id": location_id,
                    "receipt": receipt,
                    "occurred_at": occurred_at,
                    "points": points,
                    "cashback": cashback,
                },
                optional=["cashback", "points"],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def transfer_points(
        self,
        *,
        card_number: str,
        to_card_number: str,
        location_id: str,
        occurred_at: datetime,
        points: int,
        idempotency_key: str | None = None,
    ) -> TransferredReply:
        """Give points to another customer.

        Both cards are shown. Points that expire first go first and keep their expiry. Pending points and
        cashback
        stay, and who owes points can't give any away.

        Needs: redeem.
        """
        return self._call(
            "transfer_points",
            "POST",
            "/v1/transfers",
            TransferredReply,
            repeatable=False,
            body=body(
                {
                    "card_number": card_number,
                    "to_card_number": to_card_number,
                    "location_id": location_id,
                    "occurred_at": occurred_at,
                    "points": points,
                },
                optional=[],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def join_household(
        self,
        *,
        card_number: str,
        household_card_number: str,
        location_id: str,
        occurred_at: datetime,
        idempotency_key: str | None = None,
    ) -> JoinedReply:
        """Let a customer's card use another customer's account.

        Both cards are shown. All that the first card holds and owes goes to the second one's account, in which
        both
        cards earn and spend from now on. Up to nine other cards can use one account.

        Needs: members.
        """
        return self._call(
            "join_household",
            "POST",
            "/v1/households",
            JoinedReply,
            repeatable=False,
            body=body(
                {
                    "card_number": card_number,
                    "household_card_number": household_card_number,
                    "location_id": location_id,
                    "occurred_at": occurred_at,
                },
                optional=[],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def leave_household(
        self,
        *,
        card_number: str,
        location_id: str,
        occurred_at: datetime,
        points: int,
        household_card_number: str | None = None,
        idempotency_key: str | None = None,
    ) -> DepartedReply:
        """Let a customer's card stand alone again.

        The card takes along `points` of the household, if the household's card is shown too, and what its own
        earlier
        purchases have pending, and unpaid debts that it brought; cashback stays with the household.

        Needs: members.
        """
        return self._call(
            "leave_household",
            "POST",
            "/v1/households/departures",
            DepartedReply,
            repeatable=False,
            body=body(
                {
                    "card_number": card_number,
                    "household_card_number": household_card_number,
                    "location_id": location_id,
                    "occurred_at": occurred_at,
                    "points": points,
                },
                optional=["household_card_number"],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def list_entries(
        self, *, from_: date, to: date, cursor: str | None = None, limit: int | None = None
    ) -> EntriesReply:
        """List your entries of a period.

        Days are UTC days of recording. An entry appears a few seconds after it is recorded; a listing of days
        that are over is complete and keeps its order.

        Needs: reports.
        """
        return self._call(
            "list_entries",
            "GET",
            "/v1/entries",
            EntriesReply,
            repeatable=True,
            query={"from": from_, "to": to, "cursor": cursor, "limit": limit},
        )

    def iter_entries(self, *, from_: date, to: date, limit: int | None = None) -> Iterator[EntryOut]:
        """`list_entries` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_entries(from_=from_, to=to, limit=limit, cursor=cursor), "entries")

    def list_visits(
        self,
        *,
        from_: date,
        to: date,
        cursor: str | None = None,
        limit: int | None = None,
        location_id: str | None = None,
    ) -> EntriesReply:
        """List your loyalty visits of a period, one entry each.

        These are what a bill counts: a month's visits, or those of one location, are listed by its first and
        last day.

        Needs: reports.
        """
        return self._call(
            "list_visits",
            "GET",
            "/v1/visits",
            EntriesReply,
            repeatable=True,
            query={"from": from_, "to": to, "cursor": cursor, "limit": limit, "location_id": location_id},
        )

    def iter_visits(
        self, *, from_: date, to: date, limit: int | None = None, location_id: str | None = None
    ) -> Iterator[EntryOut]:
        """`list_visits` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_visits(from_=from_, to=to, limit=limit, location_id=location_id, cursor=cursor),
            "entries",
        )

    def list_partner_visits(
        self,
        partner_id: str,
        *,
        from_: date,
        to: date,
        cursor: str | None = None,
        limit: int | None = None,
        location_id: str | None = None,
    ) -> EntriesReply:
        """List a partner's loyalty visits of a period, one entry each: what is behind a figure of its bill.

        Needs: operator, viewer.
        """
        return self._call(
            "list_partner_visits",
            "GET",
            "/v1/partners/{partner_id}/visits",
            EntriesReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            query={"from": from_, "to": to, "cursor": cursor, "limit": limit, "location_id": location_id},
        )

    def iter_partner_visits(
        self, partner_id: str, *, from_: date, to: date, limit: int | None = None, location_id: str | None = None
    ) -> Iterator[EntryOut]:
        """`list_partner_visits` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_partner_visits(
                partner_id, from_=from_, to=to, limit=limit, location_id=location_id, cursor=cursor
            ),
            "entries",
        )

    def trace_visit(self, entry_id: str) -> VisitTraceReply:
        """Trace an entry: what else belongs to its receipt, what of it is the visit, and why the rest is not.

        Any of your entries may be named. A return, cancellation or void leads to the receipt of what it undoes.

        Needs: reports.
        """
        return self._call(
            "trace_visit",
            "GET",
            "/v1/visits/{entry_id}",
            VisitTraceReply,
            repeatable=True,
            path_values={"entry_id": entry_id},
        )

    def trace_partner_visit(self, entry_id: str, partner_id: str) -> VisitTraceReply:
        """Trace an entry of a partner: what else belongs to its receipt, and what of it is the visit.

        Needs: operator, viewer.
        """
        return self._call(
            "trace_partner_visit",
            "GET",
            "/v1/partners/{partner_id}/visits/{entry_id}",
            VisitTraceReply,
            repeatable=True,
            path_values={"entry_id": entry_id, "partner_id": partner_id},
        )

    def count_visits(
        self, *, from_: date, to: date, by: Literal["period", "day", "hour"] | None = None
    ) -> VisitCountsReply:
        """Count your loyalty visits by location, and by day or hour if you like.

        Needs: reports.
        """
        return self._call(
            "count_visits",
            "GET",
            "/v1/visit-counts",
            VisitCountsReply,
            repeatable=True,
            query={"from": from_, "to": to, "by": by},
        )

    def count_partner_visits(
        self, partner_id: str, *, from_: date, to: date, by: Literal["period", "day", "hour"] | None = None
    ) -> VisitCountsReply:
        """Count a partner's loyalty visits by location, and by day or hour if you like.

        Needs: operator, viewer.
        """
        return self._call(
            "count_partner_visits",
            "GET",
            "/v1/partners/{partner_id}/visit-counts",
            VisitCountsReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            query={"from": from_, "to": to, "by": by},
        )

    def get_bill(self, *, month: str) -> BillReply:
        """Get your bill of a month.

        It depends on two things only: your locations, and the loyalty visits of the month. While the month goes
        on it is an
        estimate: what has come to pass, and what the month comes to if visits go on like that.

        Needs: reports.
        """
        return self._call("get_bill", "GET", "/v1/bill", BillReply, repeatable=True, query={"month": month})

    def get_partner_bill(self, partner_id: str, *, month: str) -> BillReply:
        """Get a partner's bill of a month.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_bill",
            "GET",
            "/v1/partners/{partner_id}/bill",
            BillReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            query={"month": month},
        )

    def try_plan(self, *, month: str, plan: PlanBody) -> WhatIfReply:
        """Try another plan out on one of your months.

        Nothing is agreed or written.

        Needs: reports.
        """
        return self._call(
            "try_plan",
            "POST",
            "/v1/bill/what-if",
            WhatIfReply,
            repeatable=True,
            body=body({"month": month, "plan": plan}, optional=[]),
        )

    def try_partner_plan(self, partner_id: str, *, month: str, plan: PlanBody) -> WhatIfReply:
        """Try another plan out on a partner's month.

        Nothing is agreed or written.

        Needs: operator, viewer.
        """
        return self._call(
            "try_partner_plan",
            "POST",
            "/v1/partners/{partner_id}/bill/what-if",
            WhatIfReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            body=body({"month": month, "plan": plan}, optional=[]),
        )

    def issue_invoice(self, partner_id: str, *, month: str, reason: str | None = None) -> PartnerInvoiceReply:
        """Issue a partner's invoice of a month.

        From then on the month's bill is final. What changes later is adjusted by the next invoice. The same
        request again
        answers the invoice as first issued. Of a month without a location and a visit there is none.

        Needs: operator, settler.
        """
        return self._call(
            "issue_invoice",
            "POST",
            "/v1/partners/{partner_id}/invoices",
            PartnerInvoiceReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            body=body({"reason": reason, "month": month}, optional=["reason"]),
        )

    def list_partner_invoices(
        self, partner_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> InvoicesReply:
        """List a partner's invoices, newest first.

        Needs: operator, viewer.
        """
        return self._call(
            "list_partner_invoices",
            "GET",
            "/v1/partners/{partner_id}/invoices",
            InvoicesReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_partner_invoices(self, partner_id: str, *, limit: int | None = None) -> Iterator[InvoiceSummaryOut]:
        """`list_partner_invoices` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_partner_invoices(partner_id, limit=limit, cursor=cursor), "invoices"
        )

    def list_invoices(self, *, cursor: str | None = None, limit: int | None = None) -> InvoicesReply:
        """List your invoices, newest first.

        Needs: reports.
        """
        return self._call(
            "list_invoices",
            "GET",
            "/v1/invoices",
            InvoicesReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_invoices(self, *, limit: int | None = None) -> Iterator[InvoiceSummaryOut]:
        """`list_invoices` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_invoices(limit=limit, cursor=cursor), "invoices")

    def get_invoice(self, month: str) -> InvoiceReply:
        """Get your invoice of a month.

        Needs: reports.
        """
        return self._call(
            "get_invoice", "GET", "/v1/invoices/{month}", InvoiceReply, repeatable=True, path_values={"month": month}
        )

    def get_partner_invoice(self, partner_id: str, month: str) -> PartnerInvoiceReply:
        """Get a partner's invoice of a month.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_invoice",
            "GET",
            "/v1/partners/{partner_id}/invoices/{month}",
            PartnerInvoiceReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "month": month},
        )

    def record_invoice_payment(
        self,
        partner_id: str,
        month: str,
        *,
        amount_cents: int,
        received_on: date,
        reference: str,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> InvoicePaymentReply:
        """Record money that came in for a partner's invoice.

        All of it or a part, never more than is open. A payment is recorded once for its key and never changed;
        one that
        comes back is reversed. Invoices at Stripe are paid there.

        Needs: operator, settler.
        """
        return self._call(
            "record_invoice_payment",
            "POST",
            "/v1/partners/{partner_id}/invoices/{month}/payments",
            InvoicePaymentReply,
            repeatable=False,
            path_values={"partner_id": partner_id, "month": month},
            body=body(
                {"reason": reason, "amount_cents": amount_cents, "received_on": received_on, "reference": reference},
                optional=["reason"],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def reverse_invoice_payment(
        self,
        partner_id: str,
        month: str,
        payment_id: str,
        *,
        returned_on: date,
        reason: str,
        idempotency_key: str | None = None,
    ) -> InvoicePaymentReply:
        """Record that a payment of an invoice came back.

        The whole of it: the invoice is open by it again, and due when it was.

        Needs: operator, settler.
        """
        return self._call(
            "reverse_invoice_payment",
            "POST",
            "/v1/partners/{partner_id}/invoices/{month}/payments/{payment_id}/reverse",
            InvoicePaymentReply,
            repeatable=False,
            path_values={"partner_id": partner_id, "month": month, "payment_id": payment_id},
            body=body({"returned_on": returned_on, "reason": reason}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def get_invoice_pdf(self, month: str) -> bytes:
        """Get your invoice of a month as a PDF document.

        Send the header `Accept: application/pdf`.

        Needs: reports.
        """
        return self._call(
            "get_invoice_pdf", "GET", "/v1/invoices/{month}/pdf", bytes, repeatable=True, path_values={"month": month}
        )

    def get_partner_invoice_pdf(self, partner_id: str, month: str) -> bytes:
        """Get a partner's invoice of a month as a PDF document.

        Send the header `Accept: application/pdf`.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_invoice_pdf",
            "GET",
            "/v1/partners/{partner_id}/invoices/{month}/pdf",
            bytes,
            repeatable=True,
            path_values={"partner_id": partner_id, "month": month},
        )

    def list_billing(self, *, cursor: str | None = None, limit: int | None = None) -> BillingOverviewReply:
        """List the partners billed through Stripe: who is late, and what is held and why.

        Needs: operator, viewer.
        """
        return self._call(
            "list_billing",
            "GET",
            "/v1/billing",
            BillingOverviewReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_billing(self, *, limit: int | None = None) -> Iterator[BillingReply]:
        """`list_billing` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_billing(limit=limit, cursor=cursor), "partners")

    def list_standings(self, *, cursor: str | None = None, limit: int | None = None) -> StandingsReply:
        """List how partners stand with their invoices, the operator's own and Stripe's: all that were ever late.

        Needs: operator, viewer.
        """
        return self._call(
            "list_standings",
            "GET",
            "/v1/standings",
            StandingsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_standings(self, *, limit: int | None = None) -> Iterator[StandingOut]:
        """`list_standings` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_standings(limit=limit, cursor=cursor), "standings")

    def get_billing(self, partner_id: str) -> BillingReply:
        """Get how a partner's billing through Stripe stands, with all its months, and how it pays.

        Needs: operator, viewer.
        """
        return self._call(
            "get_billing",
            "GET",
            "/v1/partners/{partner_id}/billing",
            BillingReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
        )

    def open_billing(self, partner_id: str, *, reason: str, idempotency_key: str | None = None) -> BillingDecisionReply:
        """Bill a partner through Stripe from this month on.

        The rest of this month is rated by us and invoiced at its end. Who is billed so already stays as it is.
        Its billing
        contact must be known. Whose billing there ends may be opened again once its last month is closed.

        Needs: operator, admin.
        """
        return self._call(
            "open_billing",
            "POST",
            "/v1/partners/{partner_id}/billing",
            BillingDecisionReply,
            repeatable=False,
            path_values={"partner_id": partner_id},
            body=body({"reason": reason}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def list_billing_decisions(
        self, partner_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> BillingDecisionsReply:
        """List what was decided about a partner's billing, latest first. The network's own are listed as
        `network`.

        Needs: operator, viewer.
        """
        return self._call(
            "list_billing_decisions",
            "GET",
            "/v1/partners/{partner_id}/billing/decisions",
            BillingDecisionsReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_billing_decisions(self, partner_id: str, *, limit: int | None = None) -> Iterator[BillingDecisionReply]:
        """`list_billing_decisions` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_billing_decisions(partner_id, limit=limit, cursor=cursor), "decisions"
        )

    def end_billing(
        self, partner_id: str, *, reason: str, at_once: bool | None = None, idempotency_key: str | None = None
    ) -> BillingDecisionReply:
        """End a partner's billing through Stripe with this month.

        Its subscription ends with the month, so that no visit of it is lost; one that has not begun to bill is
        cancelled
        now. The month is invoiced when it is over; you invoice later ones. With `at_once` a partner without an
        open
        location is invoiced from the day after it had one, as soon as Stripe counts all its visits.

        Needs: operator, admin.
        """
        return self._call(
            "end_billing",
            "POST",
            "/v1/partners/{partner_id}/billing/end",
            BillingDecisionReply,
            repeatable=False,
            path_values={"partner_id": partner_id},
            body=body({"reason": reason, "at_once": at_once}, optional=["at_once"]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def decide_month(
        self,
        partner_id: str,
        month: str,
        *,
        decision: Literal["release", "confirm", "write_off"],
        reason: str,
        idempotency_key: str | None = None,
    ) -> BillingDecisionReply:
        """Release, confirm or write off a month that is held.

        A month that is finalised stays as it is, but what is wrong with it can be written off.

        Needs: operator, settler.
        """
        return self._call(
            "decide_month",
            "POST",
            "/v1/partners/{partner_id}/billing/{month}/decisions",
            BillingDecisionReply,
            repeatable=False,
            path_values={"partner_id": partner_id, "month": month},
            body=body({"decision": decision, "reason": reason}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def credit_month(
        self, partner_id: str, month: str, *, amount_cents: int, reason: str, idempotency_key: str | None = None
    ) -> BillingDecisionReply:
        """Take back a part of a finalised month by a credit note.

        Needs: operator, settler.
        """
        return self._call(
            "credit_month",
            "POST",
            "/v1/partners/{partner_id}/billing/{month}/credits",
            BillingDecisionReply,
            repeatable=False,
            path_values={"partner_id": partner_id, "month": month},
            body=body({"amount_cents": amount_cents, "reason": reason}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def replace_message(
        self, partner_id: str, *, identifier: str, reason: str, idempotency_key: str | None = None
    ) -> BillingDecisionReply:
        """Have the visits of a message told anew that was rejected, or was lost and can't count any more.

        Needs: operator, settler.
        """
        return self._call(
            "replace_message",
            "POST",
            "/v1/partners/{partner_id}/billing/replacements",
            BillingDecisionReply,
            repeatable=False,
            path_values={"partner_id": partner_id},
            body=body({"identifier": identifier, "reason": reason}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def backfill_webhooks(
        self, *, since: datetime, reason: str, idempotency_key: str | None = None
    ) -> BillingDecisionReply:
        """Ask Stripe for webhooks that were missed since a moment, of the last 30 days.

        What the schedule asks for every 15 minutes by itself goes back an hour before its last time.

        Needs: operator, settler.
        """
        return self._call(
            "backfill_webhooks",
            "POST",
            "/v1/billing/backfills",
            BillingDecisionReply,
            repeatable=False,
            body=body({"since": since, "reason": reason}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def get_billing_contact(self) -> BillingContactReply:
        """Get where your invoices are sent.

        Needs: admin.
        """
        return self._call("get_billing_contact", "GET", "/v1/billing-contact", BillingContactReply, repeatable=True)

    def set_billing_contact(self, *, email: str) -> BillingContactReply:
        """Say where your invoices are to be sent.

        It holds for invoices from the next quarter of an hour on. The same again changes nothing. The address
        before is
        kept nowhere here.

        Needs: admin.
        """
        return self._call(
            "set_billing_contact",
            "POST",
            "/v1/billing-contact",
            BillingContactReply,
            repeatable=True,
            body=body({"email": email}, optional=[]),
        )

    def delete_billing_contact(self, *, reason: str) -> BillingContactReply:
        """Have your invoices sent nowhere.

        The address is kept nowhere here, nor at Stripe from the next quarter of an hour on, but on invoices
        that are final.
        While you are billed through Stripe, nothing is invoiced until you name another. Again, nothing changes.

        Needs: admin.
        """
        return self._call(
            "delete_billing_contact",
            "POST",
            "/v1/billing-contact/delete",
            BillingContactReply,
            repeatable=True,
            body=body({"reason": reason}, optional=[]),
        )

    def get_partner_billing_contact(self, partner_id: str) -> BillingContactReply:
        """Get where a partner's invoices are sent.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_billing_contact",
            "GET",
            "/v1/partners/{partner_id}/billing-contact",
            BillingContactReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
        )

    def set_partner_billing_contact(self, partner_id: str, *, email: str, reason: str) -> BillingContactReply:
        """Say where a partner's invoices are to be sent.

        Needed before it is billed through Stripe, which sends no invoice without an address. The same again
        changes
        nothing.

        Needs: operator, admin.
        """
        return self._call(
            "set_partner_billing_contact",
            "POST",
            "/v1/partners/{partner_id}/billing-contact",
            BillingContactReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            body=body({"email": email, "reason": reason}, optional=[]),
        )

    def delete_partner_billing_contact(self, partner_id: str, *, reason: str) -> BillingContactReply:
        """Have a partner's invoices sent nowhere.

        The address is kept nowhere here, nor at Stripe from the next quarter of an hour on, but on invoices
        that are final.
        While it is billed through Stripe, nothing is invoiced until there is another. Again, nothing changes.

        Needs: operator, admin.
        """
        return self._call(
            "delete_partner_billing_contact",
            "POST",
            "/v1/partners/{partner_id}/billing-contact/delete",
            BillingContactReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            body=body({"reason": reason}, optional=[]),
        )

    def list_billing_events(self, *, cursor: str | None = None, limit: int | None = None) -> SetAsideEventsReply:
        """List Stripe's events that had no effect, because they could not be understood or what they ask for
        failed.

        The schedule tries them again every 15 minutes, and tells of them each time until they are understood or
        dismissed.

        Needs: operator, viewer.
        """
        return self._call(
            "list_billing_events",
            "GET",
            "/v1/billing/events",
            SetAsideEventsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_billing_events(self, *, limit: int | None = None) -> Iterator[SetAsideEventOut]:
        """`list_billing_events` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_billing_events(limit=limit, cursor=cursor), "events")

    def decide_event(
        self, event_id: str, *, decision: Literal["retry", "dismiss"], reason: str, idempotency_key: str | None = None
    ) -> BillingDecisionReply:
        """Try an event again that had no effect, or dismiss it: then it never has one.

        Needs: operator, settler.
        """
        return self._call(
            "decide_event",
            "POST",
            "/v1/billing/events/{event_id}/decisions",
            BillingDecisionReply,
            repeatable=False,
            path_values={"event_id": event_id},
            body=body({"decision": decision, "reason": reason}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def get_payee_accounts(self, partner_id: str) -> PayeeAccountsReply:
        """Get where a partner's positions are paid, and what is proposed instead.

        Needs: operator, viewer.
        """
        return self._call(
            "get_payee_accounts",
            "GET",
            "/v1/partners/{partner_id}/payee-accounts",
            PayeeAccountsReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
        )

    def propose_payee_accounts(
        self,
        partner_id: str,
        *,
        reason: str,
        customer_id: str | None = None,
        connected_account_id: str | None = None,
        collection: Literal["send_invoice", "charge_automatically"] | None = None,
        bank_account_fingerprint: str | None = None,
    ) -> PayeeAccountsReply:
        """Propose where a partner's positions are paid, all of it at once.

        It holds when another operator has approved it; until then money goes where it went before. A new
        proposal takes
        the place of one that waits. The same request again changes nothing.

        Needs: operator, admin.
        """
        return self._call(
            "propose_payee_accounts",
            "POST",
            "/v1/partners/{partner_id}/payee-accounts",
            PayeeAccountsReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            body=body(
                {
                    "customer_id": customer_id,
                    "connected_account_id": connected_account_id,
                    "collection": collection,
                    "bank_account_fingerprint": bank_account_fingerprint,
                    "reason": reason,
                },
                optional=["bank_account_fingerprint", "collection", "connected_account_id", "customer_id"],
            ),
        )

    def approve_payee_accounts(self, partner_id: str, proposal: int, *, reason: str) -> PayeeAccountsReply:
        """Approve where another operator has proposed to pay a partner.

        It holds for payments that are planned from then on; one that is planned or sent at Stripe keeps its
        own. Again is a
        success.

        Needs: operator, approver.
        """
        return self._call(
            "approve_payee_accounts",
            "POST",
            "/v1/partners/{partner_id}/payee-accounts/proposals/{proposal}/approve",
            PayeeAccountsReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def decline_payee_accounts(self, partner_id: str, proposal: int, *, reason: str) -> PayeeAccountsReply:
        """Withdraw what you have proposed of where a partner is paid, or reject what another did. Again is a
        success.

        Needs: operator, admin, approver.
        """
        return self._call(
            "decline_payee_accounts",
            "POST",
            "/v1/partners/{partner_id}/payee-accounts/proposals/{proposal}/decline",
            PayeeAccountsReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def get_collateral(self, partner_id: str) -> CollateralReply:
        """Get what is held of a partner in case it does not pay, and what defaults took of it.

        Needs: operator, viewer.
        """
        return self._call(
            "get_collateral",
            "GET",
            "/v1/partners/{partner_id}/collateral",
            CollateralReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
        )

    def propose_collateral(
        self, partner_id: str, *, held_cents: int, reason: str, guarantee_cents: int | None = None
    ) -> CollateralReply:
        """Propose what is held of a partner.

        It counts when another operator has approved it; until then what was agreed before does. A new proposal
        takes the
        place of one that waits. The same request again changes nothing.

        Needs: operator, settler.
        """
        return self._call(
            "propose_collateral",
            "POST",
            "/v1/partners/{partner_id}/collateral",
            CollateralReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            body=body(
                {"held_cents": held_cents, "guarantee_cents": guarantee_cents, "reason": reason},
                optional=["guarantee_cents"],
            ),
        )

    def approve_collateral(self, partner_id: str, proposal: int, *, reason: str) -> CollateralReply:
        """Approve what another operator has proposed to be held of a partner. Again is a success.

        But for what is a guarantee it has to be in the partner's deposit.

        Needs: operator, approver.
        """
        return self._call(
            "approve_collateral",
            "POST",
            "/v1/partners/{partner_id}/collateral/proposals/{proposal}/approve",
            CollateralReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def decline_collateral(self, partner_id: str, proposal: int, *, reason: str) -> CollateralReply:
        """Withdraw what you have proposed to be held of a partner, or reject what another did. Again is a success.

        Needs: operator, approver, settler.
        """
        return self._call(
            "decline_collateral",
            "POST",
            "/v1/partners/{partner_id}/collateral/proposals/{proposal}/decline",
            CollateralReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def get_advance(self, currency: str) -> AdvanceReply:
        """Get what the network itself has put in to pay the creditors of a currency.

        Needs: operator, viewer.
        """
        return self._call(
            "get_advance",
            "GET",
            "/v1/advances/{currency}",
            AdvanceReply,
            repeatable=True,
            path_values={"currency": currency},
        )

    def propose_advance(self, currency: str, *, advanced_cents: int, reason: str) -> AdvanceReply:
        """Propose what the network advances in a currency, in all.

        It counts when another operator has approved it; until then what was agreed before does. A new proposal
        takes the
        place of one that waits. The same request again changes nothing.

        Needs: operator, settler.
        """
        return self._call(
            "propose_advance",
            "POST",
            "/v1/advances/{currency}",
            AdvanceReply,
            repeatable=True,
            path_values={"currency": currency},
            body=body({"advanced_cents": advanced_cents, "reason": reason}, optional=[]),
        )

    def approve_advance(self, currency: str, proposal: int, *, reason: str) -> AdvanceReply:
        """Approve what another operator has proposed to advance. Again is a success.

        Needs: operator, approver.
        """
        return self._call(
            "approve_advance",
            "POST",
            "/v1/advances/{currency}/proposals/{proposal}/approve",
            AdvanceReply,
            repeatable=True,
            path_values={"currency": currency, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def decline_advance(self, currency: str, proposal: int, *, reason: str) -> AdvanceReply:
        """Withdraw what you have proposed to advance, or reject what another did. Again is a success.

        Needs: operator, approver, settler.
        """
        return self._call(
            "decline_advance",
            "POST",
            "/v1/advances/{currency}/proposals/{proposal}/decline",
            AdvanceReply,
            repeatable=True,
            path_values={"currency": currency, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def create_partner(self, *, partner_id: str, name: str, currency: str, reason: str | None = None) -> PartnerReply:
        """Invite a partner.

        It may not trade before it has been verified and is active. The same request again is a success and
        changes
        nothing.

        Needs: operator, admin.
        """
        return self._call(
            "create_partner",
            "POST",
            "/v1/partners",
            PartnerReply,
            repeatable=True,
            body=body(
                {"reason": reason, "partner_id": partner_id, "name": name, "currency": currency}, optional=["reason"]
            ),
        )

    def list_partners(self, *, cursor: str | None = None, limit: int | None = None) -> PartnersReply:
        """List all partners, by id.

        Needs: operator, viewer.
        """
        return self._call(
            "list_partners",
            "GET",
            "/v1/partners",
            PartnersReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_partners(self, *, limit: int | None = None) -> Iterator[PartnerReply]:
        """`list_partners` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_partners(limit=limit, cursor=cursor), "partners")

    def change_partner_state(self, partner_id: str, *, state: PartnerState, reason: str) -> PartnerReply:
        """Take a partner to another state of its life.

        invited, verified, active, suspended, closed: in this order, and back from suspended to active. Its
        tills know
        within a minute. Points that a suspended or closed partner has granted stay spendable elsewhere. The
        state that it
        is in already is a success and changes nothing.

        Needs: operator, admin.
        """
        return self._call(
            "change_partner_state",
            "POST",
            "/v1/partners/{partner_id}/state",
            PartnerReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            body=body({"state": state, "reason": reason}, optional=[]),
        )

    def get_partner(self, partner_id: str) -> PartnerLifeReply:
        """Show a partner, what it may do now and how it came to that.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner",
            "GET",
            "/v1/partners/{partner_id}",
            PartnerLifeReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
        )

    def record_payment(
        self, partner_id: str, *, paid_cents: int, currency: str, reason: str, idempotency_key: str | None = None
    ) -> PaymentReply:
        """Record money that came from a partner, or went to it.

        Deposits, and what is given back of them: settlements record by themselves what they collect, pay and
        take of a
        deposit. A record is never changed. Tills know within two minutes. What of a partner and UTC day comes
        to more than
        1,000.00 lifts no limit before another operator confirms it: it says `waits`.

        Needs: operator, settler.
        """
        return self._call(
            "record_payment",
            "POST",
            "/v1/partners/{partner_id}/payments",
            PaymentReply,
            repeatable=False,
            path_values={"partner_id": partner_id},
            body=body({"paid_cents": paid_cents, "currency": currency, "reason": reason}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def confirm_payment(self, partner_id: str, payment_id: str, *, reason: str | None = None) -> PaymentReply:
        """Confirm that money came which another operator has recorded: what waited lifts the partner's limit.

        Look at the account first. Again is a success. Tills know within two minutes.

        Needs: operator, approver, settler.
        """
        return self._call(
            "confirm_payment",
            "POST",
            "/v1/partners/{partner_id}/payments/{payment_id}/confirm",
            PaymentReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "payment_id": payment_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def decline_payment(self, partner_id: str, payment_id: str, *, reason: str | None = None) -> PaymentReply:
        """Say that money which waits to be confirmed never came: as much is recorded with the opposite sign.

        Anybody may, whoever recorded it too. Again is a success.

        Needs: operator, approver, settler.
        """
        return self._call(
            "decline_payment",
            "POST",
            "/v1/partners/{partner_id}/payments/{payment_id}/decline",
            PaymentReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "payment_id": payment_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def get_partner_funding(
        self, partner_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> PartnerFundingReply:
        """Show how a partner stands against its funding, what is held of its deposit, and a page of its payments.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_funding",
            "GET",
            "/v1/partners/{partner_id}/funding",
            PartnerFundingReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_get_partner_funding(self, partner_id: str, *, limit: int | None = None) -> Iterator[PaymentReply]:
        """`get_partner_funding` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.get_partner_funding(partner_id, limit=limit, cursor=cursor), "payments")

    def get_funding(self, *, cursor: str | None = None, limit: int | None = None) -> OwnFundingReply:
        """Show how you stand against your funding, and a page of your payments.

        Needs: reports.
        """
        return self._call(
            "get_funding",
            "GET",
            "/v1/funding",
            OwnFundingReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_get_funding(self, *, limit: int | None = None) -> Iterator[OwnPaymentReply]:
        """`get_funding` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.get_funding(limit=limit, cursor=cursor), "payments")

    def propose_terms(
        self,
        partner_id: str,
        *,
        effective_from: datetime,
        earn_points: int,
        earn_per_cents: int,
        issue_price_micros: int,
        redeem_price_micros: int,
        expiry_months: int,
        plan: PlanBody,
        reason: str,
        waiting_days: int | None = None,
        late_days: int | None = None,
        answer_days: int | None = None,
        cashback_bps: int | None = None,
        commission_bps: int | None = None,
        breakage_share_bps: int | None = None,
        cashback_expiry_months: int | None = None,
        cashback_breakage_share_bps: int | None = None,
        funding: FundingBody | None = None,
        payment_method: PaymentMethod | None = None,
        exchange_rates: list[ExchangeRateBody] | None = None,
    ) -> ProposalReply:
        """Propose a partner's next terms.

        They come into force when another operator approves them. The first terms may begin at any time, later
        ones only
        ahead: history is never rewritten. No partner may be paid more for honouring a point than another pays
        for
        granting it: the redeem price may not exceed any current or future issue price in the same currency. The
        same
        request again gives the same proposal.

        Needs: operator, admin.
        """
        return self._call(
            "propose_terms",
            "POST",
            "/v1/partners/{partner_id}/terms",
            ProposalReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            body=body(
                {
                    "effective_from": effective_from,
                    "earn_points": earn_points,
                    "earn_per_cents": earn_per_cents,
                    "issue_price_micros": issue_price_micros,
                    "redeem_price_micros": redeem_price_micros,
                    "expiry_months": expiry_months,
                    "waiting_days": waiting_days,
                    "late_days": late_days,
                    "answer_days": answer_days,
                    "cashback_bps": cashback_bps,
                    "commission_bps": commission_bps,
                    "breakage_share_bps": breakage_share_bps,
                    "cashback_expiry_months": cashback_expiry_months,
                    "cashback_breakage_share_bps": cashback_breakage_share_bps,
                    "funding": funding,
                    "payment_method": payment_method,
                    "exchange_rates": exchange_rates,
                    "plan": plan,
                    "reason": reason,
                },
                optional=[
                    "answer_days",
                    "breakage_share_bps",
                    "cashback_bps",
                    "cashback_breakage_share_bps",
                    "cashback_expiry_months",
                    "commission_bps",
                    "exchange_rates",
                    "funding",
                    "late_days",
                    "payment_method",
                    "waiting_days",
                ],
            ),
        )

    def show_partner_terms(self, partner_id: str, *, at: datetime | date | None = None) -> PartnerTermsReply:
        """Show a partner's terms: what is in force at a moment, all versions and all proposals.

        Needs: operator, viewer.
        """
        return self._call(
            "show_partner_terms",
            "GET",
            "/v1/partners/{partner_id}/terms",
            PartnerTermsReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            query={"at": at},
        )

    def approve_terms(self, partner_id: str, proposal: int, *, reason: str) -> ProposalReply:
        """Approve terms that another operator has proposed.

        They become the partner's next version, which never changes. Again is a success.

        Needs: operator, approver.
        """
        return self._call(
            "approve_terms",
            "POST",
            "/v1/partners/{partner_id}/terms/proposals/{proposal}/approve",
            ProposalReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def decline_terms(self, partner_id: str, proposal: int, *, reason: str) -> ProposalReply:
        """Withdraw terms that you have proposed, or reject those of another operator.

        Again is a success.

        Needs: operator, admin, approver.
        """
        return self._call(
            "decline_terms",
            "POST",
            "/v1/partners/{partner_id}/terms/proposals/{proposal}/decline",
            ProposalReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def show_terms(self, *, at: datetime | date | None = None) -> OwnTermsReply:
        """Show your terms: what is in force at a moment, and all versions.

        Needs: reports.
        """
        return self._call("show_terms", "GET", "/v1/terms", OwnTermsReply, repeatable=True, query={"at": at})

    def open_location(
        self,
        partner_id: str,
        *,
        location_id: str,
        name: str,
        time_zone: str,
        reason: str | None = None,
        opened_at: datetime | None = None,
    ) -> LocationReply:
        """Open a location of a partner.

        The same request again is a success and changes nothing.

        Needs: operator, admin.
        """
        return self._call(
            "open_location",
            "POST",
            "/v1/partners/{partner_id}/locations",
            LocationReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            body=body(
                {
                    "reason": reason,
                    "location_id": location_id,
                    "name": name,
                    "time_zone": time_zone,
                    "opened_at": opened_at,
                },
                optional=["opened_at", "reason"],
            ),
        )

    def list_partner_locations(
        self, partner_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> LocationsReply:
        """List all locations of a partner, by id.

        Needs: operator, viewer.
        """
        return self._call(
            "list_partner_locations",
            "GET",
            "/v1/partners/{partner_id}/locations",
            LocationsReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_partner_locations(self, partner_id: str, *, limit: int | None = None) -> Iterator[LocationReply]:
        """`list_partner_locations` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_partner_locations(partner_id, limit=limit, cursor=cursor), "locations"
        )

    def close_location(
        self, partner_id: str, location_id: str, *, reason: str | None = None, closed_at: datetime | None = None
    ) -> LocationReply:
        """Close a location of a partner.

        From then on nothing can happen there; what happened before may still be reported. The day of closing is
        the last
        that is billed. A closing to come may be moved, one that has come stands.

        Needs: operator, admin.
        """
        return self._call(
            "close_location",
            "POST",
            "/v1/partners/{partner_id}/locations/{location_id}/close",
            LocationReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "location_id": location_id},
            body=body({"reason": reason, "closed_at": closed_at}, optional=["closed_at", "reason"]),
        )

    def list_locations(self, *, cursor: str | None = None, limit: int | None = None) -> LocationsReply:
        """List your locations, by id, also those that have closed.

        Needs: reports.
        """
        return self._call(
            "list_locations",
            "GET",
            "/v1/locations",
            LocationsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_locations(self, *, limit: int | None = None) -> Iterator[LocationReply]:
        """`list_locations` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_locations(limit=limit, cursor=cursor), "locations")

    def issue_key(
        self,
        *,
        scopes: list[Literal["earn", "redeem", "members", "reports", "admin"]],
        reason: str | None = None,
        expires_at: datetime | None = None,
        allowed_networks: list[str] | None = None,
    ) -> IssuedKeyReply:
        """Issue an API key of your own.

        Every request makes a new key. Its text is in this reply and nowhere else.

        Needs: admin.
        """
        return self._call(
            "issue_key",
            "POST",
            "/v1/keys",
            IssuedKeyReply,
            repeatable=False,
            body=body(
                {"reason": reason, "scopes": scopes, "expires_at": expires_at, "allowed_networks": allowed_networks},
                optional=["allowed_networks", "expires_at", "reason"],
            ),
        )

    def list_keys(
        self, *, cursor: str | None = None, limit: int | None = None, state: Literal["active", "ended"] | None = None
    ) -> KeysReply:
        """List your API keys, in the order they were issued.

        Needs: admin.
        """
        return self._call(
            "list_keys",
            "GET",
            "/v1/keys",
            KeysReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit, "state": state},
        )

    def iter_keys(
        self, *, limit: int | None = None, state: Literal["active", "ended"] | None = None
    ) -> Iterator[KeyReply]:
        """`list_keys` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_keys(limit=limit, state=state, cursor=cursor), "keys")

    def get_key(self, key_id: str) -> KeyReply:
        """Look at one of your API keys: what it may do, until when, and when it was last used.

        Needs: admin.
        """
        return self._call(
            "get_key", "GET", "/v1/keys/{key_id}", KeyReply, repeatable=True, path_values={"key_id": key_id}
        )

    def rotate_key(
        self,
        key_id: str,
        *,
        reason: str | None = None,
        overlap_seconds: int | None = None,
        expires_at: datetime | None = None,
    ) -> RotatedKeyReply:
        """Issue a new API key in the place of one of yours.

        The new key has the same scopes and networks; the old one goes on for `overlap_seconds`, and ends by
        itself. Two
        keys of a rotation are in use at most. If this reply is lost, revoke the new key and rotate again.

        Needs: admin.
        """
        return self._call(
            "rotate_key",
            "POST",
            "/v1/keys/{key_id}/rotate",
            RotatedKeyReply,
            repeatable=False,
            path_values={"key_id": key_id},
            body=body(
                {"reason": reason, "overlap_seconds": overlap_seconds, "expires_at": expires_at},
                optional=["expires_at", "overlap_seconds", "reason"],
            ),
        )

    def revoke_key(self, key_id: str, *, reason: str | None = None) -> KeyReply:
        """End one of your API keys for good.

        The gateway remembers a key that was used for up to a minute; from then on it is refused. Again is
        a success and keeps the first time.

        Needs: admin.
        """
        return self._call(
            "revoke_key",
            "POST",
            "/v1/keys/{key_id}/revoke",
            KeyReply,
            repeatable=True,
            path_values={"key_id": key_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def issue_partner_key(
        self,
        partner_id: str,
        *,
        scopes: list[Literal["earn", "redeem", "members", "reports", "admin"]],
        reason: str | None = None,
        expires_at: datetime | None = None,
        allowed_networks: list[str] | None = None,
    ) -> IssuedKeyReply:
        """Issue an API key to a partner.

        A live deployment issues live keys, one for tests test keys; neither accepts the other's. Every request
        makes a new key. Its text is in this reply and nowhere else.

        Needs: operator, admin.
        """
        return self._call(
            "issue_partner_key",
            "POST",
            "/v1/partners/{partner_id}/keys",
            IssuedKeyReply,
            repeatable=False,
            path_values={"partner_id": partner_id},
            body=body(
                {"reason": reason, "scopes": scopes, "expires_at": expires_at, "allowed_networks": allowed_networks},
                optional=["allowed_networks", "expires_at", "reason"],
            ),
        )

    def list_partner_keys(
        self,
        partner_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        state: Literal["active", "ended"] | None = None,
    ) -> KeysReply:
        """List the API keys of a partner, in the order they were issued.

        Needs: operator, viewer.
        """
        return self._call(
            "list_partner_keys",
            "GET",
            "/v1/partners/{partner_id}/keys",
            KeysReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            query={"cursor": cursor, "limit": limit, "state": state},
        )

    def iter_partner_keys(
        self, partner_id: str, *, limit: int | None = None, state: Literal["active", "ended"] | None = None
    ) -> Iterator[KeyReply]:
        """`list_partner_keys` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_partner_keys(partner_id, limit=limit, state=state, cursor=cursor), "keys"
        )

    def rotate_partner_key(
        self,
        partner_id: str,
        key_id: str,
        *,
        reason: str | None = None,
        overlap_seconds: int | None = None,
        expires_at: datetime | None = None,
    ) -> RotatedKeyReply:
        """Issue a new API key in the place of one of a partner's.

        As the partner's admin can by itself.

        Needs: operator, admin.
        """
        return self._call(
            "rotate_partner_key",
            "POST",
            "/v1/partners/{partner_id}/keys/{key_id}/rotate",
            RotatedKeyReply,
            repeatable=False,
            path_values={"partner_id": partner_id, "key_id": key_id},
            body=body(
                {"reason": reason, "overlap_seconds": overlap_seconds, "expires_at": expires_at},
                optional=["expires_at", "overlap_seconds", "reason"],
            ),
        )

    def revoke_partner_key(self, partner_id: str, key_id: str, *, reason: str | None = None) -> KeyReply:
        """End an API key of a partner for good.

        The gateway remembers a key that was used for up to a minute; from then on it is refused. Again is
        a success and keeps the first time.

        Needs: operator, admin.
        """
        return self._call(
            "revoke_partner_key",
            "POST",
            "/v1/partners/{partner_id}/keys/{key_id}/revoke",
            KeyReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "key_id": key_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def get_usage_plan(self, partner_id: str) -> UsagePlanReply:
        """Show how fast a partner may send requests.

        Needs: operator, viewer.
        """
        return self._call(
            "get_usage_plan",
            "GET",
            "/v1/partners/{partner_id}/usage-plan",
            UsagePlanReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
        )

    def set_usage_plan(self, partner_id: str, *, tier: Tier, reason: str) -> UsagePlanReply:
        """Say how fast a partner may send requests.

        All its keys have the new limit within a minute, and at no moment none. The same again repairs what was
        left half
        done.

        Needs: operator, admin.
        """
        return self._call(
            "set_usage_plan",
            "POST",
            "/v1/partners/{partner_id}/usage-plan",
            UsagePlanReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            body=body({"tier": tier, "reason": reason}, optional=[]),
        )

    def open_operator_token(self, *, ttl_seconds: int | None = None) -> OpenedTokenReply:
        """Sign in: get a token for your credential.

        Every other request of an operator is sent with such a token, which lives an hour, or up to twelve if
        you ask for
        it, and never longer than the credential. Its text is in this reply and nowhere else.

        Needs: sign-in.
        """
        return self._call(
            "open_operator_token",
            "POST",
            "/v1/operator-tokens",
            OpenedTokenReply,
            repeatable=False,
            body=body({"ttl_seconds": ttl_seconds}, optional=["ttl_seconds"]),
        )

    def end_operator_token(self, token_id: str, *, reason: str | None = None) -> TokenReply:
        """Sign out: end a token, your own, or as an admin anyone's.

        The gateway remembers a token that was used for up to a minute. Again is a success and keeps the first
        time.

        Needs: operator, viewer.
        """
        return self._call(
            "end_operator_token",
            "POST",
            "/v1/operator-tokens/{token_id}/revoke",
            TokenReply,
            repeatable=True,
            path_values={"token_id": token_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def add_operator(
        self,
        *,
        operator_id: str,
        name: str,
        roles: list[Literal["viewer", "settler", "approver", "admin"]],
        reason: str,
    ) -> OperatorReply:
        """Bring an operator in.

        The same request again is a success and changes nothing.

        Needs: operator, admin.
        """
        return self._call(
            "add_operator",
            "POST",
            "/v1/operators",
            OperatorReply,
            repeatable=True,
            body=body({"operator_id": operator_id, "name": name, "roles": roles, "reason": reason}, optional=[]),
        )

    def list_operators(self, *, cursor: str | None = None, limit: int | None = None) -> OperatorsReply:
        """List all operators, by id, also those who are disabled.

        Needs: operator, viewer.
        """
        return self._call(
            "list_operators",
            "GET",
            "/v1/operators",
            OperatorsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_operators(self, *, limit: int | None = None) -> Iterator[OperatorReply]:
        """`list_operators` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_operators(limit=limit, cursor=cursor), "operators")

    def set_operator_roles(
        self, operator_id: str, *, roles: list[Literal["viewer", "settler", "approver", "admin"]], reason: str
    ) -> OperatorReply:
        """Give another operator these roles and no others.

        What they lose counts at once. What they gain, other than reading, counts once a second admin asks for
        the same;
        until then it stands in `asked_roles`. The gateway remembers the roles of a token that was used for up
        to a minute.

        Needs: operator, admin.
        """
        return self._call(
            "set_operator_roles",
            "POST",
            "/v1/operators/{operator_id}/roles",
            OperatorReply,
            repeatable=True,
            path_values={"operator_id": operator_id},
            body=body({"roles": roles, "reason": reason}, optional=[]),
        )

    def disable_operator(self, operator_id: str, *, reason: str) -> OperatorReply:
        """Shut another operator out.

        No credential signs in and every token is void, within the minute for which the gateway remembers one.
        Again is a
        success and keeps the first time.

        Needs: operator, admin.
        """
        return self._call(
            "disable_operator",
            "POST",
            "/v1/operators/{operator_id}/disable",
            OperatorReply,
            repeatable=True,
            path_values={"operator_id": operator_id},
            body=body({"reason": reason}, optional=[]),
        )

    def enable_operator(self, operator_id: str, *, reason: str) -> OperatorReply:
        """Let another operator in again, with the credentials that were not revoked.

        Needs: operator, admin.
        """
        return self._call(
            "enable_operator",
            "POST",
            "/v1/operators/{operator_id}/enable",
            OperatorReply,
            repeatable=True,
            path_values={"operator_id": operator_id},
            body=body({"reason": reason}, optional=[]),
        )

    def issue_credential(
        self, operator_id: str, *, reason: str, expires_at: datetime | None = None
    ) -> IssuedCredentialReply:
        """Issue a credential to an operator.

        It is good for signing in and nothing else. Two may be in use, so that one can follow the other. Every
        request makes
        a new one. Its text is in this reply and nowhere else. You have seen it: one for somebody else signs
        nobody in.
        They replace it, and another admin confirms what they have then.

        Needs: operator, admin.
        """
        return self._call(
            "issue_credential",
            "POST",
            "/v1/operators/{operator_id}/credentials",
            IssuedCredentialReply,
            repeatable=False,
            path_values={"operator_id": operator_id},
            body=body({"expires_at": expires_at, "reason": reason}, optional=["expires_at"]),
        )

    def list_credentials(
        self, operator_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> CredentialsReply:
        """List all credentials of an operator, also those that have ended.

        Needs: operator, viewer.
        """
        return self._call(
            "list_credentials",
            "GET",
            "/v1/operators/{operator_id}/credentials",
            CredentialsReply,
            repeatable=True,
            path_values={"operator_id": operator_id},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_credentials(self, operator_id: str, *, limit: int | None = None) -> Iterator[CredentialReply]:
        """`list_credentials` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_credentials(operator_id, limit=limit, cursor=cursor), "credentials")

    def replace_credential(self, *, reason: str | None = None) -> IssuedCredentialReply:
        """Replace the credential that this request is sent with by one that nobody else has seen.

        The old one ends at once, and if it signed in, all your tokens with it; you sign in again. The new text
        is in this
        reply and nowhere else. If an admin issued the old one to you, tell another admin the new `key_id`, for
        them
        to confirm it. If you are refused with 401, someone has been faster: say so, and confirm nothing.

        Needs: sign-in.
        """
        return self._call(
            "replace_credential",
            "POST",
            "/v1/operator-credentials",
            IssuedCredentialReply,
            repeatable=False,
            body=body({"reason": reason}, optional=["reason"]),
        )

    def confirm_credential(self, operator_id: str, key_id: str, *, reason: str) -> CredentialReply:
        """Confirm a credential that its owner has in the place of one that another admin issued, so that it signs
        in.

        Confirm the id that its owner, and nobody for them, has told you: it stands in the text that they alone
        have. Again
        is a success.

        Needs: operator, admin.
        """
        return self._call(
            "confirm_credential",
            "POST",
            "/v1/operators/{operator_id}/credentials/{key_id}/confirm",
            CredentialReply,
            repeatable=True,
            path_values={"operator_id": operator_id, "key_id": key_id},
            body=body({"reason": reason}, optional=[]),
        )

    def revoke_credential(self, operator_id: str, key_id: str, *, reason: str) -> CredentialReply:
        """End a credential of an operator for good, and with it all tokens that the operator has.

        Again is a success and keeps the first time.

        Needs: operator, admin.
        """
        return self._call(
            "revoke_credential",
            "POST",
            "/v1/operators/{operator_id}/credentials/{key_id}/revoke",
            CredentialReply,
            repeatable=True,
            path_values={"operator_id": operator_id, "key_id": key_id},
            body=body({"reason": reason}, optional=[]),
        )

    def list_changes(
        self, *, from_: date, to: date, cursor: str | None = None, limit: int | None = None, action: str | None = None
    ) -> RecordsReply:
        """List what your admin keys have changed, oldest first, but for the last second. Pages may be short or
        empty.

        Needs: admin.
        """
        return self._call(
            "list_changes",
            "GET",
            "/v1/changes",
            RecordsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit, "from": from_, "to": to, "action": action},
        )

    def iter_changes(
        self, *, from_: date, to: date, limit: int | None = None, action: str | None = None
    ) -> Iterator[RecordOut]:
        """`list_changes` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_changes(limit=limit, from_=from_, to=to, action=action, cursor=cursor), "records"
        )

    def list_audit_trail(
        self,
        *,
        from_: date,
        to: date,
        cursor: str | None = None,
        limit: int | None = None,
        action: str | None = None,
        operator_id: str | None = None,
        partner_id: str | None = None,
    ) -> RecordsReply:
        """List what operators and partners' admins have changed, oldest first.

        Needs: operator, viewer.
        """
        return self._call(
            "list_audit_trail",
            "GET",
            "/v1/audit-trail",
            RecordsReply,
            repeatable=True,
            query={
                "cursor": cursor,
                "limit": limit,
                "from": from_,
                "to": to,
                "action": action,
                "operator_id": operator_id,
                "partner_id": partner_id,
            },
        )

    def iter_audit_trail(
        self,
        *,
        from_: date,
        to: date,
        limit: int | None = None,
        action: str | None = None,
        operator_id: str | None = None,
        partner_id: str | None = None,
    ) -> Iterator[RecordOut]:
        """`list_audit_trail` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_audit_trail(
                limit=limit,
                from_=from_,
                to=to,
                action=action,
                operator_id=operator_id,
                partner_id=partner_id,
                cursor=cursor,
            ),
            "records",
        )

    def check_audit_trail(self, day: date) -> TrailCheckReply:
        """Check that no record of a day was changed or taken out.

        Each record carries the hash of the one before it.

        Needs: operator, viewer.
        """
        return self._call(
            "check_audit_trail",
            "GET",
            "/v1/audit-trail/{day}/check",
            TrailCheckReply,
            repeatable=True,
            path_values={"day": day},
        )

    def import_purchases(self, partner_id: str, *, purchases: list[dict[str, Any]]) -> PurchasesReply:
        """Record a partner's purchases, however old they are.

        Each line is the request that the partner's till made or would have made, under the same key, and has
        its
        own outcome. It earns by the terms in force when it occurred, is recorded now, and counts once, whoever
        sends it again. Key and receipt are compared with the member's whole history.

        Needs: operator, settler.
        """
        return self._call(
            "import_purchases",
            "POST",
            "/v1/partners/{partner_id}/imports",
            PurchasesReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            body=body({"purchases": purchases}, optional=[]),
        )

    def list_positions(
        self, *, from_: date, to: date, cursor: str | None = None, limit: int | None = None
    ) -> PositionsReply:
        """List every party's position of a period, from all entries posted by now.

        A partner pays the network the issue price for each point it grants, and is paid the redeem price for
        each point it honours, whoever granted it. Cashback costs and pays its own amount. Positions follow from
        gross
        lines and sum to zero. What was returned after it was spent is `owed` by members and stays paid by its
        issuer.

        Needs: operator, viewer.
        """
        return self._call(
            "list_positions",
            "GET",
            "/v1/positions",
            PositionsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit, "from": from_, "to": to},
        )

    def iter_positions(self, *, from_: date, to: date, limit: int | None = None) -> Iterator[PositionOut]:
        """`list_positions` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_positions(limit=limit, from_=from_, to=to, cursor=cursor), "positions"
        )

    def get_position(
        self, party: str, *, from_: date, to: date, cursor: str | None = None, limit: int | None = None
    ) -> PositionLinesReply:
        """Get a party's position of a period, and a page of the lines it follows from.

        Needs: operator, viewer.
        """
        return self._call(
            "get_position",
            "GET",
            "/v1/positions/{party}",
            PositionLinesReply,
            repeatable=True,
            path_values={"party": party},
            query={"cursor": cursor, "limit": limit, "from": from_, "to": to},
        )

    def iter_get_position(
        self, party: str, *, from_: date, to: date, limit: int | None = None
    ) -> Iterator[GrossLineOut]:
        """`get_position` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.get_position(party, limit=limit, from_=from_, to=to, cursor=cursor), "lines"
        )

    def list_position_pairs(
        self, *, from_: date, to: date, cursor: str | None = None, limit: int | None = None, payer: str | None = None
    ) -> PairsReply:
        """List who honoured whose points in a period, and what each owes each before netting.

        Needs: operator, viewer.
        """
        return self._call(
            "list_position_pairs",
            "GET",
            "/v1/position-pairs",
            PairsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit, "from": from_, "to": to, "payer": payer},
        )

    def iter_position_pairs(
        self, *, from_: date, to: date, limit: int | None = None, payer: str | None = None
    ) -> Iterator[PairOut]:
        """`list_position_pairs` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_position_pairs(limit=limit, from_=from_, to=to, payer=payer, cursor=cursor),
            "pairs",
        )

    def list_position_flows(
        self, *, from_: date, to: date, cursor: str | None = None, limit: int | None = None
    ) -> FlowsReply:
        """List what became of every issuer's points and cashback in a period.

        Needs: operator, viewer.
        """
        return self._call(
            "list_position_flows",
            "GET",
            "/v1/position-flows",
            FlowsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit, "from": from_, "to": to},
        )

    def iter_position_flows(self, *, from_: date, to: date, limit: int | None = None) -> Iterator[FlowOut]:
        """`list_position_flows` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_position_flows(limit=limit, from_=from_, to=to, cursor=cursor), "flows"
        )

    def list_windows(self, *, cursor: str | None = None, limit: int | None = None) -> WindowsReply:
        """List settlement windows, newest first.

        One is open; the one before may be closing, which waits for entries on their way.

        Needs: operator, viewer.
        """
        return self._call(
            "list_windows",
            "GET",
            "/v1/windows",
            WindowsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_windows(self, *, limit: int | None = None) -> Iterator[WindowReply]:
        """`list_windows` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_windows(limit=limit, cursor=cursor), "windows")

    def close_window(self, window: int, *, reason: str | None = None, ends_at: datetime | None = None) -> WindowReply:
        """Close the open settlement window.

        The next one is open from its end on. It is closed, and has positions, when entries on their way have
        come, after an
        hour; one that comes later is in the next window. Again answers how the window stands.

        Needs: operator, settler.
        """
        return self._call(
            "close_window",
            "POST",
            "/v1/windows/{window}/close",
            WindowReply,
            repeatable=True,
            path_values={"window": window},
            body=body({"reason": reason, "ends_at": ends_at}, optional=["ends_at", "reason"]),
        )

    def list_window_positions(
        self, window: int, *, cursor: str | None = None, limit: int | None = None
    ) -> PositionsReply:
        """List every party's position of a closed window. They never change.

        As `/v1/positions` explains them, with commissions, breakage shares and what is carried from earlier
        settlements.

        Needs: operator, viewer.
        """
        return self._call(
            "list_window_positions",
            "GET",
            "/v1/windows/{window}/positions",
            PositionsReply,
            repeatable=True,
            path_values={"window": window},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_window_positions(self, window: int, *, limit: int | None = None) -> Iterator[PositionOut]:
        """`list_window_positions` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_window_positions(window, limit=limit, cursor=cursor), "positions")

    def get_window_position(
        self, window: int, party: str, *, cursor: str | None = None, limit: int | None = None
    ) -> PositionLinesReply:
        """Get a party's position of a closed window, and a page of the lines it follows from.

        Needs: operator, viewer.
        """
        return self._call(
            "get_window_position",
            "GET",
            "/v1/windows/{window}/positions/{party}",
            PositionLinesReply,
            repeatable=True,
            path_values={"window": window, "party": party},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_get_window_position(self, window: int, party: str, *, limit: int | None = None) -> Iterator[GrossLineOut]:
        """`get_window_position` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.get_window_position(window, party, limit=limit, cursor=cursor), "lines")

    def list_window_pairs(
        self, window: int, *, cursor: str | None = None, limit: int | None = None, payer: str | None = None
    ) -> PairsReply:
        """List who honoured whose points in a closed window, and what each owes each before netting.

        Needs: operator, viewer.
        """
        return self._call(
            "list_window_pairs",
            "GET",
            "/v1/windows/{window}/pairs",
            PairsReply,
            repeatable=True,
            path_values={"window": window},
            query={"cursor": cursor, "limit": limit, "payer": payer},
        )

    def iter_window_pairs(
        self, window: int, *, limit: int | None = None, payer: str | None = None
    ) -> Iterator[PairOut]:
        """`list_window_pairs` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_window_pairs(window, limit=limit, payer=payer, cursor=cursor), "pairs"
        )

    def list_window_flows(self, window: int, *, cursor: str | None = None, limit: int | None = None) -> FlowsReply:
        """List what became of every issuer's points and cashback in a closed window.

        Needs: operator, viewer.
        """
        return self._call(
            "list_window_flows",
            "GET",
            "/v1/windows/{window}/flows",
            FlowsReply,
            repeatable=True,
            path_values={"window": window},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_window_flows(self, window: int, *, limit: int | None = None) -> Iterator[FlowOut]:
        """`list_window_flows` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_window_flows(window, limit=limit, cursor=cursor), "flows")

    def get_own_position(self, window: int, *, cursor: str | None = None, limit: int | None = None) -> OwnPositionReply:
        """Get your position of a closed window, and a page of the lines it follows from.

        Needs: reports.
        """
        return self._call(
            "get_own_position",
            "GET",
            "/v1/windows/{window}/position",
            OwnPositionReply,
            repeatable=True,
            path_values={"window": window},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_get_own_position(self, window: int, *, limit: int | None = None) -> Iterator[GrossLineOut]:
        """`get_own_position` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.get_own_position(window, limit=limit, cursor=cursor), "lines")

    def calculate_settlements(self, window: int, *, reason: str | None = None) -> SettlementsReply:
        """Calculate the settlements of a closed window.

        One for each currency in which something is owed. Another operator approves each. Again gives the same.

        Needs: operator, settler.
        """
        return self._call(
            "calculate_settlements",
            "POST",
            "/v1/windows/{window}/settlements",
            SettlementsReply,
            repeatable=True,
            path_values={"window": window},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def list_settlements(self, window: int) -> SettlementsReply:
        """List the settlements of a window, by currency, with every payment and what became of it.

        Needs: operator, viewer.
        """
        return self._call(
            "list_settlements",
            "GET",
            "/v1/windows/{window}/settlements",
            SettlementsReply,
            repeatable=True,
            path_values={"window": window},
        )

    def approve_settlement(self, window: int, currency: str, *, reason: str | None = None) -> SettlementReply:
        """Approve a settlement that another operator calculated.

        Needs: operator, approver.
        """
        return self._call(
            "approve_settlement",
            "POST",
            "/v1/windows/{window}/settlements/{currency}/approve",
            SettlementReply,
            repeatable=False,
            path_values={"window": window, "currency": currency},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def collect_settlement(self, window: int, currency: str, *, reason: str | None = None) -> SettlementReply:
        """Collect from debtors.

        Of a partner whose terms are prepaid what it has paid in is taken first, as far as it goes. Each payment
        that is
        planned is submitted, with a key of its own: to the bank, or to Stripe within a quarter of an hour.
        Again submits
        what was planned since.

        Needs: operator, settler.
        """
        return self._call(
            "collect_settlement",
            "POST",
            "/v1/windows/{window}/settlements/{currency}/collect",
            SettlementReply,
            repeatable=False,
            path_values={"window": window, "currency": currency},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def pay_settlement(self, window: int, currency: str, *, reason: str | None = None) -> SettlementReply:
        """Pay creditors, once funds have been collected.

        Not by who alone said that what is paid from is there, or that what is paid again did not arrive, unless
        another operator confirms it.
        What the network itself has to put in must have been collected in other settlements, or be advanced.
        Of a partially funded settlement each gets less, and the rest in a later window. Cashback that was paid
        out is a
        payment of its own for each payout. Of more than 500 it is looked at as many whether the member has the
        cashback
        again: `more` says then that another request goes on, and nobody is paid until it has looked at all. Of
        those that
        are tried again it pays as many, and `more` says that others wait.

        Needs: operator, approver, settler.
        """
        return self._call(
            "pay_settlement",
            "POST",
            "/v1/windows/{window}/settlements/{currency}/pay",
            SettlementReply,
            repeatable=False,
            path_values={"window": window, "currency": currency},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def abort_settlement(self, window: int, currency: str, *, reason: str | None = None) -> SettlementReply:
        """Abort a settlement, before any payout and while no payment is on its way.

        What is open then is carried into the open window, 500 amounts by a request: if there is `more`, another
        request
        goes on, and so does the schedule.

        Needs: operator, approver, settler.
        """
        return self._call(
            "abort_settlement",
            "POST",
            "/v1/windows/{window}/settlements/{currency}/abort",
            SettlementReply,
            repeatable=False,
            path_values={"window": window, "currency": currency},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def record_outcomes(
        self, window: int, currency: str, *, outcomes: list[OutcomeBody], reason: str | None = None
    ) -> SettlementReply:
        """Record what the bank says of payments.

        Of one through Stripe only Stripe says that it is pending or has failed; that it was paid elsewhere, or
        came back
        there, needs the `reference` that it has there. That a member was not paid, or that the money came back,
        needs the
        bank's `reference`. What was taken from a deposit may be `reversed`.
        What comes back after creditors were paid is carried into the open window; of a payout to a member, the
        cashback is
        the member's again. Again changes nothing, but that another operator confirms it; with a `booking`
        neither
        does another order.

        Needs: operator, settler.
        """
        return self._call(
            "record_outcomes",
            "POST",
            "/v1/windows/{window}/settlements/{currency}/outcomes",
            SettlementReply,
            repeatable=True,
            path_values={"window": window, "currency": currency},
            body=body({"reason": reason, "outcomes": outcomes}, optional=["reason"]),
        )

    def decide_on_payment(
        self,
        window: int,
        currency: str,
        *,
        party: str,
        decision: Literal["retry", "default", "defer", "recall", "seen"],
        reason: str | None = None,
        collateral_cents: int | None = None,
        write_off_cents: int | None = None,
        trouble: str | None = None,
    ) -> SettlementReply:
        """Decide about a payment that came to nothing, or say that its trouble is seen to.

        A retry is a payment of its own, sent with the next `collect` or `pay`. A `default` needs a `reason`,
        and waits in
        `defaults` until another operator has approved it; a retry ends it. What a defaulting debtor leaves open
        then is
        borne by its collateral, the network's own share and then the creditors, pro rata. What it has owed
        since earlier
        defaults can be written off with that, and is then lost to those who bore it.

        Needs: operator, settler.
        """
        return self._call(
            "decide_on_payment",
            "POST",
            "/v1/windows/{window}/settlements/{currency}/decisions",
            SettlementReply,
            repeatable=False,
            path_values={"window": window, "currency": currency},
            body=body(
                {
                    "reason": reason,
                    "party": party,
                    "decision": decision,
                    "collateral_cents": collateral_cents,
                    "write_off_cents": write_off_cents,
                    "trouble": trouble,
                },
                optional=["collateral_cents", "reason", "trouble", "write_off_cents"],
            ),
        )

    def approve_default(
        self, window: int, currency: str, partner_id: str, proposal: int, *, reason: str
    ) -> SettlementReply:
        """Approve that a settlement goes on without a debtor, as another operator has decided.

        Its collateral is taken with that, and has to be in its deposit. Again is a success.

        Needs: operator, approver.
        """
        return self._call(
            "approve_default",
            "POST",
            "/v1/windows/{window}/settlements/{currency}/defaults/{partner_id}/proposals/{proposal}/approve",
            SettlementReply,
            repeatable=True,
            path_values={"window": window, "currency": currency, "partner_id": partner_id, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def decline_default(
        self, window: int, currency: str, partner_id: str, proposal: int, *, reason: str
    ) -> SettlementReply:
        """Withdraw what you have decided about a debtor, or reject what another did. Again is a success.

        Needs: operator, approver, settler.
        """
        return self._call(
            "decline_default",
            "POST",
            "/v1/windows/{window}/settlements/{currency}/defaults/{partner_id}/proposals/{proposal}/decline",
            SettlementReply,
            repeatable=True,
            path_values={"window": window, "currency": currency, "partner_id": partner_id, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def list_books(self, *, cursor: str | None = None, limit: int | None = None) -> BooksReply:
        """List the months whose books are closed, newest first.

        Needs: operator, viewer.
        """
        return self._call(
            "list_books", "GET", "/v1/books", BooksReply, repeatable=True, query={"cursor": cursor, "limit": limit}
        )

    def iter_books(self, *, limit: int | None = None) -> Iterator[BookOut]:
        """`list_books` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_books(limit=limit, cursor=cursor), "books")

    def get_books(self, month: str, *, issuer: str | None = None) -> BookReply:
        """Get the books of a month.

        What is owed to members, rolled forward by issuer and cohort in points and money, and at what points are
        valued; who
        honoured whose points; the trial balance; money at the month's end; and how cohorts develop, with what
        of them will
        expire. With `issuer`, all but the trial balance and money is of that partner's points and cashback
        alone.

        Needs: operator, viewer.
        """
        return self._call(
            "get_books",
            "GET",
            "/v1/books/{month}",
            BookReply,
            repeatable=True,
            path_values={"month": month},
            query={"issuer": issuer},
        )

    def get_receivables(self, *, as_of: date | None = None) -> ReceivablesReply:
        """Get what partners owe to the network, by how long it has been due.

        A settlement is due from when it is first collected, also what of it is carried into a later one; an
        invoice of the
        operator's own or at Stripe on its date, or when a payment at Stripe fails. Now, or at the end of an
        earlier day.

        Needs: operator, viewer.
        """
        return self._call(
            "get_receivables", "GET", "/v1/receivables", ReceivablesReply, repeatable=True, query={"as_of": as_of}
        )

    def get_money_balance(self, *, as_of: date | None = None) -> MoneyBalanceReply:
        """Get the trial balance of money.

        Every account in the network's books: what partners owe is a debit, what they are owed a credit. All
        balances of a
        currency sum to zero. Now, or at the end of an earlier day.

        Needs: operator, viewer.
        """
        return self._call(
            "get_money_balance", "GET", "/v1/money-balance", MoneyBalanceReply, repeatable=True, query={"as_of": as_of}
        )

    def list_statements(self, *, cursor: str | None = None, limit: int | None = None) -> StatementsReply:
        """List your settlement statements, newest first.

        There is one for each closed window, within the hour.

        Needs: reports.
        """
        return self._call(
            "list_statements",
            "GET",
            "/v1/statements",
            StatementsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_statements(self, *, limit: int | None = None) -> Iterator[StatementSummaryOut]:
        """`list_statements` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_statements(limit=limit, cursor=cursor), "statements")

    def get_statement(self, window: int) -> StatementReply:
        """Get your signed statement of a window.

        Keep it as it comes: `tessera statement verify` checks it, and its lines, against `/v1/statement-keys`.

        Needs: reports.
        """
        return self._call(
            "get_statement",
            "GET",
            "/v1/statements/{window}",
            StatementReply,
            repeatable=True,
            path_values={"window": window},
        )

    def get_statement_csv(self, window: int) -> str:
        """Get every figure of your statement as CSV.

        Its lines come as a file of their own: `/v1/statements/{window}/lines?form=csv`.

        Needs: reports.
        """
        return self._call(
            "get_statement_csv",
            "GET",
            "/v1/statements/{window}/csv",
            str,
            repeatable=True,
            path_values={"window": window},
        )

    def get_statement_pdf(self, window: int) -> bytes:
        """Get your statement as a PDF document.

        Send the header `Accept: application/pdf`.

        Needs: reports.
        """
        return self._call(
            "get_statement_pdf",
            "GET",
            "/v1/statements/{window}/pdf",
            bytes,
            repeatable=True,
            path_values={"window": window},
        )

    def get_statement_lines(self, window: int, *, form: Literal["jsonl", "csv"] | None = None) -> LinesFileReply:
        """Get a link to the file of all lines under your statement.

        One line an entry, compressed with gzip. Whoever has the link may fetch the file, for a quarter of an
        hour.

        Needs: reports.
        """
        return self._call(
            "get_statement_lines",
            "GET",
            "/v1/statements/{window}/lines",
            LinesFileReply,
            repeatable=True,
            path_values={"window": window},
            query={"form": form},
        )

    def list_charged_entries(
        self, window: int, charge: int, *, cursor: str | None = None, limit: int | None = None
    ) -> CountedEntriesReply:
        """List the entries under a charge of your statement.

        A page may be short or empty before the last. What is carried has none: its reference names the payment.

        Needs: reports.
        """
        return self._call(
            "list_charged_entries",
            "GET",
            "/v1/statements/{window}/charges/{charge}/entries",
            CountedEntriesReply,
            repeatable=True,
            path_values={"window": window, "charge": charge},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_charged_entries(self, window: int, charge: int, *, limit: int | None = None) -> Iterator[CountedEntryOut]:
        """`list_charged_entries` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_charged_entries(window, charge, limit=limit, cursor=cursor), "entries"
        )

    def list_statement_keys(self) -> StatementKeysReply:
        """List the public keys that statements are signed with, those of earlier times too.

        Anyone may, without a key: they are public, and say nothing of any partner. The answer may be kept for
        five minutes.
        """
        return self._call("list_statement_keys", "GET", "/v1/statement-keys", StatementKeysReply, repeatable=True)

    def list_partner_statements(
        self, partner_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> StatementsReply:
        """List a partner's settlement statements, newest first.

        Needs: operator, viewer.
        """
        return self._call(
            "list_partner_statements",
            "GET",
            "/v1/partners/{partner_id}/statements",
            StatementsReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_partner_statements(self, partner_id: str, *, limit: int | None = None) -> Iterator[StatementSummaryOut]:
        """`list_partner_statements` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_partner_statements(partner_id, limit=limit, cursor=cursor), "statements"
        )

    def get_partner_statement(self, window: int, partner_id: str) -> StatementReply:
        """Get a partner's signed statement of a window.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_statement",
            "GET",
            "/v1/partners/{partner_id}/statements/{window}",
            StatementReply,
            repeatable=True,
            path_values={"window": window, "partner_id": partner_id},
        )

    def get_partner_statement_csv(self, window: int, partner_id: str) -> str:
        """Get every figure of a partner's statement as CSV.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_statement_csv",
            "GET",
            "/v1/partners/{partner_id}/statements/{window}/csv",
            str,
            repeatable=True,
            path_values={"window": window, "partner_id": partner_id},
        )

    def get_partner_statement_pdf(self, window: int, partner_id: str) -> bytes:
        """Get a partner's statement as a PDF document.

        Send the header `Accept: application/pdf`.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_statement_pdf",
            "GET",
            "/v1/partners/{partner_id}/statements/{window}/pdf",
            bytes,
            repeatable=True,
            path_values={"window": window, "partner_id": partner_id},
        )

    def get_partner_statement_lines(
        self, window: int, partner_id: str, *, form: Literal["jsonl", "csv"] | None = None
    ) -> LinesFileReply:
        """Get a link to the file of all lines under a partner's statement, good for a quarter of an hour.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_statement_lines",
            "GET",
            "/v1/partners/{partner_id}/statements/{window}/lines",
            LinesFileReply,
            repeatable=True,
            path_values={"window": window, "partner_id": partner_id},
            query={"form": form},
        )

    def list_partner_charged_entries(
        self, window: int, charge: int, partner_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> CountedEntriesReply:
        """List the entries under a charge of a partner's statement.

        Needs: operator, viewer.
        """
        return self._call(
            "list_partner_charged_entries",
            "GET",
            "/v1/partners/{partner_id}/statements/{window}/charges/{charge}/entries",
            CountedEntriesReply,
            repeatable=True,
            path_values={"window": window, "charge": charge, "partner_id": partner_id},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_partner_charged_entries(
        self, window: int, charge: int, partner_id: str, *, limit: int | None = None
    ) -> Iterator[CountedEntryOut]:
        """`list_partner_charged_entries` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_partner_charged_entries(window, charge, partner_id, limit=limit, cursor=cursor),
            "entries",
        )

    def propose_adjustment(
        self, *, card_number: str, issuer: str, points: int, reason: str, idempotency_key: str | None = None
    ) -> AdjustmentReply:
        """Grant or take points.

        What you grant and take in a UTC day is applied at once while it comes to 5,000 points at most, and so
        does what
        is done alone on the account that day, by whomever. What is more waits as a proposal until another
        operator, with
        a key of their own, approves it. Every adjustment has a reason and is an entry of the journal like any
        other.

        Needs: operator, settler.
        """
        return self._call(
            "propose_adjustment",
            "POST",
            "/v1/adjustments",
            AdjustmentReply,
            repeatable=False,
            body=body({"card_number": card_number, "issuer": issuer, "points": points, "reason": reason}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def list_adjustments(self, *, cursor: str | None = None, limit: int | None = None) -> AdjustmentsReply:
        """List all adjustments, newest first.

        Needs: operator, viewer.
        """
        return self._call(
            "list_adjustments",
            "GET",
            "/v1/adjustments",
            AdjustmentsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_adjustments(self, *, limit: int | None = None) -> Iterator[AdjustmentReply]:
        """`list_adjustments` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_adjustments(limit=limit, cursor=cursor), "adjustments")

    def approve_adjustment(self, adjustment_id: str, *, reason: str | None = None) -> AdjustmentReply:
        """Approve another operator's proposal, and apply it.

        Again is a success. A proposal can be approved for 30 days. What takes points back for a case waits
        until no till
        has points of the issuer set aside (`holds_open`), and can't be once some have run out
        (`points_run_out`).

        Needs: operator, approver.
        """
        return self._call(
            "approve_adjustment",
            "POST",
            "/v1/adjustments/{adjustment_id}/approve",
            AdjustmentReply,
            repeatable=True,
            path_values={"adjustment_id": adjustment_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def reject_adjustment(self, adjustment_id: str, *, reason: str | None = None) -> AdjustmentReply:
        """Reject a proposal, your own or another's. Again is a success.

        Needs: operator, approver, settler.
        """
        return self._call(
            "reject_adjustment",
            "POST",
            "/v1/adjustments/{adjustment_id}/reject",
            AdjustmentReply,
            repeatable=True,
            path_values={"adjustment_id": adjustment_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def open_case(
        self,
        *,
        text: str,
        window: int | None = None,
        entry_id: str | None = None,
        claim: ClaimBody | None = None,
        idempotency_key: str | None = None,
    ) -> CaseReply:
        """Open a case against the books.

        It ends in a journal entry that corrects them, or in a refusal with its reasons. An answer is due in
        `answer_days`
        of your terms.

        Needs: reports.
        """
        return self._call(
            "open_case",
            "POST",
            "/v1/cases",
            CaseReply,
            repeatable=False,
            body=body(
                {"text": text, "window": window, "entry_id": entry_id, "claim": claim},
                optional=["claim", "entry_id", "window"],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def list_cases(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        state: Literal["open", "under_review", "waiting_for_partner", "resolved_by_entry", "refused", "withdrawn"]
        | None = None,
        overdue: bool | None = None,
    ) -> CasesReply:
        """List your cases, newest first.

        Needs: reports.
        """
        return self._call(
            "list_cases",
            "GET",
            "/v1/cases",
            CasesReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit, "state": state, "overdue": overdue},
        )

    def iter_cases(
        self,
        *,
        limit: int | None = None,
        state: Literal["open", "under_review", "waiting_for_partner", "resolved_by_entry", "refused", "withdrawn"]
        | None = None,
        overdue: bool | None = None,
    ) -> Iterator[CaseSummary]:
        """`list_cases` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_cases(limit=limit, state=state, overdue=overdue, cursor=cursor), "cases"
        )

    def get_case(self, case: int) -> CaseReply:
        """Get a case with all that was done about it.

        Needs: reports.
        """
        return self._call("get_case", "GET", "/v1/cases/{case}", CaseReply, repeatable=True, path_values={"case": case})

    def comment_on_case(self, case: int, *, text: str, idempotency_key: str | None = None) -> CaseReply:
        """Say something about a case, or answer what you were asked.

        Needs: reports.
        """
        return self._call(
            "comment_on_case",
            "POST",
            "/v1/cases/{case}/comments",
            CaseReply,
            repeatable=False,
            path_values={"case": case},
            body=body({"text": text}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def withdraw_case(self, case: int, *, reason: str) -> CaseReply:
        """Withdraw a case. Again is a success.

        Needs: reports.
        """
        return self._call(
            "withdraw_case",
            "POST",
            "/v1/cases/{case}/withdraw",
            CaseReply,
            repeatable=True,
            path_values={"case": case},
            body=body({"reason": reason}, optional=[]),
        )

    def list_open_cases(
        self, *, cursor: str | None = None, limit: int | None = None, overdue: bool | None = None
    ) -> CasesReply:
        """List the cases of all partners that have not ended, by partner, newest first.

        Needs: operator, viewer.
        """
        return self._call(
            "list_open_cases",
            "GET",
            "/v1/open-cases",
            CasesReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit, "overdue": overdue},
        )

    def iter_open_cases(self, *, limit: int | None = None, overdue: bool | None = None) -> Iterator[CaseSummary]:
        """`list_open_cases` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_open_cases(limit=limit, overdue=overdue, cursor=cursor), "cases")

    def list_partner_cases(
        self,
        partner_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        state: Literal["open", "under_review", "waiting_for_partner", "resolved_by_entry", "refused", "withdrawn"]
        | None = None,
        overdue: bool | None = None,
    ) -> CasesReply:
        """List a partner's cases, newest first.

        Needs: operator, viewer.
        """
        return self._call(
            "list_partner_cases",
            "GET",
            "/v1/partners/{partner_id}/cases",
            CasesReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
            query={"cursor": cursor, "limit": limit, "state": state, "overdue": overdue},
        )

    def iter_partner_cases(
        self,
        partner_id: str,
        *,
        limit: int | None = None,
        state: Literal["open", "under_review", "waiting_for_partner", "resolved_by_entry", "refused", "withdrawn"]
        | None = None,
        overdue: bool | None = None,
    ) -> Iterator[CaseSummary]:
        """`list_partner_cases` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_partner_cases(
                partner_id, limit=limit, state=state, overdue=overdue, cursor=cursor
            ),
            "cases",
        )

    def open_partner_case(
        self,
        partner_id: str,
        *,
        text: str,
        reason: str,
        window: int | None = None,
        entry_id: str | None = None,
        claim: ClaimBody | None = None,
        idempotency_key: str | None = None,
    ) -> CaseReply:
        """Open a case of a partner.

        What the network has found, or been told in another way. The partner sees it as any case of its own,
        opened by the
        network.

        Needs: operator, settler.
        """
        return self._call(
            "open_partner_case",
            "POST",
            "/v1/partners/{partner_id}/cases",
            CaseReply,
            repeatable=False,
            path_values={"partner_id": partner_id},
            body=body(
                {"text": text, "window": window, "entry_id": entry_id, "claim": claim, "reason": reason},
                optional=["claim", "entry_id", "window"],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def get_partner_case(self, partner_id: str, case: int) -> CaseReply:
        """Get a partner's case with all that was done about it.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_case",
            "GET",
            "/v1/partners/{partner_id}/cases/{case}",
            CaseReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "case": case},
        )

    def comment_on_partner_case(
        self, partner_id: str, case: int, *, text: str, idempotency_key: str | None = None
    ) -> CaseReply:
        """Say something about a case, to the partner as well.

        Needs: operator, approver, settler.
        """
        return self._call(
            "comment_on_partner_case",
            "POST",
            "/v1/partners/{partner_id}/cases/{case}/comments",
            CaseReply,
            repeatable=False,
            path_values={"partner_id": partner_id, "case": case},
            body=body({"text": text}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def take_up_case(self, partner_id: str, case: int, *, due_at: datetime | None = None) -> CaseReply:
        """Take a case up, and say by when it will be answered.

        Needs: operator, settler.
        """
        return self._call(
            "take_up_case",
            "POST",
            "/v1/partners/{partner_id}/cases/{case}/take-up",
            CaseReply,
            repeatable=False,
            path_values={"partner_id": partner_id, "case": case},
            body=body({"due_at": due_at}, optional=["due_at"]),
        )

    def ask_about_case(self, partner_id: str, case: int, *, text: str, due_at: datetime | None = None) -> CaseReply:
        """Ask the partner something.

        The case waits for the partner, whose next comment has it under review again.

        Needs: operator, settler.
        """
        return self._call(
            "ask_about_case",
            "POST",
            "/v1/partners/{partner_id}/cases/{case}/ask",
            CaseReply,
            repeatable=False,
            path_values={"partner_id": partner_id, "case": case},
            body=body({"text": text, "due_at": due_at}, optional=["due_at"]),
        )

    def adjust_for_case(
        self,
        partner_id: str,
        case: int,
        *,
        reason: str,
        points: int | None = None,
        amount_cents: int | None = None,
        card_number: str | None = None,
        idempotency_key: str | None = None,
    ) -> CaseReply:
        """Propose what corrects a case: points, or a return of the purchase that it is about.

        The partner pays for the points, or is paid back, in the window of the correction: at the price of the
        entry that
        the case is about, or else of the day. What the customer has spent of what goes back, the network bears.
        It waits
        until another operator approves the adjustment. Then resolve the case with it.

        Needs: operator, settler.
        """
        return self._call(
            "adjust_for_case",
            "POST",
            "/v1/partners/{partner_id}/cases/{case}/adjustments",
            CaseReply,
            repeatable=False,
            path_values={"partner_id": partner_id, "case": case},
            body=body(
                {"points": points, "amount_cents": amount_cents, "reason": reason, "card_number": card_number},
                optional=["amount_cents", "card_number", "points"],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def resolve_case(
        self, partner_id: str, case: int, *, reason: str, entry_id: str | None = None, agreed: ClaimBody | None = None
    ) -> CaseReply:
        """End a case by the journal entry that corrects it.

        The adjustment that was made for it, or a purchase, return or cancellation of the partner's. It must
        carry what the
        case claims, or what was agreed on, and can end no other case. Again is a success.

        Needs: operator, settler.
        """
        return self._call(
            "resolve_case",
            "POST",
            "/v1/partners/{partner_id}/cases/{case}/resolve",
            CaseReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "case": case},
            body=body({"reason": reason, "entry_id": entry_id, "agreed": agreed}, optional=["agreed", "entry_id"]),
        )

    def refuse_case(self, partner_id: str, case: int, *, reason: str) -> CaseReply:
        """Refuse a case, with the reasons. Again is a success.

        Needs: operator, approver, settler.
        """
        return self._call(
            "refuse_case",
            "POST",
            "/v1/partners/{partner_id}/cases/{case}/refuse",
            CaseReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "case": case},
            body=body({"reason": reason}, optional=[]),
        )

    def ask_for_reconciliation(
        self, *, window: int, format: Literal["csv", "jsonl"], size_bytes: int, idempotency_key: str | None = None
    ) -> ReconciliationReply:
        """Ask for a reconciliation of a closed window.

        The reply has a link to which the file is PUT within an hour; then start it. Again gives another link.

        Needs: reports.
        """
        return self._call(
            "ask_for_reconciliation",
            "POST",
            "/v1/reconciliations",
            ReconciliationReply,
            repeatable=False,
            body=body({"window": window, "format": format, "size_bytes": size_bytes}, optional=[]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def list_reconciliations(self, *, cursor: str | None = None, limit: int | None = None) -> ReconciliationsReply:
        """List your reconciliations, newest first.

        Needs: reports.
        """
        return self._call(
            "list_reconciliations",
            "GET",
            "/v1/reconciliations",
            ReconciliationsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_reconciliations(self, *, limit: int | None = None) -> Iterator[ReconciliationSummary]:
        """`list_reconciliations` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_reconciliations(limit=limit, cursor=cursor), "reconciliations")

    def get_reconciliation(self, reconciliation: int) -> ReconciliationReply:
        """Get a reconciliation: how far it is, what it came to, or what is wrong with the file.

        Needs: reports.
        """
        return self._call(
            "get_reconciliation",
            "GET",
            "/v1/reconciliations/{reconciliation}",
            ReconciliationReply,
            repeatable=True,
            path_values={"reconciliation": reconciliation},
        )

    def start_reconciliation(self, reconciliation: int) -> ReconciliationReply:
        """Have the file compared, now that it is there.

        It takes seconds, or minutes for a million lines. What is put to the link later is not looked at. Again
        is a
        success.

        Needs: reports.
        """
        return self._call(
            "start_reconciliation",
            "POST",
            "/v1/reconciliations/{reconciliation}/start",
            ReconciliationReply,
            repeatable=False,
            path_values={"reconciliation": reconciliation},
        )

    def get_reconciliation_table(self, reconciliation: int) -> TableReply:
        """Get a link to what became of every line, as CSV; it is good for a quarter of an hour.

        Needs: reports.
        """
        return self._call(
            "get_reconciliation_table",
            "GET",
            "/v1/reconciliations/{reconciliation}/table",
            TableReply,
            repeatable=True,
            path_values={"reconciliation": reconciliation},
        )

    def list_differences(
        self,
        reconciliation: int,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        outcome: Literal["amount_differs", "only_ours", "only_theirs", "duplicate"] | None = None,
    ) -> DifferencesReply:
        """List what differs.

        Needs: reports.
        """
        return self._call(
            "list_differences",
            "GET",
            "/v1/reconciliations/{reconciliation}/differences",
            DifferencesReply,
            repeatable=True,
            path_values={"reconciliation": reconciliation},
            query={"cursor": cursor, "limit": limit, "outcome": outcome},
        )

    def iter_differences(
        self,
        reconciliation: int,
        *,
        limit: int | None = None,
        outcome: Literal["amount_differs", "only_ours", "only_theirs", "duplicate"] | None = None,
    ) -> Iterator[DifferenceOut]:
        """`list_differences` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_differences(reconciliation, limit=limit, outcome=outcome, cursor=cursor),
            "differences",
        )

    def open_case_of_difference(self, reconciliation: int, difference: int) -> CaseReply:
        """Open a case from a difference.

        It claims what would make our books say what yours say. Again gives the same case, and so does the same
        difference
        in another reconciliation of the window. If that is a later one and finds another figure, the case
        claims that from
        then on; if the case has ended, there is another one.

        Needs: reports.
        """
        return self._call(
            "open_case_of_difference",
            "POST",
            "/v1/reconciliations/{reconciliation}/differences/{difference}/case",
            CaseReply,
            repeatable=True,
            path_values={"reconciliation": reconciliation, "difference": difference},
        )

    def open_cases_of_differences(
        self,
        reconciliation: int,
        *,
        outcome: Literal["amount_differs", "only_ours", "only_theirs"] | None = None,
        above: int | None = None,
        most: int | None = None,
    ) -> DisputesReply:
        """Open cases from many differences, up to 50 at once.

        Each difference has one case, however often this is asked. Where a later reconciliation finds another
        figure, its
        case claims that from then on, or there is another if it has ended.

        Needs: reports.
        """
        return self._call(
            "open_cases_of_differences",
            "POST",
            "/v1/reconciliations/{reconciliation}/cases",
            DisputesReply,
            repeatable=False,
            path_values={"reconciliation": reconciliation},
            body=body({"outcome": outcome, "above": above, "most": most}, optional=["above", "most", "outcome"]),
        )

    def get_partner_reconciliation(self, partner_id: str, reconciliation: int) -> ReconciliationReply:
        """Get a partner's reconciliation, which a case may name.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_reconciliation",
            "GET",
            "/v1/partners/{partner_id}/reconciliations/{reconciliation}",
            ReconciliationReply,
            repeatable=True,
            path_values={"partner_id": partner_id, "reconciliation": reconciliation},
        )

    def list_partner_differences(
        self,
        reconciliation: int,
        partner_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        outcome: Literal["amount_differs", "only_ours", "only_theirs", "duplicate"] | None = None,
    ) -> DifferencesReply:
        """List what differs in a partner's reconciliation.

        Needs: operator, viewer.
        """
        return self._call(
            "list_partner_differences",
            "GET",
            "/v1/partners/{partner_id}/reconciliations/{reconciliation}/differences",
            DifferencesReply,
            repeatable=True,
            path_values={"reconciliation": reconciliation, "partner_id": partner_id},
            query={"cursor": cursor, "limit": limit, "outcome": outcome},
        )

    def iter_partner_differences(
        self,
        reconciliation: int,
        partner_id: str,
        *,
        limit: int | None = None,
        outcome: Literal["amount_differs", "only_ours", "only_theirs", "duplicate"] | None = None,
    ) -> Iterator[DifferenceOut]:
        """`list_partner_differences` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_partner_differences(
                reconciliation, partner_id, limit=limit, outcome=outcome, cursor=cursor
            ),
            "differences",
        )

    def pay_out(
        self,
        *,
        card_number: str,
        cashback: PositiveMoney,
        reason: str | None = None,
        member_account_fingerprint: str | None = None,
        idempotency_key: str | None = None,
    ) -> AskedPayoutReply:
        """Pay cashback out.

        Up to 50.00, of a currency and on a UTC day, an operator pays out alone. More waits (`proposed`) until
        another
        operator approves it. The entry is the instruction, and what the network owes the member from then on;
        the money
        itself is sent by your bank. Where payouts go by bank file, in euros, say to which account: no file pays
        another.
        A deployment has a minimum, 10.00 unless it is set to something else. What the member owes
        of cashback for returned goods is not paid out. A card of a closed account is
        taken if the bank returned a payout of it; there is no minimum then.

        Needs: operator, settler.
        """
        return self._call(
            "pay_out",
            "POST",
            "/v1/payouts",
            AskedPayoutReply,
            repeatable=False,
            body=body(
                {
                    "reason": reason,
                    "card_number": card_number,
                    "cashback": cashback,
                    "member_account_fingerprint": member_account_fingerprint,
                },
                optional=["member_account_fingerprint", "reason"],
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def get_payout(self, entry_id: str) -> PayoutOriginReply:
        """Get a payout: who asked for it, who approved it, and the fingerprint of the bank account that it goes
        to.

        A fingerprint is kept for 400 days.

        Needs: operator, viewer.
        """
        return self._call(
            "get_payout",
            "GET",
            "/v1/payouts/{entry_id}",
            PayoutOriginReply,
            repeatable=True,
            path_values={"entry_id": entry_id},
        )

    def list_payout_requests(self, *, cursor: str | None = None, limit: int | None = None) -> PayoutRequestsReply:
        """List requests for payouts that needed two operators, newest first.

        An applied one's account is with its payout.

        Needs: operator, viewer.
        """
        return self._call(
            "list_payout_requests",
            "GET",
            "/v1/payout-requests",
            PayoutRequestsReply,
            repeatable=True,
            query={"cursor": cursor, "limit": limit},
        )

    def iter_payout_requests(self, *, limit: int | None = None) -> Iterator[PayoutRequestReply]:
        """`list_payout_requests` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_payout_requests(limit=limit, cursor=cursor), "requests")

    def get_payout_request(self, request_id: str) -> AskedPayoutReply:
        """Get a request for a payout: whose it is, where it is to go, and what has become of it.

        Needs: operator, viewer.
        """
        return self._call(
            "get_payout_request",
            "GET",
            "/v1/payout-requests/{request_id}",
            AskedPayoutReply,
            repeatable=True,
            path_values={"request_id": request_id},
        )

    def approve_payout_request(self, request_id: str, *, reason: str | None = None) -> AskedPayoutReply:
        """Approve a payout that another operator has asked for. Again is a success.

        Look at whose it is (`card_member`, and `member` as in who may be paid at an account), and compare the
        account with
        what that very member has told you. What the ledger refuses waits still.

        Needs: operator, approver.
        """
        return self._call(
            "approve_payout_request",
            "POST",
            "/v1/payout-requests/{request_id}/approve",
            AskedPayoutReply,
            repeatable=True,
            path_values={"request_id": request_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def reject_payout_request(self, request_id: str, *, reason: str | None = None) -> AskedPayoutReply:
        """Take back a request of your own for a payout, or refuse another's. Again is a success.

        Needs: operator, approver, settler.
        """
        return self._call(
            "reject_payout_request",
            "POST",
            "/v1/payout-requests/{request_id}/reject",
            AskedPayoutReply,
            repeatable=True,
            path_values={"request_id": request_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def reverse_payout(
        self, entry_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> PayoutReply:
        """Take a payout back that no settlement has planned to pay yet.

        Once one has, what became of the money is said there: defer it, or record what the bank says.
        All of it goes back to the account, as if it had never left; after a merge to the account that answers
        now. A
        closed account stays closed, and what it gets back can be paid out again.

        Needs: operator, settler.
        """
        return self._call(
            "reverse_payout",
            "POST",
            "/v1/payouts/{entry_id}/reversals",
            PayoutReply,
            repeatable=False,
            path_values={"entry_id": entry_id},
            body=body({"reason": reason}, optional=["reason"]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def get_member_account(self, member_account_fingerprint: str) -> MemberAccountReply:
        """Get which members two operators agreed may be paid at one bank account.

        Needs: operator, viewer.
        """
        return self._call(
            "get_member_account",
            "GET",
            "/v1/member-accounts/{member_account_fingerprint}",
            MemberAccountReply,
            repeatable=True,
            path_values={"member_account_fingerprint": member_account_fingerprint},
        )

    def propose_member_account(
        self, member_account_fingerprint: str, *, members: list[str], reason: str
    ) -> MemberAccountReply:
        """Propose which members may be paid at one bank account.

        For those who share one, and for payouts whose account was not told or was wrong: no bank file pays them
        there else. It
        counts when another operator has approved it. A new proposal takes the place of one that waits. The same
        request again
        changes nothing.

        Needs: operator, settler.
        """
        return self._call(
            "propose_member_account",
            "POST",
            "/v1/member-accounts/{member_account_fingerprint}",
            MemberAccountReply,
            repeatable=True,
            path_values={"member_account_fingerprint": member_account_fingerprint},
            body=body({"members": members, "reason": reason}, optional=[]),
        )

    def approve_member_account(
        self, member_account_fingerprint: str, proposal: int, *, reason: str
    ) -> MemberAccountReply:
        """Approve who, as another operator has proposed, may be paid at an account. Again is a success.

        Ask each of these members first.

        Needs: operator, approver.
        """
        return self._call(
            "approve_member_account",
            "POST",
            "/v1/member-accounts/{member_account_fingerprint}/proposals/{proposal}/approve",
            MemberAccountReply,
            repeatable=True,
            path_values={"member_account_fingerprint": member_account_fingerprint, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def decline_member_account(
        self, member_account_fingerprint: str, proposal: int, *, reason: str
    ) -> MemberAccountReply:
        """Withdraw what you have proposed of an account, or reject what another did. Again is a success.

        Needs: operator, approver, settler.
        """
        return self._call(
            "decline_member_account",
            "POST",
            "/v1/member-accounts/{member_account_fingerprint}/proposals/{proposal}/decline",
            MemberAccountReply,
            repeatable=True,
            path_values={"member_account_fingerprint": member_account_fingerprint, "proposal": proposal},
            body=body({"reason": reason}, optional=[]),
        )

    def merge_accounts(
        self, *, card_number: str, into_card_number: str, reason: str, idempotency_key: str | None = None
    ) -> MergedReply:
        """Merge two accounts of one customer.

        All that the first card holds and owes goes to the second one's account, which both cards use from now
        on.
        Holds must have ended.

        Needs: operator, settler.
        """
        return self._call(
            "merge_accounts",
            "POST",
            "/v1/merges",
            MergedReply,
            repeatable=False,
            body=body(
                {"card_number": card_number, "into_card_number": into_card_number, "reason": reason}, optional=[]
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def reverse_merge(
        self, *, card_number: str, into_card_number: str, reason: str, idempotency_key: str | None = None
    ) -> UnmergedReply:
        """Undo a merge.

        For 30 days, and while all that it moved is still there. The first card gets back what it brought, less
        what
        has expired since; what either card earned meanwhile stays with the second one's account.

        Needs: operator, settler.
        """
        return self._call(
            "reverse_merge",
            "POST",
            "/v1/merges/reversals",
            UnmergedReply,
            repeatable=False,
            body=body(
                {"card_number": card_number, "into_card_number": into_card_number, "reason": reason}, optional=[]
            ),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def close_account(
        self, *, card_number: str, reason: str, forfeit: bool | None = None, idempotency_key: str | None = None
    ) -> ClosedReply:
        """Close an account for good.

        Its cards, merged ones included, are refused from now on, and its customer's contact is erased, so that
        the
        customer may enrol again. What it still holds is lost, which `forfeit` must allow; what it owes is
        written
        off. The others of a household must have left.

        Needs: operator, settler.
        """
        return self._call(
            "close_account",
            "POST",
            "/v1/closures",
            ClosedReply,
            repeatable=False,
            body=body({"card_number": card_number, "forfeit": forfeit, "reason": reason}, optional=["forfeit"]),
            idempotency_key=idempotency_key,
            keyed=True,
        )

    def create_webhook_endpoint(
        self,
        *,
        url: str,
        event_types: list[
            Literal[
                "member.enrolled",
                "points.earned",
                "points.redeemed",
                "points.reserved",
                "points.captured",
                "points.voided",
                "points.transferred",
                "purchase.returned",
                "redemption.cancelled",
                "cashback.spent",
                "household.joined",
                "household.left",
                "invoice.issued",
                "case.updated",
            ]
        ],
    ) -> EndpointWithSecretReply:
        """Have what happens at your locations sent to you.

        You may have five endpoints, each with a URL of its own. An endpoint is told of what happens after its
        creation;
        ask for a replay of what happened before. Its secret is in this reply and nowhere else.

        Needs: admin.
        """
        return self._call(
            "create_webhook_endpoint",
            "POST",
            "/v1/webhook-endpoints",
            EndpointWithSecretReply,
            repeatable=False,
            body=body({"url": url, "event_types": event_types}, optional=[]),
        )

    def list_webhook_endpoints(self) -> EndpointsReply:
        """List your webhook endpoints.

        Needs: admin.
        """
        return self._call("list_webhook_endpoints", "GET", "/v1/webhook-endpoints", EndpointsReply, repeatable=True)

    def get_webhook_endpoint(self, endpoint_id: str) -> EndpointReply:
        """See one of your webhook endpoints.

        Needs: admin.
        """
        return self._call(
            "get_webhook_endpoint",
            "GET",
            "/v1/webhook-endpoints/{endpoint_id}",
            EndpointReply,
            repeatable=True,
            path_values={"endpoint_id": endpoint_id},
        )

    def change_webhook_endpoint(
        self,
        endpoint_id: str,
        *,
        url: str | None = None,
        event_types: list[
            Literal[
                "member.enrolled",
                "points.earned",
                "points.redeemed",
                "points.reserved",
                "points.captured",
                "points.voided",
                "points.transferred",
                "purchase.returned",
                "redemption.cancelled",
                "cashback.spent",
                "household.joined",
                "household.left",
                "invoice.issued",
                "case.updated",
            ]
        ]
        | None = None,
        enabled: bool | None = None,
    ) -> EndpointReply:
        """Change where or what is sent, disable an endpoint, or enable it again.

        What waits for an endpoint that is disabled is sent if it is enabled again within three days of having
        been told,
        and else given up. What happens meanwhile is not told; a replay has both.

        Needs: admin.
        """
        return self._call(
            "change_webhook_endpoint",
            "POST",
            "/v1/webhook-endpoints/{endpoint_id}",
            EndpointReply,
            repeatable=True,
            path_values={"endpoint_id": endpoint_id},
            body=body(
                {"url": url, "event_types": event_types, "enabled": enabled}, optional=["enabled", "event_types", "url"]
            ),
        )

    def delete_webhook_endpoint(self, endpoint_id: str, *, reason: str | None = None) -> EndpointReply:
        """Delete an endpoint for good, with all that waits for it.

        Needs: admin.
        """
        return self._call(
            "delete_webhook_endpoint",
            "POST",
            "/v1/webhook-endpoints/{endpoint_id}/delete",
            EndpointReply,
            repeatable=False,
            path_values={"endpoint_id": endpoint_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def rotate_webhook_secret(self, endpoint_id: str, *, reason: str | None = None) -> EndpointWithSecretReply:
        """Give an endpoint a new secret.

        For a day the one before it signs too, so that `webhook-signature` has two signatures. Its text is in
        this reply
        and nowhere else; if the reply is lost, ask again.

        Needs: admin.
        """
        return self._call(
            "rotate_webhook_secret",
            "POST",
            "/v1/webhook-endpoints/{endpoint_id}/secret",
            EndpointWithSecretReply,
            repeatable=False,
            path_values={"endpoint_id": endpoint_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def ping_webhook_endpoint(self, endpoint_id: str, *, reason: str | None = None) -> PingReply:
        """Send an endpoint a test event of type `ping`; a moment later the log says what came of it.

        One every five seconds.

        Needs: admin.
        """
        return self._call(
            "ping_webhook_endpoint",
            "POST",
            "/v1/webhook-endpoints/{endpoint_id}/pings",
            PingReply,
            repeatable=False,
            path_values={"endpoint_id": endpoint_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def replay_webhooks(self, endpoint_id: str, *, since: datetime) -> ReplayReply:
        """Send an endpoint again what happened since a time, whether it arrived or not.

        Begins after two minutes. Events keep their ids, and those of a member their order. An endpoint may
        begin a replay
        every ten minutes.

        Needs: admin.
        """
        return self._call(
            "replay_webhooks",
            "POST",
            "/v1/webhook-endpoints/{endpoint_id}/replays",
            ReplayReply,
            repeatable=False,
            path_values={"endpoint_id": endpoint_id},
            body=body({"since": since}, optional=[]),
        )

    def list_webhook_deliveries(
        self, endpoint_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> AttemptsReply:
        """List what was sent to an endpoint in the last 30 days, and what it answered, newest first.

        Needs: admin.
        """
        return self._call(
            "list_webhook_deliveries",
            "GET",
            "/v1/webhook-endpoints/{endpoint_id}/deliveries",
            AttemptsReply,
            repeatable=True,
            path_values={"endpoint_id": endpoint_id},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_webhook_deliveries(self, endpoint_id: str, *, limit: int | None = None) -> Iterator[AttemptOut]:
        """`list_webhook_deliveries` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_webhook_deliveries(endpoint_id, limit=limit, cursor=cursor), "deliveries"
        )

    def create_connection(
        self,
        *,
        kind: Literal["shopify", "square", "file"],
        card_source: CardSourceBody | None = None,
        locations: dict[str, Any] | None = None,
        account: str | None = None,
    ) -> ConnectionReply:
        """Connect a shop, a merchant account or a folder of files.

        It hears nothing before it is given the vendor's secret; a folder needs none.

        Needs: admin.
        """
        return self._call(
            "create_connection",
            "POST",
            "/v1/connectors",
            ConnectionReply,
            repeatable=False,
            body=body(
                {"card_source": card_source, "locations": locations, "kind": kind, "account": account},
                optional=["account", "card_source", "locations"],
            ),
        )

    def list_connections(self) -> ConnectionsReply:
        """List your connections, disabled ones too.

        Needs: admin.
        """
        return self._call("list_connections", "GET", "/v1/connectors", ConnectionsReply, repeatable=True)

    def change_connection(
        self, connection_id: str, *, card_source: CardSourceBody | None = None, locations: dict[str, Any] | None = None
    ) -> ConnectionReply:
        """Replace where the card is found, and which location is which.

        What waits in the queue is read by the new settings when it is tried again.

        Needs: admin.
        """
        return self._call(
            "change_connection",
            "POST",
            "/v1/connectors/{connection_id}/settings",
            ConnectionReply,
            repeatable=True,
            path_values={"connection_id": connection_id},
            body=body({"card_source": card_source, "locations": locations}, optional=["card_source", "locations"]),
        )

    def add_connection_secret(
        self,
        connection_id: str,
        *,
        secret: str,
        notification_url: str | None = None,
        overlap_seconds: int | None = None,
    ) -> ConnectionReply:
        """Give the secret under which the vendor signs its events.

        Earlier secrets hold good for the time of overlap, so that events under way still verify.

        Needs: admin.
        """
        return self._call(
            "add_connection_secret",
            "POST",
            "/v1/connectors/{connection_id}/secrets",
            ConnectionReply,
            repeatable=False,
            path_values={"connection_id": connection_id},
            body=body(
                {"secret": secret, "notification_url": notification_url, "overlap_seconds": overlap_seconds},
                optional=["notification_url", "overlap_seconds"],
            ),
        )

    def disable_connection(self, connection_id: str, *, reason: str | None = None) -> ConnectionReply:
        """End a connection for good.

        It hears nothing more and its secrets are gone; what waits in its queue stays there.

        Needs: admin.
        """
        return self._call(
            "disable_connection",
            "POST",
            "/v1/connectors/{connection_id}/disable",
            ConnectionReply,
            repeatable=True,
            path_values={"connection_id": connection_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def list_unmapped(
        self, connection_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> UnmappedReply:
        """List what could not be mapped, each with its reason, oldest first.

        Needs: admin.
        """
        return self._call(
            "list_unmapped",
            "GET",
            "/v1/connectors/{connection_id}/unmapped",
            UnmappedReply,
            repeatable=True,
            path_values={"connection_id": connection_id},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_unmapped(self, connection_id: str, *, limit: int | None = None) -> Iterator[UnmappedOut]:
        """`list_unmapped` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(lambda cursor: self.list_unmapped(connection_id, limit=limit, cursor=cursor), "items")

    def get_unmapped_event(self, connection_id: str, item_id: str) -> ReceivedEventReply:
        """Get the event behind an item, within 30 days: what your vendor sent, without what names a person.

        Needs: admin.
        """
        return self._call(
            "get_unmapped_event",
            "GET",
            "/v1/connectors/{connection_id}/unmapped/{item_id}/raw",
            ReceivedEventReply,
            repeatable=True,
            path_values={"connection_id": connection_id, "item_id": item_id},
        )

    def retry_unmapped_item(self, connection_id: str, item_id: str, *, reason: str | None = None) -> RetriesReply:
        """Have one item tried again, its event read by the settings as they are now.

        It leaves the queue when it is settled. What was dismissed, and another amount of it told since, is
        recorded by this
        alone.

        Needs: admin.
        """
        return self._call(
            "retry_unmapped_item",
            "POST",
            "/v1/connectors/{connection_id}/unmapped/{item_id}/retries",
            RetriesReply,
            repeatable=False,
            path_values={"connection_id": connection_id, "item_id": item_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def retry_unmapped(
        self,
        connection_id: str,
        *,
        reason: str | None = None,
        after: str | None = None,
        without_card: bool | None = None,
    ) -> RetriesReply:
        """Have the oldest hundred items tried again, or the next hundred behind one.

        They leave the queue when they are settled. Sales that were let go without a card can be read again as
        well.

        Needs: admin.
        """
        return self._call(
            "retry_unmapped",
            "POST",
            "/v1/connectors/{connection_id}/retries",
            RetriesReply,
            repeatable=True,
            path_values={"connection_id": connection_id},
            body=body(
                {"reason": reason, "after": after, "without_card": without_card},
                optional=["after", "reason", "without_card"],
            ),
        )

    def upload_till_file(self, connection_id: str, *, name: str, size_bytes: int | None = None) -> LinkReply:
        """Get a URL to PUT a file of purchases and returns to.

        A file of the same name takes the place of the one before. Whatever is put, each line counts once. Say
        the file's
        size if the URL goes to someone else: it then takes nothing larger.

        Needs: admin.
        """
        return self._call(
            "upload_till_file",
            "POST",
            "/v1/connectors/{connection_id}/uploads",
            LinkReply,
            repeatable=True,
            path_values={"connection_id": connection_id},
            body=body({"name": name, "size_bytes": size_bytes}, optional=["size_bytes"]),
        )

    def get_till_file_results(self, connection_id: str, name: str) -> LinkReply:
        """Get a URL to GET the results of a file from. There is nothing there until the file has been worked on.

        Needs: admin.
        """
        return self._call(
            "get_till_file_results",
            "GET",
            "/v1/connectors/{connection_id}/results/{name}",
            LinkReply,
            repeatable=True,
            path_values={"connection_id": connection_id, "name": name},
        )

    def list_partner_connections(self, partner_id: str) -> ConnectionsReply:
        """List a partner's connections.

        Needs: operator, viewer.
        """
        return self._call(
            "list_partner_connections",
            "GET",
            "/v1/partners/{partner_id}/connectors",
            ConnectionsReply,
            repeatable=True,
            path_values={"partner_id": partner_id},
        )

    def list_partner_unmapped(
        self, connection_id: str, partner_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> UnmappedReply:
        """List what could not be mapped for a partner, each with its reason, oldest first.

        Needs: operator, viewer.
        """
        return self._call(
            "list_partner_unmapped",
            "GET",
            "/v1/partners/{partner_id}/connectors/{connection_id}/unmapped",
            UnmappedReply,
            repeatable=True,
            path_values={"connection_id": connection_id, "partner_id": partner_id},
            query={"cursor": cursor, "limit": limit},
        )

    def iter_partner_unmapped(
        self, connection_id: str, partner_id: str, *, limit: int | None = None
    ) -> Iterator[UnmappedOut]:
        """`list_partner_unmapped` of all pages, one after the other; `limit` is the size of a page."""
        return self._pages(
            lambda cursor: self.list_partner_unmapped(connection_id, partner_id, limit=limit, cursor=cursor), "items"
        )

    def get_partner_unmapped_event(self, connection_id: str, item_id: str, partner_id: str) -> ReceivedEventReply:
        """Get the event behind a partner's item, within 30 days.

        What the vendor sent, without what names a person. It may have a card's number, so who looked is in the
        audit trail.

        Needs: operator, settler.
        """
        return self._call(
            "get_partner_unmapped_event",
            "GET",
            "/v1/partners/{partner_id}/connectors/{connection_id}/unmapped/{item_id}/raw",
            ReceivedEventReply,
            repeatable=True,
            path_values={"connection_id": connection_id, "item_id": item_id, "partner_id": partner_id},
        )

    def retry_partner_unmapped(
        self,
        connection_id: str,
        partner_id: str,
        *,
        reason: str | None = None,
        after: str | None = None,
        without_card: bool | None = None,
    ) -> RetriesReply:
        """Have a hundred items of a partner tried again, as an import: sales of any age are recorded.

        Needs: operator, settler.
        """
        return self._call(
            "retry_partner_unmapped",
            "POST",
            "/v1/partners/{partner_id}/connectors/{connection_id}/retries",
            RetriesReply,
            repeatable=True,
            path_values={"connection_id": connection_id, "partner_id": partner_id},
            body=body(
                {"reason": reason, "after": after, "without_card": without_card},
                optional=["after", "reason", "without_card"],
            ),
        )

    def dismiss_unmapped_item(self, connection_id: str, item_id: str, *, reason: str) -> UnmappedOut:
        """Take an item out of the queue, for nothing is to come of it, or you have recorded it yourself.

        If its vendor tells another amount of it later, that waits. Nothing that is recorded is undone.

        Needs: admin.
        """
        return self._call(
            "dismiss_unmapped_item",
            "POST",
            "/v1/connectors/{connection_id}/unmapped/{item_id}/dismiss",
            UnmappedOut,
            repeatable=False,
            path_values={"connection_id": connection_id, "item_id": item_id},
            body=body({"reason": reason}, optional=[]),
        )

    def dismiss_partner_unmapped_item(
        self, connection_id: str, item_id: str, partner_id: str, *, reason: str
    ) -> UnmappedOut:
        """Take an item out of a partner's queue, for nothing is to come of it.

        Needs: operator, settler.
        """
        return self._call(
            "dismiss_partner_unmapped_item",
            "POST",
            "/v1/partners/{partner_id}/connectors/{connection_id}/unmapped/{item_id}/dismiss",
            UnmappedOut,
            repeatable=False,
            path_values={"connection_id": connection_id, "item_id": item_id, "partner_id": partner_id},
            body=body({"reason": reason}, optional=[]),
        )

    def retry_partner_unmapped_item(
        self, connection_id: str, item_id: str, partner_id: str, *, reason: str | None = None
    ) -> RetriesReply:
        """Have one item of a partner tried again, as an import: a sale of any age is recorded.

        Needs: operator, settler.
        """
        return self._call(
            "retry_partner_unmapped_item",
            "POST",
            "/v1/partners/{partner_id}/connectors/{connection_id}/unmapped/{item_id}/retries",
            RetriesReply,
            repeatable=False,
            path_values={"connection_id": connection_id, "item_id": item_id, "partner_id": partner_id},
            body=body({"reason": reason}, optional=["reason"]),
        )

    def get_partner_till_file_results(self, connection_id: str, name: str, partner_id: str) -> LinkReply:
        """Get a URL to GET the results of a partner's file from.

        They say what became of each line. In the queue the file's name is its item's `foreign_id`.

        Needs: operator, viewer.
        """
        return self._call(
            "get_partner_till_file_results",
            "GET",
            "/v1/partners/{partner_id}/connectors/{connection_id}/results/{name}",
            LinkReply,
            repeatable=True,
            path_values={"connection_id": connection_id, "name": name, "partner_id": partner_id},
        )

    def show_original_events(
        self, connection_id: str, partner_id: str, *, sale_id: str, reason: str, after: str | None = None
    ) -> OriginalsReply:
        """Look at the events about one sale as the vendor sent them, five at once, say for a dispute.

        They name persons: who looked, at what and why is in the audit trail. They are gone after 30 days, or
        sooner.

        Needs: operator, settler.
        """
        return self._call(
            "show_original_events",
            "POST",
            "/v1/partners/{partner_id}/connectors/{connection_id}/originals",
            OriginalsReply,
            repeatable=True,
            path_values={"connection_id": connection_id, "partner_id": partner_id},
            body=body({"sale_id": sale_id, "reason": reason, "after": after}, optional=["after"]),
        )

    def erase_original_events(self, connection_id: str, partner_id: str, *, sale_id: str, reason: str) -> ErasedReply:
        """Erase the events about one sale as the vendor sent them, before their time, say because a customer asks
        for it.

        What sales are mapped by names nobody and stays.

        Needs: operator, settler.
        """
        return self._call(
            "erase_original_events",
            "POST",
            "/v1/partners/{partner_id}/connectors/{connection_id}/originals/erase",
            ErasedReply,
            repeatable=True,
            path_values={"connection_id": connection_id, "partner_id": partner_id},
            body=body({"sale_id": sale_id, "reason": reason}, optional=[]),
        )

    def get_health(self) -> HealthReply:
        """Tell that the API answers.

        Reads no store, so it says nothing about them.
        """
        return self._call("get_health", "GET", "/v1/health", HealthReply, repeatable=True)

    def get_openapi(self) -> dict[str, Any]:
        """Get this API's OpenAPI 3.1 document."""
        return self._call("get_openapi", "GET", "/v1/openapi.json", dict[str, Any], repeatable=True)
