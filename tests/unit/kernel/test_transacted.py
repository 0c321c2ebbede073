"""What is made of a transaction that DynamoDB calls off: a condition that failed, a moment to wait, or a defect."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from partners.billing.invoice_store import InvoiceStore
from shared.kernel.aws import transacted, unmet_conditions
from shared.kernel.errors import StoreUnavailableError
from tests.fakes.dynamodb import FakeDynamoDB, TransactionCanceledException
from tests.functional.partners.test_invoice_store import invoice

PUT = {"Put": {"TableName": "t", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}}
ONCE = {"Put": {**PUT["Put"], "ConditionExpression": "attribute_not_exists(pk)"}}


class CallingOff(FakeDynamoDB):
    """Calls off the first transactions for these reasons, one list each."""

    def __init__(self, *calls: list[str]) -> None:
        super().__init__()
        self.calls = list(calls)

    def _TransactWriteItems(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if not self.calls:
            return super()._TransactWriteItems(params)
        reasons = [{"Code": code} for code in self.calls.pop(0)]
        answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise TransactionCanceledException(answer, "TransactWriteItems")


def done(client: Any) -> tuple[bool, list[float]]:
    pauses: list[float] = []
    return transacted(client, [ONCE], pauses.append), pauses


def test_of_two_that_make_the_same_row_the_second_is_told_so() -> None:
    client: Any = FakeDynamoDB()
    assert done(client) == (True, [])
    assert done(client) == (False, [])


def test_another_transaction_under_way_is_waited_for_and_then_the_condition_decides() -> None:
    client: Any = CallingOff(["TransactionConflict", "None"], ["TransactionConflict", "None"])
    found, pauses = done(client)
    assert (found, len(pauses)) == (True, 2)
    client.calls = [["None", "TransactionConflict"]]
    assert done(client)[0] is False
    client.calls = [["TransactionConflict", "ConditionalCheckFailed"]]
    assert done(client) == (False, []), "whoever is under way, the condition does not hold"


def test_which_conditions_did_not_hold_is_told_so_that_the_others_can_be_tried_without_them() -> None:
    client: Any = FakeDynamoDB()
    assert done(client) == (True, [])
    assert unmet_conditions(client, [PUT, ONCE]) == {1}
    client = CallingOff(["TransactionConflict", "ConditionalCheckFailed"])
    assert unmet_conditions(client, [PUT, ONCE]) == {1}, "what is not known yet is tried again"
    assert unmet_conditions(client, [PUT]) == frozenset()


@pytest.mark.parametrize(("codes", "pauses"), [(["TransactionConflict"], 3), (["ThrottlingError", "None"], 0)])
def test_what_does_not_pass_in_a_moment_is_an_outage_and_no_lost_race(codes: list[str], pauses: int) -> None:
    client: Any = CallingOff(*[codes] * 9)
    waited: list[float] = []
    with pytest.raises(StoreUnavailableError):
        transacted(client, [ONCE], waited.append)
    assert len(waited) == pauses
    assert client.tables == {}


@pytest.mark.parametrize("codes", [["ValidationError"], ["ItemCollectionSizeLimitExceeded", "TransactionConflict"]])
def test_what_would_fail_again_and_again_is_raised_as_it_is(codes: list[str]) -> None:
    client: Any = CallingOff(codes)
    with pytest.raises(ClientError, match="TransactionCanceled"):
        transacted(client, [ONCE])


def test_an_invoice_that_can_not_be_written_is_not_tried_for_ever_as_if_another_had_been_faster() -> None:
    client: Any = CallingOff(["ThrottlingError", "None"], ["ValidationError", "None"])
    store, frozen = InvoiceStore(client, "partners"), invoice("harvest", "2026-11")
    with pytest.raises(StoreUnavailableError):
        store.add(frozen, None)
    with pytest.raises(ClientError):
        store.add(frozen, None)
    assert (store.add(frozen, None), store.add(frozen, None)) == (True, False)
