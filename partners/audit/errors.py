"""Why an audit can't go on."""

from shared.kernel.errors import InvalidRequestError


class InvalidAuditRequestError(InvalidRequestError):
    code = "invalid_audit_request"
    title = "This audit can't be asked for"


class TaskTakenError(Exception):
    """Another worker has saved this task in the meantime. Leave it to that one."""
