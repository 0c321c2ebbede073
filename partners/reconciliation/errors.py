"""Why something can't be done with a reconciliation."""

from shared.kernel.errors import ConflictError, NotFoundError, UnavailableError, UnprocessableError


class UnknownReconciliationError(NotFoundError):
    code = "unknown_reconciliation"
    title = "You have no such reconciliation"

    def __init__(self, reconciliation: int) -> None:
        super().__init__("None of your reconciliations has this number.", reconciliation=reconciliation)


class ReconciliationKeyReusedError(UnprocessableError):
    code = "reconciliation_key_reused"
    title = "This Idempotency-Key asked for another reconciliation"

    def __init__(self, reconciliation: int) -> None:
        super().__init__("Nothing was begun. Use a new key for a new request.", reconciliation=reconciliation)


class NothingUploadedError(ConflictError):
    """There is no file, or one of another size than was said."""

    code = "nothing_uploaded"
    title = "The file is not there as you announced it"

    def __init__(self, size_bytes: int, found_bytes: int | None) -> None:
        super().__init__(
            "PUT the file to the upload's link first, as many bytes as you said.",
            size_bytes=size_bytes,
            found_bytes=found_bytes,
        )


class ReconciliationStateError(ConflictError):
    code = "reconciliation_state"
    title = "The reconciliation has no result"

    def __init__(self, reconciliation: int, state: str) -> None:
        super().__init__(
            f"This reconciliation is {state.replace('_', ' ')}.", reconciliation=reconciliation, state=state
        )


class UnknownDifferenceError(NotFoundError):
    code = "unknown_difference"
    title = "There is no such difference"

    def __init__(self, reconciliation: int, difference: int) -> None:
        super().__init__(
            "The reconciliation has found no difference of this number.",
            reconciliation=reconciliation,
            difference=difference,
        )


class NoCaseOfDuplicateError(UnprocessableError):
    """A line that is twice in the partner's own file says nothing about our books."""

    code = "no_case_of_duplicate"
    title = "A duplicate in your file is no case"

    def __init__(self, difference: int) -> None:
        super().__init__("The line stands twice in your own file. Upload it corrected.", difference=difference)


class ReconciliationBusyError(UnavailableError):
    code = "reconciliation_busy"
    title = "Others are asking for a reconciliation"

    def __init__(self) -> None:
        super().__init__("Nothing was begun. Send the same request again.")


class BrokenReconciliationError(Exception):
    """Lines were lost or counted twice: a defect of ours, never the partner's."""
