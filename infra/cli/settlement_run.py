"""`tessera settlement replay`: a closed window computed again, as it was or under other terms."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from partners.settlement.model import CurrencyNets
from partners.settlement.rates import Proposal
from partners.settlement.replaying import WindowReplays
from partners.settlement.windows import Windows
from partners.visits.errors import BrokenPageError
from shared.kernel.money import Money, in_words

_Price = Annotated[int, Field(ge=0)]
_Bps = Annotated[int, Field(ge=0, le=10_000)]


class ProposalFile(BaseModel):
    """The file given with `--terms`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    partner_id: str
    issue_price_micros: _Price | None = None
    redeem_price_micros: _Price | None = None
    commission_bps: _Bps | None = None
    breakage_share_bps: _Bps | None = None
    cashback_breakage_share_bps: _Bps | None = None


def replay(console: Console, windows: Windows, replays: WindowReplays, number: int, terms: Path | None) -> bool:
    """Print a closed window's positions, computed again; True if each byte is as it was written, or terms are given.

    Raises UnknownWindowError, WindowNotClosedError, UnknownPartnerError, StoreUnavailableError, and ValueError for a
    file that does not read.
    """
    if terms is not None:
        proposal = read_proposal(terms)
        would_be = replays.what_if(number, proposal)
        console.print(_table(windows.nets(number), would_be))
        console.print(f"Window {number} if {proposal.partner_id} had had the terms of {escape(str(terms))}")
        return True
    try:
        found = replays.replay(number)
    except BrokenPageError as error:
        console.print(f"[bold red]Window {number} can't be computed again: {escape(str(error))}", highlight=False)
        return False
    console.print(_table(windows.nets(number), found.nets))
    same = f"Window {number} is, byte for byte, what was written: {found.window.digest}"
    of = f", of {', '.join(found.others)}" if found.others else ""
    console.print(same if found.same else f"[bold red]Window {number} is not what was written{of}.", highlight=False)
    return found.same


def read_proposal(path: Path) -> Proposal:
    """Raises ValueError if it does not read."""
    try:
        return Proposal(**ProposalFile.model_validate(json.loads(path.read_text())).model_dump())
    except ValidationError as error:
        raise ValueError(f"{path} is no proposal: {error.errors()[0]['msg']}, {error.errors()[0]['loc']}") from error


def _table(was: Iterable[CurrencyNets], now: Iterable[CurrencyNets]) -> Table:
    """The net positions of both, in cents."""
    table = Table(box=SIMPLE, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("party", no_wrap=True)
    for name in ("position", "computed now", "change"):
        table.add_column(name, justify="right")
    before, after = _net(was), _net(now)
    for currency, party in sorted(before | after):
        then, again = (net.get((currency, party), 0) for net in (before, after))
        table.add_row(party, *(_signed(cents, currency) for cents in (then, again, again - then)))
    return table


def _net(nets: Iterable[CurrencyNets]) -> dict[tuple[str, str], int]:
    return {(one.currency, net.party): net.net_cents for one in nets for net in one.nets}


def _signed(cents: int, currency: str) -> str:
    return f"{'-' if cents < 0 else ''}{in_words(Money(abs(cents), currency))}"
