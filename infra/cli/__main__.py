"""`tessera` (or `python -m infra.cli`): what an operator asks of AWS (`--stage`) or the local cloud (`--endpoint`)."""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from infra.cli.audit_run import audit
from infra.cli.connection import connect
from infra.cli.exit_codes import CONTRADICTS, FAILED, HOLDS, STOPPED
from infra.cli.ledger_show import show
from infra.cli.parser import GROUPS, parser_for
from infra.cli.sweep_run import sweep
from infra.cloudformation import DeployError
from partners.bootstrap import Services
from shared.kernel.errors import TesseraError
from shared.ledger.errors import MalformedEntryError

WIDTH_WITHOUT_TERMINAL = 130


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    chosen = parser_for(given).parse_args(given)
    as_json = getattr(chosen, "json", False)
    console = Console(width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL, stderr=as_json)
    try:
        return _carried_out(console, chosen)
    except TesseraError as error:
        return _failed(console, error.detail)
    except (DeployError, MalformedEntryError, BotoCoreError, ClientError, OSError, ValueError) as error:
        return _failed(console, str(error))
    except KeyboardInterrupt:
        again = f" Go on with the same command and --run {chosen.run}" if "run" in chosen else ""
        console.print(f"Stopped.{again}", highlight=False)
        return STOPPED


def _carried_out(console: Console, chosen: argparse.Namespace) -> int:
    def connected() -> Services:
        return connect(chosen.stage, chosen.endpoint)

    # The API's types, which check what was typed, take long to load for a command that does not need them.
    if chosen.command == "import":
        from infra.cli.import_run import import_file

        return _code(import_file(console, chosen, connected))
    if chosen.command == "batch":
        from infra.cli.import_run import batch_file

        return _code(batch_file(console, chosen, connected))
    if chosen.command in GROUPS:
        from infra.cli.operation_run import carry_out

        return carry_out(console, chosen, connected)
    if chosen.command == "statement" and chosen.what == "fetch":
        from infra.cli.statement_fetch import fetch

        return _code(fetch(console, connected(), chosen.partner, chosen.window, chosen.into))
    if chosen.command == "statement":
        from infra.cli.statement_verify import verify

        return _code(verify(console, chosen.file, chosen.keys, chosen.lines, chosen.previous, chosen.figures))
    if chosen.command == "settlement" and chosen.what == "fingerprint":
        from infra.cli.bank_run import show_fingerprints

        return _code(show_fingerprints(console, chosen.accounts))
    services = connected()
    if chosen.command == "audit":
        return _code(audit(console, services.audit, chosen.run, chosen.segments, chosen.settled_for * 1_000))
    if chosen.command == "settlement" and chosen.what != "replay":
        from infra.cli.bank_run import read_bank_answer, show_payouts, write_bank_file

        runs = {"bank-file": write_bank_file, "bank-answer": read_bank_answer, "payouts": show_payouts}
        return _code(runs[chosen.what](console, services, chosen))
    if chosen.command == "settlement":
        from infra.cli.settlement_run import replay

        return _code(replay(console, services.windows, services.window_replays, chosen.window, chosen.terms))
    if chosen.command == "books":
        from infra.cli.books_run import check as check_books
        from infra.cli.books_run import show as show_books
        from infra.cli.books_run import show_money

        if chosen.what == "money":
            return _code(show_money(console, services.money_books, as_of=chosen.as_of, recount=chosen.recount))
        return _code((check_books if chosen.what == "check" else show_books)(console, services.books, chosen.month))
    if chosen.command == "sweep":
        return _code(sweep(console, services.sweep, chosen.run, chosen.segments))
    return _code(show(console, services, chosen.card, chosen.last))


def _code(good: bool) -> int:
    return HOLDS if good else CONTRADICTS


def _failed(console: Console, why: str) -> int:
    console.print(f"[bold red]That did not work.[/bold red] {escape(why)}", highlight=False)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
