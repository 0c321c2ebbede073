"""Why a key is refused."""

from shared.kernel.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError


class InvalidKeyError(ForbiddenError):
    """One error for every cause, so that a caller learns nothing about keys that exist."""

    code = "invalid_api_key"
    title = "The API key is not valid"

    def __init__(self) -> None:
        super().__init__("This API key is unknown, expired, revoked or mistyped.")


class InvalidKeyRequestError(InvalidRequestError):
    code = "invalid_key_request"
    title = "Such a key can't be issued"


class RotationOpenError(ConflictError):
    code = "rotation_open"
    title = "The key's rotation is not over"

    def __init__(self, key_id: str) -> None:
        super().__init__(
            "Two keys of this rotation are in use. Rotate the newer one, when the older one has ended; revoke either "
            "if you need it sooner.",
            key_id=key_id,
        )


class TooManyKeysError(ConflictError):
    code = "too_many_keys"
    title = "There are as many keys in use as there may be"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"A partner may have {limit} API keys that have not ended. Revoke one that is not used first.", limit=limit
        )


class EndedKeyError(ConflictError):
    code = "key_ended"
    title = "The key has ended"

    def __init__(self, key_id: str) -> None:
        super().__init__("A key that has expired or was revoked is not rotated. Issue a new one.", key_id=key_id)


class UsagePlanConflictError(ConflictError):
    code = "usage_plan_conflict"
    title = "The usage plan is being changed"

    def __init__(self, partner_id: str) -> None:
        super().__init__("Others are changing it as well. Send it again.", partner_id=partner_id)


class UnknownKeyError(NotFoundError):
    code = "unknown_key"
    title = "There is no such key"

    def __init__(self, key_id: str) -> None:
        super().__init__("No API key has this id.", key_id=key_id[:80])
