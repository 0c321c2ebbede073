"""The network's books, month by month, and what partners owe to it."""

from typing import TYPE_CHECKING, Any

from chalicelib.api.schemas.books import (
    AgedOut,
    BookOut,
    BookParams,
    BookReply,
    BooksReply,
    CurrencyAgedOut,
    InTransitOut,
    MoneyAccountOut,
    MoneyBalanceParams,
    MoneyBalanceReply,
    OwedOut,
    PartnerAgedOut,
    ReceivablesParams,
    ReceivablesReply,
)
from chalicelib.api.schemas.fields import NoBody
from chalicelib.errors import InvalidCursorError
from chalicelib.listing import PageParams, page_of
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.billing.errors import InvalidMonthError
from partners.books.amounts import AMOUNTS
from partners.books.errors import DayToComeError, UnknownBooksError
from partners.books.model import cohort_in_words
from partners.books.month_money import in_transit_of
from shared.kernel.clock import to_rfc3339

if TYPE_CHECKING:
    from partners.books.money import MoneyBalance
    from partners.books.past import InTransit
    from partners.books.receivables import Receivable
    from partners.books.work import Run

PAID = ("currency", "paid_micros")

resource = Resource("books", __name__)


@resource.get("/v1/books", scope=Scope.OPERATOR, params=PageParams, reply=BooksReply, errors=(InvalidCursorError,))
def list_books(call: Call[PageParams, NoBody]) -> Reply:
    """List the months whose books are closed, newest first."""
    newest_first = bootstrap.services().books.closed()[::-1]
    page, next_cursor = page_of(newest_first, lambda one: one.run_id, ("books",), call.params, descending=True)
    return Reply(BooksReply(books=[BookOut(**_head(one)) for one in page], next_cursor=next_cursor))


@resource.get(
    "/v1/books/{month}",
    scope=Scope.OPERATOR,
    params=BookParams,
    reply=BookReply,
    errors=(InvalidMonthError, UnknownBooksError),
)
def get_books(call: Call[BookParams, NoBody]) -> Reply:
    """Get the books of a month.

    What is owed to members, rolled forward by issuer and cohort in points and money, and at what points are valued; who
    honoured whose points; the trial balance; money at the month's end; and how cohorts develop, with what of them will
    expire. With `issuer`, all but the trial balance and money is of that partner's points and cashback alone.
    """
    books = bootstrap.services().books
    run, read = books.run(call.params.month), books.document(call.params.month)

    def asked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if call.params.issuer in (None, row["issuer"])]

    shown = {name: read[name] for name in ("members", "entries", "trial_balance")}
    issuers = [_without(_amounts(row), "expiry_month") for row in asked(read["issuers"])]
    cohorts = [_with_day(_amounts(row)) for row in asked(read["cohorts"])]
    totals = read.get("totals", []) if call.params.issuer is None else []
    ages = asked(read["breakage"]["cohorts"])
    developed = [{**_with_day(row), "ages": [_age(age) for age in row["ages"]]} for row in ages]
    rolled = {
        "totals": totals,
        "issuers": issuers,
        "cohorts": cohorts,
        "matrix": [{**dict.fromkeys(PAID), **row} for row in asked(read["matrix"])],
    }
    methods = {
        "valuation": _valuation(read["valuation"], call.params.issuer) if "valuation" in read else None,
        "breakage": {**read["breakage"], "cohorts": developed},
    }
    money = _month_money(run.money_digest, books.money(call.params.month))
    return Reply(BookReply.model_validate({**_head(run), **shown, **rolled, **methods, "money": money}))


@resource.get(
    "/v1/receivables",
    scope=Scope.OPERATOR,
    params=ReceivablesParams,
    reply=ReceivablesReply,
    errors=(DayToComeError,),
)
def get_receivables(call: Call[ReceivablesParams, NoBody]) -> Reply:
    """Get what partners owe to the network, by how long it has been due.

    A settlement is due from when it is first collected, also what of it is carried into a later one; an invoice of the
    operator's own or at Stripe on its date, or when a payment at Stripe fails. Now, or at the end of an earlier day.
    """
    at_ms, rows = bootstrap.services().receivables.aged(call.params.as_of)
    partners = [
        PartnerAgedOut(
            partner_id=row.partner_id,
            currency=row.currency,
            owed=[_owed(one) for one in row.owed],
            **_buckets(row.cents).model_dump(),
        )
        for row in rows
    ]
    totals = []
    for currency in sorted({row.currency for row in rows}):
        cents = tuple(map(sum, zip(*(row.cents for row in rows if row.currency == currency), strict=True)))
        totals.append(CurrencyAgedOut(currency=currency, **_buckets(cents).model_dump()))
    return Reply(ReceivablesReply(as_of=to_rfc3339(at_ms), partners=partners, totals=totals))


@resource.get(
    "/v1/money-balance",
    scope=Scope.OPERATOR,
    params=MoneyBalanceParams,
    reply=MoneyBalanceReply,
    errors=(DayToComeError,),
)
def get_money_balance(call: Call[MoneyBalanceParams, NoBody]) -> Reply:
    """Get the trial balance of money.

    Every account in the network's books: what partners owe is a debit, what they are owed a credit. All balances of a
    currency sum to zero. Now, or at the end of an earlier day.
    """
    found = bootstrap.services().money_books.balance(call.params.as_of)
    return Reply(
        MoneyBalanceReply(
            as_of=to_rfc3339(found.at_ms),
            accounts=[_money_account(one) for one in found.accounts],
            in_transit=[_in_transit(one) for one in found.in_transit],
            contradictions=list(found.contradictions),
        )
    )


def _month_money(digest: str | None, read: dict[str, Any] | None) -> dict[str, Any] | None:
    if read is None:
        return None
    names = ("opening", "recorded_late", "moved", "debits", "credits", "closing")
    accounts = [
        {**{name: row[name] for name in ("currency", "account")}, **{f"{name}_cents": row[name] for name in names}}
        for row in read["accounts"]
    ]
    in_transit = [_in_transit(one).model_dump() for one in in_transit_of(read)]
    return {"as_of": read["as_of"], "digest": digest, "accounts": accounts, "in_transit": in_transit}


def _money_account(one: "MoneyBalance") -> MoneyAccountOut:
    return MoneyAccountOut(
        currency=one.currency,
        account=one.account,
        debits_cents=one.debits,
        credits_cents=one.credits,
        balance_cents=one.balance,
    )


def _in_transit(one: "InTransit") -> InTransitOut:
    return InTransitOut(
        currency=one.currency,
        payment=one.leg,
        state=one.state.value,
        amount_cents=one.cents,
        booked_on=one.on or None,
        recorded_at=to_rfc3339(one.recorded_at_ms),
    )


def _head(run: "Run") -> dict[str, Any]:
    return {
        "month": run.run_id,
        "closed_at": to_rfc3339(run.ended_at_ms or 0),
        "digest": run.digest,
        "contradictions": list(run.contradictions),
    }


def _amounts(row: dict[str, Any]) -> dict[str, Any]:
    """Books of the first format have none but the closing's."""
    return {**dict.fromkeys(("currency", *AMOUNTS)), **row}


def _valuation(read: dict[str, Any], issuer: str | None) -> dict[str, Any]:
    shown = {issuer, *(price["partner_id"] for price in read["prices"])}
    partners = [
        {**row, "exchange_rates": [{"currency": currency, "nanos": nanos} for currency, nanos in row["exchange_rates"]]}
        for row in read["partners"]
        if issuer is None or row["partner_id"] in shown
    ]
    return {**read, "partners": partners}


def _with_day(row: dict[str, Any]) -> dict[str, Any]:
    return {**_without(row, "expiry_month", "first_month"), "runs_out": cohort_in_words(row["expiry_month"])}


def _age(numbers: list[int]) -> dict[str, int]:
    granted, redeemed, expired = numbers
    return {"granted": granted, "redeemed": redeemed, "expired": expired}


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _buckets(cents: tuple[int, ...]) -> AgedOut:
    not_due, to_30, to_60, to_90, over_90 = cents
    return AgedOut(
        not_due_cents=not_due,
        days_1_30_cents=to_30,
        days_31_60_cents=to_60,
        days_61_90_cents=to_90,
        days_over_90_cents=over_90,
        total_cents=sum(cents),
    )


def _owed(one: "Receivable") -> OwedOut:
    due_at = None if one.due_at_ms is None else to_rfc3339(one.due_at_ms)
    return OwedOut(reference=one.reference, amount_cents=one.amount_cents, due_at=due_at)
