"""Why something about an operator is refused."""

from shared.kernel.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError


class InvalidOperatorError(InvalidRequestError):
    code = "invalid_operator"
    title = "There can be no such operator"


class UnknownOperatorError(NotFoundError):
    code = "unknown_operator"
    title = "There is no such operator"

    def __init__(self, operator_id: str) -> None:
        super().__init__("No operator has this id.", operator_id=operator_id[:80])


class OperatorExistsError(ConflictError):
    code = "operator_exists"
    title = "The operator's id is taken"

    def __init__(self, operator_id: str) -> None:
        super().__init__("Another operator has this id, or this one has other roles.", operator_id=operator_id)


class OperatorDisabledError(ConflictError):
    code = "operator_disabled"
    title = "This operator is disabled"

    def __init__(self, operator_id: str) -> None:
        super().__init__("Enable the operator first.", operator_id=operator_id)


class OwnRightsError(ForbiddenError):
    code = "own_rights"
    title = "Nobody changes their own rights"

    def __init__(self, operator_id: str) -> None:
        super().__init__("Ask another operator with the role admin.", operator_id=operator_id)


class CredentialWaitsError(ForbiddenError):
    code = "credential_waits"
    title = "This credential does not sign in yet"

    def __init__(self, key_id: str, *, for_owner: bool) -> None:
        super().__init__(
            "Whoever issued it has seen it. Replace it with POST /v1/operator-credentials."
            if for_owner
            else "Tell an admin, other than the one who issued it, its id: they confirm it.",
            key_id=key_id,
        )


class CredentialNotReplacedError(ConflictError):
    code = "credential_not_replaced"
    title = "Nobody has replaced this credential"

    def __init__(self, key_id: str) -> None:
        super().__init__(
            "Whoever issued it has seen it. Confirm the one that its owner gets with POST /v1/operator-credentials.",
            key_id=key_id,
        )


class TooManyCredentialsError(ConflictError):
    code = "too_many_credentials"
    title = "The operator has as many credentials as one may have"

    def __init__(self, operator_id: str, most: int) -> None:
        super().__init__(f"An operator may have {most} credentials in use. Revoke one.", operator_id=operator_id)
