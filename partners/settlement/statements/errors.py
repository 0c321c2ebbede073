"""What can be wrong with statements."""

from shared.kernel.errors import ConflictError, InvalidRequestError, NotFoundError


class InvalidKeySetError(InvalidRequestError):
    """A file that should hold published keys holds none that can check a signature."""

    code = "invalid_key_set"
    title = "There is no usable public key"


class UnknownStatementError(NotFoundError):
    code = "unknown_statement"
    title = "There is no such statement"

    def __init__(self, window: int) -> None:
        super().__init__("There is no statement of this window, or it was not issued yet.", window=window)


class UnknownChargeError(NotFoundError):
    """Charges of a statement are numbered from 1."""

    code = "unknown_charge"
    title = "The statement has no such charge"

    def __init__(self, window: int, charge: int) -> None:
        super().__init__("The statement has fewer charges.", window=window, charge=charge)


class StatementsBeforeError(ConflictError):
    """Statements follow one another: each holds the hash of the one before."""

    code = "statements_before"
    title = "The statements of the window before are not issued yet"

    def __init__(self, window: int) -> None:
        super().__init__("Issue the statements of the window before first.", window=window)
