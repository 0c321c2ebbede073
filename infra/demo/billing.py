"""Bills the month: most retailers through Stripe, one by the operator's own invoice.

Visits reach Stripe by the deployed metering function, which finalises what agrees. The month is not over yet, so each
step is carried out as of the moment at which it would be due.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from infra.demo.client import Api
from infra.demo.figures import Figure
from infra.demo.retailers import RETAILERS
from infra.demo.stripe_double import Line, StripeApi, signed
from partners.billing.model import Month, month_before, month_of
from shared.kernel.clock import DAY_MS

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
_EVENTS = "/v1/billing/meter_events"
FAULTS = ((_EVENTS, "reset after"), (_EVENTS, "500 after"), (_EVENTS, "429"))
"""What the first messages meet at Stripe: a lost answer, a failure after the effect, too many requests."""
THROUGH_STRIPE = [one.partner_id for one in RETAILERS if one.billed_through_stripe]
(BY_OPERATOR,) = [one.partner_id for one in RETAILERS if not one.billed_through_stripe]
INVOCATIONS = len(THROUGH_STRIPE) + 8
"""Of functions, in all that this module does."""


class Functions(Protocol):
    """See `infra.demo.functions.BillingFunctions`."""

    def open_account(self, partner_id: str, moment_ms: int) -> str: ...

    def meter(self, moment_ms: int) -> None: ...

    def issue_invoices(self, moment_ms: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Billed:
    """What came of it. `faults` counts the requests that Stripe failed, by how; `printed` is the own invoice as PDF."""

    figures: Mapping[Figure, int]
    faults: Mapping[str, int]
    webhooks_heard: int
    printed: bytes


def bill_month(
    name: str, recorded_until_ms: int, functions: Functions, stripe: StripeApi, api: Api, operator_key: str
) -> Billed:
    """Bill month `name`, in which visits were recorded until a moment. Raises UnexpectedAnswerError."""
    month = month_of(name)
    customers = _subscribed(functions, month)
    figures: Counter[Figure] = Counter()

    stripe.plan_faults(FAULTS)
    hour_over_ms = (recorded_until_ms // HOUR_MS + 1) * HOUR_MS
    told_ms = [hour_over_ms + minutes * MINUTE_MS for minutes in (16, 31, 61)]
    for moment_ms in told_ms:
        functions.meter(moment_ms)
    for partner, customer in customers.items():
        figures["foreseen_visits_cents", partner, ""] = _cents(stripe.foreseen(customer), month, metered=True)
    query = {"month": month.name}
    own_bill = api.get(f"/v1/partners/{BY_OPERATOR}/bill", operator_key, **query).body
    figures["foreseen_visits_cents", BY_OPERATOR, ""] = _cents_of_kind(own_bill, "visits")

    held_ms = max(month.ends_at_ms + 10 * MINUTE_MS, told_ms[-1])
    functions.meter(held_ms)
    functions.meter(held_ms + 2 * HOUR_MS)
    for partner, customer in customers.items():
        before = month_before(month)
        due_before = api.get(f"/v1/partners/{partner}/bill", operator_key, month=before.name).body["total_cents"]
        _add_invoice_of_stripe(figures, stripe, partner, customer, month)
        figures["invoiced_cents", partner, ""] -= due_before

    functions.issue_invoices(month.ends_at_ms + DAY_MS + 10 * MINUTE_MS)
    path = f"/v1/partners/{BY_OPERATOR}/invoices/{month.name}"
    _add_own_invoice(figures, api.get(path, operator_key).body)
    printed = api.get(f"{path}/pdf", operator_key, accept="application/pdf").pdf
    return Billed(dict(figures), stripe.faults_met(), _deliver(stripe, api, month), printed)


def _subscribed(functions: Functions, month: Month) -> dict[str, str]:
    """Open accounts half a day before the month, so that it is their first whole one; customer by partner."""
    eve_ms = month.begins_at_ms - 12 * HOUR_MS
    customers = {partner: functions.open_account(partner, eve_ms) for partner in THROUGH_STRIPE}
    for moment_ms in (eve_ms, month.begins_at_ms + 10 * MINUTE_MS):
        functions.meter(moment_ms)
    return customers


def _add_invoice_of_stripe(
    figures: Counter[Figure], stripe: StripeApi, partner: str, customer: str, month: Month
) -> None:
    """Locations are paid ahead and visits afterwards, so a month is spread over invoices: its lines say which it is.

    All that is billed up to its end is invoiced, so what was due for the month before is to be taken off.
    """
    begin_s, end_s = month.begins_at_ms // 1_000, month.ends_at_ms // 1_000
    lines = stripe.invoiced(customer)
    figures["metered_visits", partner, ""] = stripe.visits_counted(customer, begin_s, end_s)
    figures["invoiced_locations_cents", partner, ""] = _cents(lines, month, metered=False)
    figures["invoiced_visits_cents", partner, ""] = _cents(lines, month, metered=True)
    figures["invoiced_cents", partner, ""] = sum(one.amount_cents for one in lines if one.begins_at < end_s)


def _add_own_invoice(figures: Counter[Figure], invoice: dict[str, Any]) -> None:
    partner = invoice["partner_id"]
    figures["metered_visits", partner, ""] = invoice["bill"]["visits"]
    figures["invoiced_locations_cents", partner, ""] = _cents_of_kind(invoice["bill"], "locations")
    figures["invoiced_visits_cents", partner, ""] = _cents_of_kind(invoice["bill"], "visits")
    figures["invoiced_cents", partner, ""] = invoice["total_cents"]


def _deliver(stripe: StripeApi, api: Api, month: Month) -> int:
    """Tell the deployment by webhook of all that happened to invoices since the month's end; how many were news."""
    events = [
        event
        for event in stripe.events()
        if event["type"].startswith("invoice.") and event["created"] * 1_000 >= month.ends_at_ms
    ]
    heard = [api.post_signed("/v1/stripe/webhooks", *signed(event)).body["heard"] for event in events]
    return heard.count("new")


def _cents(lines: Sequence[Line], month: Month, *, metered: bool) -> int:
    """What lines charge for a month: for visits, or for all else."""
    begin_s, end_s = month.begins_at_ms // 1_000, month.ends_at_ms // 1_000
    wanted = [one for one in lines if begin_s <= one.begins_at < end_s and one.metered is metered]
    return sum(one.amount_cents for one in wanted)


def _cents_of_kind(bill: dict[str, Any], kind: str) -> int:
    return sum(line["amount_cents"] for line in bill["lines"] if line["kind"] == kind)
