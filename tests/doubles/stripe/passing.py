"""What happens at Stripe by itself, in the order of its time."""

from collections.abc import Callable

from tests.doubles.stripe.books import Books, Thing
from tests.doubles.stripe.invoices import charge, end_payment, finalize
from tests.doubles.stripe.subscriptions import FINISHED, renew

Step = tuple[int, Callable[[], object]]


def pass_time(books: Books) -> None:
    """Carry out all that is due, each at its own time."""
    clock, now = books.clock_ms, books.now
    while due := [step for step in _ahead(books) if step[0] <= now]:
        at, step = min(due, key=lambda one: one[0])
        books.clock_ms = lambda at=at: at * 1_000  # type: ignore[misc]
        try:
            step()
        finally:
            books.clock_ms = clock


def _ahead(books: Books) -> list[Step]:
    steps: list[Step] = []
    for subscription in books.some("subscription"):
        if subscription["status"] not in FINISHED:
            end = subscription["items"]["data"][0]["current_period_end"]
            steps.append((end, lambda one=subscription: renew(books, one)))  # type: ignore[misc]
    for invoice in books.some("invoice", auto_advance=True):
        if invoice["status"] == "draft" and invoice["automatically_finalizes_at"] is not None:
            steps.append((invoice["automatically_finalizes_at"], _finalizing(books, invoice)))
        elif invoice["status"] == "open" and invoice["next_payment_attempt"] is not None:
            steps.append((invoice["next_payment_attempt"], lambda one=invoice: charge(books, one)))  # type: ignore[misc]
    for intent, at in books.under_way.items():
        payment = next(one for one in books.some("invoice_payment") if one["payment"]["payment_intent"] == intent)
        steps.append((at, _ending(books, books.get("invoice", payment["invoice"]))))
    return steps


def _ending(books: Books, invoice: Thing) -> Callable[[], object]:
    return lambda: end_payment(books, invoice)


def _finalizing(books: Books, invoice: Thing) -> Callable[[], object]:
    return lambda: finalize(books, invoice)
