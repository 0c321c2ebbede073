"""What can be wrong with the fields of something that was sent: a body, a line of a file, an event."""

from shared.kernel.errors import InvalidRequestError


class MalformedJsonError(InvalidRequestError):
    code = "malformed_json"
    title = "The body is not well-formed JSON"


class InvalidFieldError(InvalidRequestError):
    """One or more fields or parameters are wrong. The class, and so the code, is that of the first.

    `problems` are {pointer or parameter, code, detail}, at least one, in the order found.
    """

    code = "invalid_field"
    title = "A field has an invalid value"

    def __init__(self, problems: list[dict[str, str]]) -> None:
        first = problems[0]
        where = first.get("pointer") or first.get("parameter") or "the body"
        super().__init__(f"{where}: {first['detail']}")
        self.problems = problems


class UnknownFieldError(InvalidFieldError):
    code = "unknown_field"
    title = "The request has a field that does not exist"


class MissingFieldError(InvalidFieldError):
    code = "missing_field"
    title = "The request lacks a required field"


class NegativeAmountError(InvalidFieldError):
    code = "negative_amount"
    title = "An amount is negative"


class FractionalCentsError(InvalidFieldError):
    code = "fractional_cents"
    title = "An amount is not a whole number of cents"


FIELD_ERRORS: dict[str, type[InvalidFieldError]] = {
    error.code: error
    for error in (
        UnknownFieldError,
        MissingFieldError,
        NegativeAmountError,
        FractionalCentsError,
        InvalidFieldError,
    )
}
