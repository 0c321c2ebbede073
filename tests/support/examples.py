"""How many examples a slow property draws: fewer in `make test`, so that it stays quick, than in `make test-full`."""

from hypothesis import settings


def examples(*, quick: int, full: int) -> int:
    """Of the profile that `tests/conftest.py` has loaded."""
    return full if settings.get_current_profile_name() == "full" else quick
