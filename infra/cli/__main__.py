"""`tessera` (or `python -m infra.cli`): what an operator asks of AWS (`--stage`) or the local cloud (`--endpoint`)."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from infra.cli.audit_run import audit
from infra.cli.connection import connect, deployment_parser
from infra.cli.ledger_show import show
from infra.cli.sweep_run import sweep
from infra.cloudformation import DeployError
from shared.kernel.errors import TesseraError
from shared.ledger.errors import MalformedEntryError

WIDTH_WITHOUT_TERMINAL = 130
DEFAULT_SEGMENTS = 8
DEFAULT_SETTLED_SECONDS = 900

HOLDS, CONTRADICTS, FAILED, STOPPED = 0, 1, 2, 130
"""Exit codes."""


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)
    try:
        good = _carried_out(console, chosen)
    except TesseraError as error:
        return _failed(console, error.detail)
    except (DeployError, MalformedEntryError, BotoCoreError, ClientError, OSError, ValueError) as error:
        return _failed(console, str(error))
    except KeyboardInterrupt:
        again = f" Go on with the same command and --run {chosen.run}" if "run" in chosen else ""
        console.print(f"Stopped.{again}", highlight=False)
        return STOPPED
    return HOLDS if good else CONTRADICTS


def _carried_out(console: Console, chosen: argparse.Namespace) -> bool:
    if chosen.command == "import":
        return _imported(console, chosen)
    services = connect(chosen.stage, chosen.endpoint)
    if chosen.command == "audit":
        return audit(console, services.audit, chosen.run, chosen.segments, chosen.settled_for * 1_000)
    if chosen.command == "sweep":
        return sweep(console, services.sweep, chosen.run, chosen.segments)
    return show(console, services, chosen.card, chosen.last)


def _imported(console: Console, chosen: argparse.Namespace) -> bool:
    # The API's types, which check the file, take long to load for a command that does not need them.
    from infra.cli.import_run import import_purchases
    from partners.till.purchase_file import read_purchases

    lines = read_purchases(chosen.file.read_bytes())
    services = connect(chosen.stage, chosen.endpoint)
    return import_purchases(console, services.imports, chosen.partner, lines)


def _failed(console: Console, why: str) -> int:
    console.print(f"[bold red]That did not work.[/bold red] {escape(why)}", highlight=False)
    return FAILED


def _parser() -> argparse.ArgumentParser:
    deployment, run = deployment_parser(), _run_parser()
    parser = argparse.ArgumentParser(prog="tessera", description="What an operator asks of a deployment.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    ledger = commands.add_parser("ledger", help="look into the ledger").add_subparsers(required=True, metavar="WHAT")
    shown = ledger.add_parser("show", parents=[deployment], help="a card's history: when, where, what, balance")
    shown.add_argument("card", metavar="CARD", help="16 digits, quoted if there are spaces")
    shown.add_argument("--last", type=_positive, metavar="N", help="only the last entries")

    audited = commands.add_parser(
        "audit",
        parents=[deployment, run],
        help="check the whole ledger and its pages; exit code 0 if all agree, 1 if not",
    )
    audited.add_argument(
        "--settled-for",
        type=int,
        default=DEFAULT_SETTLED_SECONDS,
        metavar="SECONDS",
        help="compare pages for entries of at least this age; younger ones may be on their way (900)",
    )

    commands.add_parser(
        "sweep",
        parents=[deployment, run],
        help="record what time has done to idle accounts; exit code 0 if all are done, 1 if some had to be left",
    )

    imported = commands.add_parser(
        "import",
        parents=[deployment],
        help="record a partner's late purchases from a file; exit code 0 if all are recorded, 1 if any was refused",
    )
    imported.add_argument("file", type=Path, metavar="FILE", help="CSV or JSON lines, see docs/import.md")
    imported.add_argument("--partner", required=True, metavar="ID", help="whose purchases they are")
    return parser


def _run_parser() -> argparse.ArgumentParser:
    """A parent parser for commands that work on a run until it is done."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--segments", type=_positive, default=DEFAULT_SEGMENTS, metavar="N", help="8 if not given")
    parser.add_argument(
        "--run", default=f"by-hand-{datetime.now(UTC):%Y%m%d-%H%M%S}", metavar="NAME", help="go on with this run"
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it must be 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
