"""The commands' arguments."""

import argparse
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from infra.cli.connection import deployment_parser

DEFAULT_SEGMENTS = 8
DEFAULT_SETTLED_SECONDS = 900

GROUPS = {
    "member": "enrol a customer, see what a card holds",
    "points": "quote, record, redeem, reserve, capture, void, return, cancel, transfer, batch",
    "cashback": "spend it, pay it out, agree on payouts and where they go, take one back",
    "household": "join and leave",
    "account": "merge, reverse a merge, close",
    "window": "settlement windows: list, close, positions, a position, pairs, flows",
    "adjustment": "propose, approve, reject, list",
    "case": "partners' cases: open, list, show, comment, answer, take up, ask, adjust, resolve, refuse",
    "funding": "how a partner stands, record a payment",
    "invoice": "the operator's own: list, show, record a payment, or that one came back",
    "billing": "through Stripe: list, show, open, end, decide held months, credit, replace, backfill, events",
}
"""The groups of `infra.cli.commands.COMMANDS`, which is loaded only if one of them is asked for."""


def parser_for(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """What understands `arguments`. Of the groups it has the commands of the one that they begin with."""
    deployment, run, file = deployment_parser(), _run_parser(), _file_parser()
    parser = argparse.ArgumentParser(prog="tessera", description="What an operator asks of a deployment.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    ledger = commands.add_parser("ledger", help="look into the ledger").add_subparsers(required=True, metavar="WHAT")
    shown = ledger.add_parser("show", parents=[deployment], help="a card's history: when, where, what, balance")
    shown.add_argument("card", metavar="CARD", help="16 digits, quoted if there are spaces")
    shown.add_argument("--last", type=_positive, metavar="N", help="only the last entries")

    _add_statement_commands(commands, deployment)

    for name, about in GROUPS.items():
        group = commands.add_parser(name, help=about)
        if list(arguments[:1]) == [name]:
            from infra.cli.commands import add_commands

            add_commands(group, name, deployment, file)

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

    _add_settlement(commands, deployment)
    books = commands.add_parser("books", help="what is owed to members, month by month")
    booked = books.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, about in (
        ("show", "print the books of a month; exit code 0 if they held when they were closed, 1 if not"),
        ("check", "count a month again from the journal; exit code 0 if every byte is as it was and the books hold"),
    ):
        of_month = booked.add_parser(name, parents=[deployment], help=about)
        of_month.add_argument("month", metavar="MONTH", help="2026-11")
    of_money = booked.add_parser(
        "money",
        parents=[deployment],
        help="print the trial balance of money as of now; exit code 0 if it agrees with what is open, 1 if not",
    )
    of_money.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DAY", help="at the end of this day (UTC) instead, like 2026-10-31"
    )
    of_money.add_argument(
        "--recount", action="store_true", help="compare what is kept of finished settlements with their payments first"
    )

    commands.add_parser(
        "sweep",
        parents=[deployment, run],
        help="record what time has done to idle accounts; exit code 0 if all are done, 1 if some had to be left",
    )

    commands.add_parser(
        "import",
        parents=[deployment, file],
        help="record a partner's late purchases from a file; exit code 0 if all are recorded, 1 if any was refused",
    )
    return parser


def _add_statement_commands(commands: Any, deployment: argparse.ArgumentParser) -> None:
    statement = commands.add_parser("statement", help="settlement statements").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    fetched = statement.add_parser(
        "fetch", parents=[deployment], help="get a partner's statement in every form, its lines, and the published keys"
    )
    fetched.add_argument("window", type=_positive, metavar="WINDOW", help="its number")
    fetched.add_argument("--partner", required=True, metavar="ID", help="whose it is")
    fetched.add_argument("--into", type=Path, required=True, metavar="FOLDER", help="where the files are put")
    verified = statement.add_parser(
        "verify", help="check a statement and its lines against the network's published key, without a connection"
    )
    verified.add_argument("file", type=Path, metavar="FILE", help="the signed statement, JSON")
    verified.add_argument("--keys", type=Path, required=True, metavar="FILE", help="the published keys, JSON")
    verified.add_argument("--lines", type=Path, metavar="FILE", help="its lines, JSON lines")
    verified.add_argument("--figures", type=Path, metavar="FILE", help="its table of figures, CSV")
    verified.add_argument("--previous", type=Path, metavar="FILE", help="the signed statement before it")


def _add_settlement(commands: Any, deployment: argparse.ArgumentParser) -> None:
    settlement = commands.add_parser("settlement", help="recompute settled windows, pay them by files of the bank")
    settled = settlement.add_subparsers(dest="what", required=True, metavar="WHAT")
    replayed = settled.add_parser(
        "replay",
        parents=[deployment],
        help="compute a closed window again; exit code 0 if every byte is as it was, 1 if not",
    )
    replayed.add_argument("window", type=_positive, metavar="WINDOW", help="its number")
    for name, about in (("bank-file", "write payments as ISO 20022"), ("bank-answer", "record what the bank says")):
        bank = settled.add_parser(name, parents=[deployment], help=about)
        bank.add_argument("window", type=_positive, metavar="WINDOW", help="its number")
        bank.add_argument("currency", metavar="CURRENCY", help="ISO 4217 code")
        bank.add_argument("file", type=Path, metavar="FILE", help="XML; of an answer camt.053, or CSV")
        bank.add_argument("--accounts", type=Path, required=True, metavar="FILE", help="see docs/settlement.md")
        if name == "bank-file":
            bank.add_argument("--direction", choices=["in", "out"], required=True, help="collect, or pay")
            bank.add_argument("--on", type=date.fromisoformat, required=True, metavar="DAY", help="when to carry out")
            which = "which one, from 1; else the latest that waits for an answer"
            bank.add_argument("--submission", type=_positive, metavar="NUMBER", help=which)
    printed = settled.add_parser("fingerprint", help="print what two people agree on of bank accounts")
    printed.add_argument(
        "accounts", type=Path, metavar="FILE", help="see docs/settlement.md; or - for IBANs, a line each"
    )
    members = settled.add_parser(
        "payouts", parents=[deployment], help="who asked for each payout to a member, and where"
    )
    members.add_argument("window", type=_positive, metavar="WINDOW", help="its number")
    members.add_argument("currency", metavar="CURRENCY", help="ISO 4217 code")
    replayed.add_argument("--terms", type=Path, metavar="FILE", help="what if: a partner's other terms, as JSON")


def _run_parser() -> argparse.ArgumentParser:
    """A parent parser for commands that work on a run until it is done."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--segments", type=_positive, default=DEFAULT_SEGMENTS, metavar="N", help="8 if not given")
    parser.add_argument(
        "--run", default=f"by-hand-{datetime.now(UTC):%Y%m%d-%H%M%S}", metavar="NAME", help="go on with this run"
    )
    return parser


def _file_parser() -> argparse.ArgumentParser:
    """A parent parser for commands that record a partner's purchases from a file."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or JSON lines, see docs/import.md")
    parser.add_argument("--partner", required=True, metavar="ID", help="whose purchases they are")
    parser.add_argument("--json", action="store_true", help="print what the API would answer, and nothing else")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it must be 1 or more")
    return number
