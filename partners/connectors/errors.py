"""Why a connection can't be made or changed, and why an event is not taken."""

from shared.kernel.errors import ConflictError, InvalidRequestError, NotFoundError, UnavailableError, UnprocessableError


class InvalidConnectionError(InvalidRequestError):
    code = "invalid_connection"
    title = "Such a connection can't be made"


class UnknownConnectionError(NotFoundError):
    code = "unknown_connection"
    title = "You have no such connection"

    def __init__(self, connection_id: str) -> None:
        super().__init__("None of your connections has this id.", connection_id=connection_id[:40])


class ConnectionDisabledError(ConflictError):
    code = "connection_disabled"
    title = "This connection is disabled"

    def __init__(self, connection_id: str) -> None:
        super().__init__("A disabled connection stays so: make a new one.", connection_id=connection_id)


class ConnectionChangedError(ConflictError):
    code = "connection_changed"
    title = "Someone else has just changed this connection"

    def __init__(self, connection_id: str) -> None:
        super().__init__("Nothing was changed by this request. Read it again.", connection_id=connection_id)


class UnknownUnmappedError(NotFoundError):
    code = "unknown_unmapped"
    title = "This does not wait in the queue"

    def __init__(self, item_id: str) -> None:
        super().__init__("Nothing in this connection's queue has this id; it may be settled by now.", item_id=item_id)


class EventGoneError(NotFoundError):
    code = "event_gone"
    title = "The event is not kept any more"

    def __init__(self, item_id: str) -> None:
        detail = "Events are kept for 30 days. Of a file there is none: it lies in the folder itself."
        super().__init__(detail, item_id=item_id)


class EventBusyError(UnavailableError):
    code = "connector_busy"
    title = "Others are at work on this sale"

    def __init__(self) -> None:
        super().__init__("Nothing was lost: deliver it again.")


class ConnectionExistsError(ConflictError):
    code = "connection_exists"
    title = "You have a connection to this already"

    def __init__(self, connection_id: str) -> None:
        super().__init__("Use it, or disable it before you make another one.", connection_id=connection_id)


class TooManyConnectionsError(ConflictError):
    code = "too_many_connections"
    title = "You have too many connections"

    def __init__(self, most: int) -> None:
        super().__init__(f"There may be {most} of a partner, disabled ones among them.", most=most)


class KeyOfAnotherCardError(UnprocessableError):
    code = "idempotency_key_of_another_card"
    title = "This line had another card before"

    def __init__(self, idempotency_key: str) -> None:
        super().__init__(
            "An earlier file had this key on another card. If that earned wrongly, return it; then send this purchase "
            "under a new key.",
            idempotency_key=idempotency_key,
        )


class NotAFolderError(UnprocessableError):
    code = "not_a_folder"
    title = "This connection takes no files"

    def __init__(self, connection_id: str) -> None:
        super().__init__("Make a connection of kind `file`.", connection_id=connection_id)
