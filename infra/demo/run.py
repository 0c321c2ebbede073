"""The demo from beginning to end."""

import os
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime

from rich.console import Console

from infra.cli.audit_run import until_verdict
from infra.demo.baskets import Basket, Selection, read_baskets, select_weeks, transactions_file
from infra.demo.billing import BY_OPERATOR, INVOCATIONS, Billed, bill_month
from infra.demo.calendar import LONGEST_WEEKS, Move, move_to
from infra.demo.client import Api, Meter
from infra.demo.closing import Period, read_figures
from infra.demo.errors import PeriodSplitError
from infra.demo.figures import Figures, differences, expected_figures, with_figures_told_twice
from infra.demo.functions import BillingFunctions
from infra.demo.opening import open_network, requests_to_open
from infra.demo.plan import Step, plan_steps, stores_by_retailer
from infra.demo.posting import lines_posted, wait_until_posted
from infra.demo.progress import Steps, steps_on
from infra.demo.reconciling import Reconciled, reconcile
from infra.demo.recount import PublishedTerms, recount
from infra.demo.replay import Played, replay
from infra.demo.report import Findings, Tills, print_report
from infra.demo.retailers import REDEEM_AT_MOST, REDEEM_FROM_POINTS, REDEEM_IN_STEPS_OF, RETAILERS
from infra.demo.settling import STEPS, Settled, Settling
from infra.demo.stating import fetch_and_check
from infra.demo.stripe_double import StripeApi, stripe_double
from infra.demo.tables import PARTNERS
from infra.local.deployment import deployed_locally
from infra.operator_key import operator_token
from infra.paths import BUILD
from infra.stack import Stack
from partners.audit.conservation import issuer_books
from partners.audit.model import Verdict
from partners.bootstrap import Services
from shared.kernel.clock import system_clock
from shared.kernel.settings import Settings
from shared.ledger.model import POINTS

AUDIT_SEGMENTS = 8
PRINTED = BUILD / "demo"
"""Where what is printed, and files between network and bank, are left."""


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen on the command line."""

    weeks: int
    seed: int
    callers: int
    one_household_in: int


def run(options: Options, console: Console) -> bool:
    """Run the demo and print its report; True if every figure agrees and the audit finds nothing.

    Raises DemoError, BasketsMissingError, StoreMissingError and what `deployed_locally` raises.
    """
    selection = select_weeks(options.weeks, options.seed, options.one_household_in)
    baskets = read_baskets(transactions_file(), selection)
    with steps_on(console) as steps, ExitStack() as until_the_end:
        with steps.working("Packaging and deploying") as show:
            stack = until_the_end.enter_context(deployed_locally(show))
        findings = _play(stack, steps, options, selection, baskets)
    print_report(console, findings)
    return findings.audit.holds and not findings.differences


def _play(stack: Stack, steps: Steps, options: Options, selection: Selection, baskets: list[Basket]) -> Findings:
    os.environ.update(stack.process_environment())
    services = Services(Settings.from_env(os.environ))
    operators = operator_token(services, "ann"), operator_token(services, "bob")
    stores = stores_by_retailer(baskets)
    move = move_to(system_clock(), baskets, selection.weeks)
    plan = plan_steps(baskets, move, options.seed)
    first_day = _today()
    with Api(stack.base_url, connections=options.callers) as api:
        with steps.counting("Opening six retailers", requests_to_open(stores)) as advance:
            keys = open_network(api, operators, stores, selection.weeks, system_clock(), options.callers, advance)
        tills = _replay(api, keys, plan, options, steps)
        period = _period(first_day, _today())
        tills.posting_seconds = _wait_for_pages(services, period, tills.played, steps)
        audit = _audit(services, tills.played, steps)
        with steps.counting("Reading positions and bills", len(RETAILERS) + 1) as advance:
            figures = read_figures(api, operators[0], keys, period, advance)
        settled = _settle(stack, api, operators, services, period, steps)
        with steps.counting("Checking statements", len(RETAILERS)) as advance:
            stated = fetch_and_check(api, keys, settled.window, PRINTED / "statements", advance)
        reconciled = _reconcile(api, keys, settled.window, tills.played, steps)
        billed = _bill(stack, api, operators[0], period, steps)
        figures |= {**settled.figures, **stated.figures, **billed.figures}
    books = {book.issuer: book for book in issuer_books(audit.total) if book.unit == POINTS}
    for partner in PARTNERS:
        figures["held_by_members", partner, ""] = books[partner].with_members if partner in books else 0
    with steps.working("Counting again from the shopping data"):
        recounted = _recount(selection, move, options.seed)
    return Findings(
        selection=selection,
        period=period,
        figures=figures,
        tills=tills,
        audit=audit,
        settled=settled,
        stated=stated,
        reconciled=reconciled,
        billed=billed,
        compared=sum(1 for _ in expected_figures(PARTNERS)),
        differences=differences(PARTNERS, figures, recounted),
    )


def _replay(api: Api, keys: list[str], plan: list[Step], options: Options, steps: Steps) -> Tills:
    api.meter = Meter()
    started = time.monotonic()
    with steps.counting(f"Replaying {options.weeks} week{'s'[: options.weeks > 1]}", len(plan)) as advance:
        played = replay(api, keys, plan, options.callers, advance)
    return Tills(options.callers, played, api.meter, time.monotonic() - started)


def _wait_for_pages(services: Services, period: Period, played: Played, steps: Steps) -> float:
    started = time.monotonic()
    with steps.reaching("Posting into pages", played.entry_count) as reached:
        wait_until_posted(lambda: lines_posted(services.pages, period.first, period.last), played.entry_count, reached)
    return time.monotonic() - started


def _audit(services: Services, played: Played, steps: Steps) -> Verdict:
    """The audit that a deployment runs every day, over all that is posted by now."""
    run = services.audit.begin("demo", segments=AUDIT_SEGMENTS, settled_for_ms=0)
    walked = 0
    with steps.reaching("Auditing journal and pages", played.entry_count) as reached:

        def advance(done: int) -> None:
            nonlocal walked
            walked = min(walked + done, played.entry_count)
            reached(walked)

        return until_verdict(services.audit, run, advance)


def _settle(
    stack: Stack, api: Api, operators: tuple[str, str], services: Services, period: Period, steps: Steps
) -> Settled:
    PRINTED.mkdir(parents=True, exist_ok=True)
    with steps.counting("Settling through the bank", STEPS) as advance:
        payees = services.payees
        settling = Settling(stack, api, operators, services.settlement_payments, payees.bank_account, PRINTED, advance)
        return settling.settle(period.last)


def _reconcile(api: Api, keys: list[str], window: int, played: Played, steps: Steps) -> Reconciled:
    """By the retailer that has most lines."""
    (retailer, _), *_ = Counter(line.retailer for line in played.lines).most_common()
    own = [line for line in played.lines if line.retailer == retailer]
    with steps.working("Comparing a retailer's own lines"):
        return reconcile(api, keys[retailer], window, RETAILERS[retailer].partner_id, own)


def _bill(stack: Stack, api: Api, operator_key: str, period: Period, steps: Steps) -> Billed:
    with (
        steps.counting("Billing the month", INVOCATIONS) as advance,
        stripe_double() as double,
        StripeApi(double.endpoint_url) as stripe,
    ):
        functions = BillingFunctions(stack, stripe, system_clock, advance)
        functions.give_keys(double.endpoint_url)
        billed = bill_month(period.month, system_clock(), functions, stripe, api, operator_key)
    PRINTED.mkdir(parents=True, exist_ok=True)
    (PRINTED / f"{period.month}-{BY_OPERATOR}.pdf").write_bytes(billed.printed)
    return billed


def _recount(selection: Selection, move: Move, seed: int) -> Figures:
    terms = [
        PublishedTerms(
            partner_id=retailer.partner_id,
            earn_points=retailer.earn_points,
            earn_per_cents=retailer.earn_per_cents,
            issue_price_micros=retailer.issue_price_micros,
            redeem_price_micros=retailer.redeem_price_micros,
            expiry_months=retailer.expiry_months,
            location_fee_cents=retailer.location_fee_cents,
            whole_band=retailer.whole_band,
            paid_in_cents=retailer.prepays_cents_a_week * selection.weeks,
            bands=[(band.up_to, band.flat_fee_cents, band.visit_fee_micros) for band in retailer.bands],
        )
        for retailer in RETAILERS
    ]
    parameters = {
        "first_week": selection.first_week,
        "last_week": selection.last_week,
        "one_household_in": selection.one_household_in,
        "seed": seed,
        "shift_ms": move.shift_ms,
        "longest_weeks": LONGEST_WEEKS,
        "redeem_from": REDEEM_FROM_POINTS,
        "redeem_in_steps_of": REDEEM_IN_STEPS_OF,
        "redeem_at_most": REDEEM_AT_MOST,
    }
    return with_figures_told_twice(recount(transactions_file(), terms, parameters), PARTNERS)


def _period(first: date, last: date) -> Period:
    if (first.year, first.month) != (last.year, last.month):
        raise PeriodSplitError("The month ended in UTC while the demo ran, so there are two bills: run it again.")
    return Period(first, last)


def _today() -> date:
    return datetime.now(UTC).date()
