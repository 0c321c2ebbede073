"""`tessera ledger show CARD`: a member's history, readably."""

from collections.abc import Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.cli.wording import last_day, moved, quantity, state, what, when, where
from partners.bootstrap import Services
from shared.ledger.audit import History
from shared.ledger.errors import BrokenJournalError, UnknownCardError
from shared.ledger.model import Account, Entry


def show(console: Console, services: Services, card_number: str, last: int | None) -> bool:
    """Print the history of a card, and of the account that answers for it; False if one contradicts itself.

    Raises InvalidCardNumberError, UnknownCardError, MalformedEntryError, StoreUnavailableError.
    """
    entries = list(services.ledger.history(services.members.card(card_number).member))
    if not entries:
        raise UnknownCardError
    holds = _show_account(console, services, entries, last)
    follows = entries[-1].account.follows
    if follows is None:
        return holds
    console.print()
    console.print(f"Since {when(entries[-1].recorded_at_ms)} member {follows} answers for this card.", highlight=False)
    return _show_account(console, services, list(services.ledger.history(follows)), last) and holds


def _show_account(console: Console, services: Services, entries: Sequence[Entry], last: int | None) -> bool:
    newest = entries[-1]
    card = services.members.card_number(newest)
    grouped = " ".join(card[place : place + 4] for place in range(0, len(card), 4))
    console.rule(f"[bold]Card {grouped}")
    console.print(
        f"Member {newest.member}, {len(entries):,} entries from {when(entries[0].recorded_at_ms)} "
        f"to {when(newest.recorded_at_ms)} UTC, {sum(entry.visit for entry in entries):,} visits.",
        highlight=False,
    )
    for follower in newest.account.followers:
        how = "merged into this account" if follower.merged else "uses this account as the household's"
        console.print(f"Member {follower.member} {how}.", highlight=False)
    shown = entries if last is None else entries[-last:]
    console.print(_history(shown))
    if len(shown) < len(entries):
        console.print(f"The last {len(shown):,} of {len(entries):,} entries.", highlight=False)
    console.print(_holdings(newest.account))
    return _say_whether_it_holds(console, entries)


def _history(entries: Sequence[Entry]) -> Table:
    table = Table(box=SIMPLE, show_edge=False, padding=(0, 1, 0, 0), header_style="bold cyan")
    table.add_column("#", justify="right")
    table.add_column("when, UTC", no_wrap=True)
    table.add_column("where")
    table.add_column("what")
    table.add_column("points moved")
    table.add_column("balance", justify="right")
    for entry in entries:
        visit = "\n[green]visit[/green]" if entry.visit else ""
        table.add_row(
            str(entry.seq),
            when(entry.recorded_at_ms),
            escape(where(entry)) + visit,
            escape(what(entry)),
            "\n".join(moved(move) for move in entry.moves) or "[dim]none[/dim]",
            state(entry.account),
        )
    return table


def _holdings(account: Account) -> Table:
    """What the member has now, lot by lot."""
    table = Table(box=SIMPLE, show_edge=False, padding=(0, 1, 0, 0), header_style="bold cyan", show_footer=True)
    table.add_column("now", f"balance {account.points_active:,}")
    table.add_column("points", justify="right")
    table.add_column("of")
    table.add_column("until")
    for lot in account.lots:
        table.add_row("balance", quantity(lot), lot.issuer, last_day(lot))
    for lot in account.cash:
        table.add_row("cashback", quantity(lot), lot.issuer, last_day(lot))
    for waiting in account.pending:
        may_be_spent = f"may be spent from {when(waiting.matures_at_ms)}"
        table.add_row("pending", quantity(waiting.lot), waiting.lot.issuer, may_be_spent)
    for hold in account.holds:
        for lot in hold.lots:
            table.add_row("held", quantity(lot), lot.issuer, f"released {when(hold.deadline_ms)}")
    for debt in account.debts:
        table.add_row("owed", quantity(debt), debt.issuer, "repaid by what is earned next there")
    return table


def _say_whether_it_holds(console: Console, entries: Sequence[Entry]) -> bool:
    history = History()
    try:
        for entry in entries:
            history.add(entry)
    except BrokenJournalError as error:
        console.print(f"[bold red]The history contradicts itself.[/bold red] {escape(str(error))}", highlight=False)
        return False
    console.print("[bold green]Every entry follows from the one before it.", highlight=False)
    return True
