"""Deploying a stack: created, updated, left alone or reported with its cause."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.cloudformation import DeployError, deploy_stack


class FakeCloudFormation:
    """One stack. `after` is the state it ends in once something is started."""

    def __init__(self, status: str | None, after: str = "CREATE_COMPLETE", changed: bool = True) -> None:
        self.status = status
        self.after = after
        self.changed = changed
        self.calls: list[str] = []

    def describe_stacks(self, **named: str) -> dict[str, Any]:
        if self.status is None:
            raise refusal(f"Stack with id {named['StackName']} does not exist")
        shown, self.status = self.status, self.after if self.status.endswith("_IN_PROGRESS") else self.status
        return {"Stacks": [{"StackStatus": shown, "Outputs": [{"OutputKey": "Key", "OutputValue": "value"}]}]}

    def create_stack(self, **_: Any) -> None:
        self.calls.append("create")
        self.status = "CREATE_IN_PROGRESS"

    def update_stack(self, **_: Any) -> None:
        if not self.changed:
            raise refusal("No updates are to be performed.")
        self.calls.append("update")
        self.status = "UPDATE_IN_PROGRESS"

    def delete_stack(self, **_: str) -> None:
        self.calls.append("delete")
        self.status = None

    def describe_stack_events(self, **_: str) -> dict[str, Any]:
        event = {"LogicalResourceId": "LedgerTable", "ResourceStatus": "CREATE_FAILED", "Timestamp": datetime.now(UTC)}
        return {"StackEvents": [event | {"ResourceStatusReason": "limit exceeded"}]}


def refusal(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "any")


def deploy(fake: FakeCloudFormation) -> dict[str, str]:
    return deploy_stack(fake, "tessera-x", "https://template", {"Stage": "x"}, lambda _line: None, 0)


def test_a_missing_stack_is_created() -> None:
    fake = FakeCloudFormation(None)
    assert deploy(fake) == {"Key": "value"}
    assert fake.calls == ["create"]


def test_a_stack_that_is_there_is_updated() -> None:
    fake = FakeCloudFormation("CREATE_COMPLETE", after="UPDATE_COMPLETE")
    deploy(fake)
    assert fake.calls == ["update"]


def test_an_unchanged_stack_is_left_alone() -> None:
    fake = FakeCloudFormation("UPDATE_COMPLETE", changed=False)
    assert deploy(fake) == {"Key": "value"}
    assert fake.calls == []


def test_the_remains_of_a_failed_creation_are_removed_first() -> None:
    fake = FakeCloudFormation("ROLLBACK_COMPLETE")
    deploy(fake)
    assert fake.calls == ["delete", "create"]


def test_a_failure_names_the_resource_and_the_cause() -> None:
    with pytest.raises(DeployError, match="LedgerTable: limit exceeded"):
        deploy(FakeCloudFormation(None, after="ROLLBACK_COMPLETE"))
