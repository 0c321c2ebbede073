"""Why a key is refused."""

from shared.kernel.errors import ForbiddenError, InvalidRequestError, NotFoundError


class InvalidKeyError(ForbiddenError):
    """One error for every cause, so that a caller learns nothing about keys that exist."""

    code = "invalid_api_key"
    title = "The API key is not valid"

    def __init__(self) -> None:
        super().__init__("This API key is unknown, expired, revoked or mistyped.")


class InvalidKeyRequestError(InvalidRequestError):
    code = "invalid_key_request"
    title = "Such a key can't be issued"


class UnknownKeyError(NotFoundError):
    code = "unknown_key"
    title = "There is no such key"

    def __init__(self, key_id: str) -> None:
        super().__init__("No API key has this id.", key_id=key_id[:80])
