"""Says in one sentence what this machine lacks before any set-up starts. Must run on any Python 3."""

import importlib.util
import sys

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 14)


def complaint(version: "tuple[int, int]", modules_missing: "list[str]", platform: str) -> str:
    """One sentence on what to install; empty if nothing is missing."""
    found = "{}.{}".format(*version)
    if version < OLDEST_PYTHON or version > NEWEST_PYTHON:
        return (
            "Tessera needs Python 3.11 to 3.14 and this is Python " + found + ": install one and name it, "
            "for example `make PYTHON=python3.12 setup`."
        )
    if modules_missing:
        return (
            "This Python " + found + " lacks " + " and ".join(modules_missing) + ": install the package that "
            "holds them (on Debian and Ubuntu `apt install python" + found + "-venv`)."
        )
    if not platform.startswith("linux"):
        return (
            "The Lambda package holds Linux wheels, so the local cloud runs on Linux only and this is "
            + platform
            + ": use a Linux machine, container or virtual machine."
        )
    return ""


def main() -> None:
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    sentence = complaint(sys.version_info[:2], missing, sys.platform)
    if sentence:
        sys.exit(sentence)


if __name__ == "__main__":
    main()
