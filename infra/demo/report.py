"""Prints what the demo found, for one screen or two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console

from infra.audit_screen import print_verdict
from infra.demo.baskets import Selection
from infra.demo.billing import BY_OPERATOR, Billed
from infra.demo.client import Meter
from infra.demo.closing import Period
from infra.demo.figures import NETWORK, Difference, Figures, total
from infra.demo.reconciling import Reconciled
from infra.demo.replay import Played
from infra.demo.retailers import RETAILERS, Retailer
from infra.demo.settling import Settled
from infra.demo.stating import Stated
from infra.demo.tables import PARTNERS, bills_table, matrix_table, money, points_table, positions_table
from infra.demo.timing import latency
from partners.audit.model import Verdict
from shared.kernel.money import MICROS_PER_CENT

DIFFERENCES_SHOWN = 20


@dataclass(slots=True)
class Tills:
    """How the replay went: `callers` at once made the requests of `meter` within `seconds`.

    `posting_seconds` is how much later the last entry stood in a page.
    """

    callers: int
    played: Played
    meter: Meter
    seconds: float
    posting_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the report says."""

    selection: Selection
    period: Period
    figures: Figures
    tills: Tills
    audit: Verdict
    settled: Settled
    stated: Stated
    reconciled: Reconciled
    billed: Billed
    compared: int
    differences: Sequence[Difference]


def print_report(console: Console, found: Findings) -> None:
    console.print()
    _headline(console, found)
    for table in (points_table(found.figures), matrix_table(found.figures), positions_table(found.figures)):
        console.print()
        console.print(table)
    _notes_on_settlement(console, found)
    console.print()
    console.print(bills_table(found.figures, found.period.month))
    _notes_on_billing(console, found)
    console.print()
    _service(console, found)
    console.print()
    _verdict(console, found)


def _headline(console: Console, found: Findings) -> None:
    weeks = found.selection
    which = f"week {weeks.first_week}" if weeks.weeks == 1 else f"weeks {weeks.first_week} to {weeks.last_week}"
    if weeks.one_household_in > 1:
        which += f", one household in {weeks.one_household_in}"
    console.rule(f"[bold]Real shopping, {which}, through six retailers of one network")
    console.print(
        f"{total(found.figures, 'baskets', PARTNERS):,} baskets of {found.audit.total.members:,} households "
        f"in {total(found.figures, 'stores', PARTNERS)} stores, "
        f"{money(total(found.figures, 'sales_cents', PARTNERS))} EUR of sales. "
        f"Recorded and settled for {_days(found.period)}.",
        highlight=False,
    )


def _notes_on_settlement(console: Console, found: Findings) -> None:
    figures, settled, stated, reconciled = found.figures, found.settled, found.stated, found.reconciled
    given_micros = total(figures, "money_off_cents", PARTNERS) * MICROS_PER_CENT
    over = money((total(figures, "honoured_micros", PARTNERS) - given_micros) // MICROS_PER_CENT)
    notes = [
        f"The network holds {money(figures['position_cents', NETWORK, ''])} EUR "
        f"for {total(figures, 'points_outstanding', PARTNERS):,} points still outstanding.",
        f"Points settle at their exact price and come off a receipt in whole cents: {over} EUR stay with the tills.",
        f"Settlement window {settled.window} was closed, approved by a second operator, and paid by bank files: "
        f"{settled.collected} direct debits, of which the one from {settled.bounced} bounced and was tried again, and "
        f"{settled.paid or 'no'} transfer{'s'[: settled.paid != 1]} (.build/demo/*.xml).",
        *(_of_a_deposit(figures, one) for one in RETAILERS if one.prepays_cents_a_week),
        f"{len(PARTNERS)} signed statements hold, and so do the {stated.lines:,} lines under them "
        f"(.build/demo/statements). In a copy, line {stated.altered_line} of {stated.altered} was given a point more: "
        "the check names the line.",
        f"{reconciled.partner_id} put its tills' own lines beside ours: {reconciled.matched:,} match, and exactly the "
        f"four planted differences were found ({_in_words(reconciled.planted)}).",
    ]
    for note in notes:
        console.print(note, highlight=False)


def _of_a_deposit(figures: Figures, retailer: Retailer) -> str:
    names = ("paid_in_cents", "from_deposit_cents", "deposit_left_cents")
    paid_in, taken, left = (money(abs(figures[name, retailer.partner_id, ""])) for name in names)
    return (
        f"{retailer.name} is prepaid. One operator recorded that it had paid in {paid_in} EUR, its statement says so, "
        f"and another paid the settlement: {taken} EUR were taken from that, {left} EUR are left."
    )


def _in_words(planted: Mapping[str, str]) -> str:
    return ", ".join(outcome.replace("_", " ") for outcome in planted)


def _notes_on_billing(console: Console, found: Findings) -> None:
    faults = ", ".join(f"{count} x {fault}" for fault, count in sorted(found.billed.faults.items()))
    notes = [
        "A visit is a receipt on which a customer enrols, earns a point or redeems. Metered: what the invoice counts, "
        "at Stripe from our messages.",
        f"Stripe failed on purpose ({faults}), and each visit was counted once. "
        f"It told of its invoices by {found.billed.webhooks_heard} webhooks.",
        f"Without Stripe: .build/demo/{found.period.month}-{BY_OPERATOR}.pdf",
    ]
    for note in notes:
        console.print(note, highlight=False)


def _days(period: Period) -> str:
    return f"{period.first}" if period.first == period.last else f"{period.first} to {period.last}"


def _service(console: Console, found: Findings) -> None:
    tills, played = found.tills, found.tills.played
    took = latency(tills.meter.seconds)
    requests = len(tills.meter.seconds)
    lines = [
        ("Requests", f"{requests:,} in {tills.seconds:.1f} s from {tills.callers} tills at once"),
        ("Rate", f"{requests / tills.seconds:.0f} a second"),
        (
            "Answer time",
            f"half within {took.p50:.0f} ms, 90 % within {took.p90:.0f} ms, "
            f"99 % within {took.p99:.0f} ms, slowest {took.longest:.0f} ms",
        ),
        ("Sent twice", f"{played.sent_twice} requests on purpose, answered the same to the byte, counted once"),
        ("Asked again", f"{tills.meter.asked_again} requests after no answer or a 5xx"),
        ("Posted", f"all {played.entry_count:,} entries in pages {tills.posting_seconds:.1f} s after the last"),
    ]
    for name, text in lines:
        console.print(f"[bold]{name:<12}[/bold]{text}", highlight=False)


def _verdict(console: Console, found: Findings) -> None:
    print_verdict(console, found.audit)
    if not found.differences:
        console.print(f"[bold green]All {found.compared} figures agree with the independent recount.", highlight=False)
        return
    console.print(
        f"[bold red]{len(found.differences)} of {found.compared} figures differ from the independent recount.",
        highlight=False,
    )
    for difference in found.differences[:DIFFERENCES_SHOWN]:
        console.print(f"  {difference}", highlight=False)
    if len(found.differences) > DIFFERENCES_SHOWN:
        console.print(f"  and {len(found.differences) - DIFFERENCES_SHOWN} more")
