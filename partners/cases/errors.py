"""Why something can't be done with a case."""

from shared.kernel.errors import ConflictError, InvalidRequestError, NotFoundError, UnavailableError, UnprocessableError


class InvalidCaseError(InvalidRequestError):
    code = "invalid_case"
    title = "The case contradicts itself"


class InvalidDueDateError(InvalidRequestError):
    code = "invalid_due_date"
    title = "A case can't be due then"

    def __init__(self, most_days: int) -> None:
        super().__init__(f"A case is due in the future, within {most_days} days.", most_days=most_days)


class UnknownCaseError(NotFoundError):
    code = "unknown_case"
    title = "There is no such case"

    def __init__(self, case: int) -> None:
        super().__init__("No case of this partner has this number.", case=case)


class CaseKeyReusedError(UnprocessableError):
    code = "case_key_reused"
    title = "This Idempotency-Key belongs to something else of a case"

    def __init__(self, case: int) -> None:
        super().__init__("Nothing was written. Use a new key for a new request.", case=case)


class CaseStateError(ConflictError):
    """What is asked for does not follow on the state that the case is in."""

    code = "case_state"
    title = "The case is in another state"

    def __init__(self, case: int, state: str) -> None:
        super().__init__(f"This case is {state.replace('_', ' ')}.", case=case, state=state)


class CaseFullError(ConflictError):
    code = "case_full"
    title = "Nothing more can be written to this case"

    def __init__(self, case: int, most_steps: int) -> None:
        super().__init__(
            f"A case has {most_steps} steps at most. It can still be ended.", case=case, most_steps=most_steps
        )


class CorrectionUnderWayError(ConflictError):
    """An adjustment for the case waits for its second person, or has been applied."""

    code = "correction_under_way"
    title = "A correction of this case is under way"

    def __init__(self, case: int, adjustment_id: str) -> None:
        super().__init__(
            "Approve or reject the adjustment first; once it is applied, resolve the case with it.",
            case=case,
            adjustment_id=adjustment_id,
        )


class NoCorrectionError(ConflictError):
    code = "no_correction"
    title = "Nothing has been corrected yet"

    def __init__(self, case: int, state: str | None) -> None:
        super().__init__(
            "Name the journal entry that corrects it, or have the case's adjustment applied first.",
            case=case,
            adjustment_state=state,
        )


class CorrectionMismatchError(UnprocessableError):
    """The entry is there, but it does not correct what the case is about."""

    code = "correction_mismatch"
    title = "This entry does not correct the case"

    def __init__(self, case: int, entry_id: str, why: str) -> None:
        super().__init__(f"It was not taken: {why}.", case=case, entry_id=entry_id)


class CorrectionUsedError(ConflictError):
    code = "correction_used"
    title = "This entry has ended another case"

    def __init__(self, entry_id: str) -> None:
        super().__init__("One entry corrects one case.", entry_id=entry_id)


class CaseBusyError(UnavailableError):
    code = "case_busy"
    title = "Others are writing to this case"

    def __init__(self, case: int) -> None:
        super().__init__("Nothing was written. Send the same request again.", case=case)
