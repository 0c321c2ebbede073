"""What can be wrong with statements."""

from shared.kernel.errors import InvalidRequestError


class InvalidKeySetError(InvalidRequestError):
    """A file that should hold published keys holds none that can check a signature."""

    code = "invalid_key_set"
    title = "There is no usable public key"
