"""`python -m infra.environments [NAME…]`: set up what `make` needs, or do nothing if it is there.

Runs on the bare Python of the machine, before anything is installed.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.local.fetch_dynamodb_local import ensure_dynamodb_local
from infra.paths import CLOUD_ENVIRONMENT, DEV_ENVIRONMENT, JAVA_ENVIRONMENT, LOCAL, ROOT
from infra.venvs import ProjectInPlace, Report, SetupError, VirtualEnvironment

_LOCAL_REQUIREMENTS = ROOT / "infra" / "local"
_DEV = VirtualEnvironment(
    DEV_ENVIRONMENT,
    [ROOT / "requirements.txt", ROOT / "requirements-sql.txt", ROOT / "requirements-dev.txt"],
    [ROOT / "requirements-data.txt"],
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to set up; `ensure` returns False if it was there already."""

    name: str
    says: str
    ensure: Callable[[Report], bool]


STEPS = (
    Step("dev", ".venv: tests, linters, demo", _DEV.ensure),
    Step("command", ".venv/bin/tessera: the operator's command", ProjectInPlace(ROOT, _DEV).ensure),
    Step(
        "cloud",
        ".local/cloud: the AWS emulator",
        VirtualEnvironment(CLOUD_ENVIRONMENT, [_LOCAL_REQUIREMENTS / "requirements.txt"]).ensure,
    ),
    Step(
        "java",
        ".local/java: a Java runtime",
        VirtualEnvironment(JAVA_ENVIRONMENT, [_LOCAL_REQUIREMENTS / "requirements-java.txt"]).ensure,
    ),
    Step("dynamodb", ".local/dynamodb-local: DynamoDB Local", ensure_dynamodb_local),
)


class Screen:
    """Progress of one step: on a terminal one line that changes, elsewhere a line at start and end."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._live = sys.stdout.isatty()
        self._started = time.monotonic()
        self._announced = False

    def show(self, progress: str) -> None:
        if self._live:
            print(f"\r\033[K{self._title} … {progress}", end="", flush=True)
        elif not self._announced:
            print(f"{self._title} …", flush=True)
        self._announced = True

    def done(self) -> None:
        start = "\r\033[K" if self._live else ""
        print(f"{start}{self._title}: ready in {time.monotonic() - self._started:.0f} s", flush=True)


def set_up(names: Sequence[str]) -> None:
    """Raises SetupError when a step cannot be completed."""
    LOCAL.mkdir(exist_ok=True)
    steps = [step for step in STEPS if not names or step.name in names]
    for number, step in enumerate(steps, start=1):
        screen = Screen(f"set-up {number}/{len(steps)}  {step.says}")
        if step.ensure(screen.show):
            screen.done()


def main() -> None:
    names = sys.argv[1:]
    unknown = set(names) - {step.name for step in STEPS}
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(step.name for step in STEPS)}")
    try:
        set_up(names)
    except SetupError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nset-up stopped; run it again to go on")


if __name__ == "__main__":
    main()
