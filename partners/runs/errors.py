"""Why a run can't be asked for, or a task not be worked on."""

from shared.kernel.errors import InvalidRequestError


class InvalidRunRequestError(InvalidRequestError):
    code = "invalid_run_request"
    title = "This run can't be asked for"


class TaskTakenError(Exception):
    """Another worker has saved this task in the meantime. Leave it to that one."""
