"""docs/api.md says of errors what the code says, and leaves none out."""

import importlib
import pkgutil

import chalicelib
import partners
import shared
from infra.api_docs import GUIDE, error_table, guide_with_table
from shared.kernel.errors import TesseraError

NEVER_ANSWERED = {
    "account_exists": "enrolment turns it into a replay, another number or already_enrolled",
    "billing_email_refused": "it stands among what is wrong with billing; nobody waits for an answer of Stripe",
    "error": "the base class",
    "invalid_api_key": "the gateway answers unauthorized",
    "invalid_receipt": "over HTTP the field itself is invalid",
    "invalid_key_set": "only the command that checks a statement reads published keys",
    "invalid_run_request": "audits are asked for by a schedule or a command, not over HTTP",
    "method_not_allowed": "the gateway answers unknown_route",
    "month_not_over": "a function closes the books, not over HTTP",
    "nothing_due": "only the sweep asks for what time has done, not over HTTP",
    "redrive_too_early": "redriving is no HTTP operation",
    "statements_before": "statements are issued by a function, not over HTTP",
    "idempotency_key_of_another_card": "it stands in the results of a till file, beside its line",
    "receipt_ambiguous": "it stands in the results of a till file, beside its line",
    "receipt_not_recorded": "it stands in the results of a till file, beside its line",
    "stripe_leg": "it stands among the troubles of the schedule; nobody waits for an answer of Stripe",
}


def every_code() -> set[str]:
    for room in (chalicelib, partners, shared):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if module.name.endswith("errors"):
                importlib.import_module(module.name)
    kinds, codes = [TesseraError], set()
    for kind in kinds:
        kinds += kind.__subclasses__()
        codes.add(kind.code)
    return codes


def test_the_table_of_errors_in_the_guide_is_current() -> None:
    assert guide_with_table(GUIDE.read_text()) == GUIDE.read_text(), "run: python -m infra.api_docs"


def test_every_error_the_product_can_answer_is_in_the_table() -> None:
    documented = {line.split("`")[1] for line in error_table().splitlines() if "`" in line}
    assert every_code() - documented == set(NEVER_ANSWERED)
    assert documented >= every_code() - set(NEVER_ANSWERED)


def test_a_code_has_one_status_and_one_meaning() -> None:
    codes = [line.split("`")[1] for line in error_table().splitlines() if "`" in line]
    assert len(set(codes)) == len(codes)
