"""The list of calls that the harness covers, and what fails when the product makes another.

`python -m tests.simulation.ledger` prints the report; `python -m tests.simulation.ledger list` the list.
"""

import inspect
from pathlib import Path

import pytest

from partners.accounts.service import Accounts
from partners.adjustments.service import Adjustments
from partners.payouts.asking import PayoutRequests
from partners.payouts.service import Payouts
from partners.till.cashback import CashbackTill
from partners.till.holds import Holds
from partners.till.imports import Imports
from partners.till.receipts import ReceiptReturns
from partners.till.returns import Returns
from partners.till.service import Till
from partners.till.sharing import Sharing
from shared.ledger.model import Op
from tests.simulation.ledger.call_sites import call_sites
from tests.simulation.ledger.crashes import all_explored, explored
from tests.simulation.ledger.faults import FaultyClient, Point
from tests.simulation.ledger.linked import SCENARIOS
from tests.simulation.ledger.report import report
from tests.simulation.ledger.world import World

SERVICES = (
    *(Till, Holds, Returns, ReceiptReturns, CashbackTill, Sharing, Imports),
    *(Adjustments, Accounts, Payouts, PayoutRequests),
)
MAKE_A_COMMAND = {"Payouts.command"}
"""Use cases that call nothing."""
LISTED = Path(__file__).parent / "points.txt"

ELSEWHERE = {
    "partners/visits/store.py": "posting: tests/simulation/test_posting_exactly_once.py",
    "partners/runs/store.py": "runs and how far they are: tests/unit/partners, tests/functional/partners",
    "partners/runs/journal_gateway.py": "a run scans the journal and writes nothing of it: tests/functional/partners",
    "shared/kernel/pynamo.py: saved_over_version_before": "contacts, accounts at Stripe: tests/functional/partners",
    "shared/kernel/parts.py": "results of settlements and books: tests/unit/partners, tests/functional",
    "partners/billing/": "billing: tests/simulation/test_billing_exactly_once.py, tests/unit/partners/billing",
    "partners/connectors/": "foreign events: tests/simulation",
    "partners/webhooks/": "deliveries: tests/simulation",
    "partners/settlement/": "windows, statements, payments: tests/unit/partners/settlement",
    "partners/operators/": "operators: one row each, changed under a condition; tests/unit/partners/operators",
    "partners/trail/": "the audit trail: rows that are added once and never changed; tests/unit/partners/trail",
    "partners/cases/": "cases: one row each, changed under a condition; tests/unit/partners/cases",
    "partners/reconciliation/": "uploads: one row each, changed under a condition; tests/functional/partners",
    "partners/audit/": "an audit reads the journal and writes only its own table: tests/unit/partners",
    "partners/access/": "keys and limits: rows written once or marked once, no ledger behind them",
    "partners/contracts/agreement_store.py": "terms and proposals, by people: tests/support/contract_book_contract.py",
    "partners/contracts/life_store.py": "states of partners, by people: tests/support/contract_book_contract.py",
    "partners/funding/store.py": "payments and meters, from pages: tests/unit/partners/funding",
    "partners/funding/deposit_store.py": "one row a currency: tests/simulation/test_deposits_exactly_once.py",
    "partners/contracts/store.py: ContractStore.terms": "the operator's, the partner's and the bill's reading",
    "partners/contracts/store.py: _add": "the operator's set-up: rows that are added once and never changed",
    "partners/contracts/store.py: ContractStore.locations": "the operator's and the bill's reading",
    "partners/contracts/store.py: ContractStore.set_closing": "the operator's: one attribute of one row, set once",
    "partners/contracts/store.py: ContractStore.partner": "the operator's and the bill's reading",
}
"""Calls that no ledger operation makes, and who answers for them."""


@pytest.fixture(scope="module")
def covered(in_full):
    return all_explored(every_pair=in_full)


def test_every_call_that_operations_make_is_in_the_list_and_the_list_has_no_other(covered):
    listed = set(LISTED.read_text().splitlines())
    seen = {str(point) for point in covered.faults}
    print(report(covered))
    new, gone = sorted(seen - listed), sorted(listed - seen)
    assert not new, f"a new DynamoDB call: see that its faults make sense, then add to {LISTED.name}: {new}"
    assert not gone, f"no operation makes this call any more, remove it from {LISTED.name}: {gone}"


def test_every_listed_call_has_suffered_every_fault_that_can_befall_it(covered):
    missing = {str(point): set(point.faults) - faults for point, faults in covered.faults.items()}
    assert not {point: faults for point, faults in missing.items() if faults}


def test_every_place_in_the_source_that_calls_dynamodb_is_covered_here_or_elsewhere(covered):
    here = {point.place for point in covered.faults}
    strangers = {site for site in call_sites() - here if not site.startswith(tuple(ELSEWHERE))}
    assert not strangers, f"no fault was ever injected into {sorted(strangers)}: add a scenario"


def test_who_hands_a_call_to_the_loop_over_pages_is_the_place_of_it(covered):
    reading = "shared/ledger/store.py: JournalStore.oldest_first"
    assert reading in call_sites()
    assert reading in {point.place for point in covered.faults}
    assert not [site for site in call_sites() if site.startswith("shared/kernel/aws.py")]


def test_every_use_case_that_reaches_the_ledger_has_a_scenario():
    use_cases = {
        f"{service.__name__}.{name}"
        for service in SERVICES
        for name, _ in inspect.getmembers(service, inspect.isfunction)
        if not name.startswith("_")
    } - MAKE_A_COMMAND
    assert use_cases <= {scenario.operation for scenario in SCENARIOS}


def test_every_kind_of_entry_is_made_by_a_scenario(in_full):
    made = set()
    for scenario in SCENARIOS:
        world = explored(scenario, every_pair=in_full).world
        made |= {entry.op for number in world.members() for entry in world.history(number)}
    assert made == set(Op)


def test_a_kind_of_call_that_has_no_faults_is_an_error():
    client = FaultyClient(World().inner, {"ledger": "ledger"})
    with pytest.raises(AttributeError):
        client.delete_item(TableName="ledger")
    with pytest.raises(KeyError):
        _ = Point("Till.purchase", "DeleteItem", "ledger", "shared/ledger/store.py: JournalStore.append").faults
