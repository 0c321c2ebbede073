"""Creates a CloudFormation stack or brings it up to date, and waits for the outcome."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
_GOOD_ENDS = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
_LONGEST_WAIT_SECONDS = 1800


class DeployError(Exception):
    """The stack is not as wanted; the message says which resources failed and why."""


def deploy_stack(
    cloudformation: Any,
    name: str,
    template_url: str,
    parameters: Mapping[str, str],
    report: Callable[[str], None],
    look_every_seconds: float,
) -> dict[str, str]:
    """Returns the stack's outputs. Raises DeployError if the stack ends in any state but a good one."""
    status = _status(cloudformation, name)
    if status == "ROLLBACK_COMPLETE":
        report(f"removing what is left of {name}, whose creation failed")
        cloudformation.delete_stack(StackName=name)
        status = _wait_while_in_progress(cloudformation, name, look_every_seconds)
    arguments = {
        "StackName": name,
        "TemplateURL": template_url,
        "Capabilities": list(_CAPABILITIES),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    }
    since = time.time()
    if status is None:
        report(f"creating the stack {name}")
        cloudformation.create_stack(**arguments)
    elif not _start_update(cloudformation, arguments, report):
        return _outputs(cloudformation, name)
    status = _wait_while_in_progress(cloudformation, name, look_every_seconds)
    if status not in _GOOD_ENDS:
        raise DeployError(f"the stack {name} is {status}:\n{_failures(cloudformation, name, since)}")
    return _outputs(cloudformation, name)


def stack_outputs(cloudformation: Any, name: str) -> dict[str, str]:
    """The outputs of a stack that is there. Raises DeployError if it is not."""
    if _status(cloudformation, name) is None:
        raise DeployError(f"there is no stack {name} here")
    return _outputs(cloudformation, name)


def _start_update(cloudformation: Any, arguments: Mapping[str, Any], report: Callable[[str], None]) -> bool:
    """False if the stack is up to date already."""
    try:
        cloudformation.update_stack(**arguments)
    except ClientError as error:
        if "No updates are to be performed" in error.response["Error"]["Message"]:
            report(f"the stack {arguments['StackName']} is up to date")
            return False
        raise
    report(f"updating the stack {arguments['StackName']}")
    return True


def _wait_while_in_progress(cloudformation: Any, name: str, look_every_seconds: float) -> str | None:
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    while (status := _status(cloudformation, name)) is not None and status.endswith("_IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise DeployError(f"the stack {name} is still {status} after {_LONGEST_WAIT_SECONDS // 60} minutes")
        time.sleep(look_every_seconds)
    return status


def _status(cloudformation: Any, name: str) -> str | None:
    """None if there is no such stack."""
    try:
        stacks = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    status: str = stacks[0]["StackStatus"]
    return None if status == "DELETE_COMPLETE" else status


def _outputs(cloudformation: Any, name: str) -> dict[str, str]:
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _failures(cloudformation: Any, name: str, since: float) -> str:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED") and event["Timestamp"].timestamp() >= since - 60
    ]
    return "\n".join(failed) or "  no event names a cause"
