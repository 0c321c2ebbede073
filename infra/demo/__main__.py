"""`python -m infra.demo`: real baskets through the deployed system, and sums that agree."""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from infra.cloudformation import DeployError
from infra.demo.baskets import LAST_WHOLE_WEEK, BasketsMissingError
from infra.demo.errors import DemoError
from infra.demo.plan import StoreMissingError
from infra.demo.run import Options, run
from infra.local.server import ServerStartError
from infra.venvs import SetupError
from shared.kernel.errors import TesseraError

DEFAULT_SEED = 7
DEFAULT_CALLERS = 4
WIDTH_WITHOUT_TERMINAL = 110

_EXPECTED = (
    BasketsMissingError,
    BotoCoreError,
    ClientError,
    DemoError,
    DeployError,
    ServerStartError,
    SetupError,
    StoreMissingError,
    TesseraError,
)


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m infra.demo", description=__doc__)
    parser.add_argument(
        "--weeks", type=int, default=1, choices=range(1, LAST_WHOLE_WEEK + 1), metavar="N", help="how many weeks (1)"
    )
    parser.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help=f"which weeks, who spends where ({DEFAULT_SEED})"
    )
    parser.add_argument("--callers", type=int, default=DEFAULT_CALLERS, help=f"tills at once ({DEFAULT_CALLERS})")
    parser.add_argument("--one-household-in", type=int, default=1, metavar="N", help="only every n-th household (1)")
    chosen = parser.parse_args()
    for name, least in (("seed", 0), ("callers", 1), ("one_household_in", 1)):
        if getattr(chosen, name) < least:
            parser.error(f"--{name.replace('_', '-')} must be {least} or more")
    return Options(chosen.weeks, chosen.seed, chosen.callers, chosen.one_household_in)


def main() -> int:
    options = _options()
    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else WIDTH_WITHOUT_TERMINAL)
    try:
        return 0 if run(options, console) else 1
    except _EXPECTED as error:
        console.print(f"[bold red]The demo stopped.[/bold red] {escape(str(error))}", highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped. Nothing is left running.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
