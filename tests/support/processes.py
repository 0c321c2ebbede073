"""Looks for processes that should be there, or should be gone."""

import time
from pathlib import Path


def processes_with(environment_entry: str) -> list[str]:
    """Process ids whose environment holds `NAME=value`: all that a local server started inherit its port."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if environment_entry.encode() in environment.split(b"\0"):
            found.append(folder.name)
    return found


def all_gone(environment_entry: str, within_seconds: float = 10) -> bool:
    """True as soon as there is none; False if some are left in the end."""
    deadline = time.monotonic() + within_seconds
    while processes_with(environment_entry):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
