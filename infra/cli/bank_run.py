"""`tessera settlement bank-file`, `bank-answer`, `payouts`, `fingerprint`: what goes to the bank, what it answers."""

import argparse
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from chalicelib.api.schemas.settlements import MOST_OUTCOMES, OutcomesBody, SettlementParams
from chalicelib.api.settlements import record_outcomes
from chalicelib.operations import Call, carried_out, operation_of
from infra.bank.accounts import check_agreed, check_members, check_own, checked_iban, fingerprint, read_accounts
from infra.bank.answers import bank_answer, news, outcome_of
from infra.bank.days import check_day
from infra.bank.files import bank_file, submission, submissions
from infra.cli.operation_run import caller_for
from partners.bootstrap import Services
from partners.settlement.payments.contradicted import is_noted
from partners.settlement.payments.legs import Direction
from partners.settlement.payments.model import PaidSettlement
from shared.kernel.clock import system_clock


def write_bank_file(console: Console, services: Services, chosen: argparse.Namespace) -> bool:
    """Write the file of a submission; the same again gives the same file.

    Raises ValueError, UnknownSettlementError, StoreUnavailableError.
    """
    direction = Direction(chosen.direction)
    check_day(chosen.on, datetime.fromtimestamp(system_clock() / 1_000, UTC).date(), direction)
    one = services.settlement_payments.settlement(chosen.window, chosen.currency)
    this = submission(one, direction, chosen.submission)
    path: Path = chosen.file
    accounts = read_accounts(chosen.accounts)
    check_agreed(accounts, this.legs, services.payees.bank_account)
    check_members(accounts, this.legs, services.member_accounts.contradictions)
    path.write_bytes(bank_file(one, direction, accounts, chosen.on, this.number))
    every = submissions(one, direction)
    of = f"{len(this.legs)} payments, submission {this.number} of {len(every)}"
    console.print(f"{escape(str(path))} is valid and has {of}.", highlight=False)
    if answered := len(this.legs) - this.unanswered:
        again = f"{answered} of its payments are answered: send it only to a bank that knows it by its message id."
        console.print(again, style="yellow", highlight=False)
    for other in every:
        if other.unanswered and other.number != this.number:
            waiting = (
                f"{other.unanswered} payments of submission {other.number} wait for an answer: it has its own file."
            )
            console.print(waiting, style="yellow", highlight=False)
    return True


def show_fingerprints(console: Console, path: Path) -> bool:
    """Print what to propose, or to compare before approving, for the network, each partner and each payout of a file;
    of `-`, of each IBAN that comes in, a line each.

    Raises ValueError.
    """
    if str(path) == "-":
        for line in filter(str.strip, sys.stdin):
            console.print(fingerprint(checked_iban(line)), highlight=False, soft_wrap=True)
        return True
    accounts = read_accounts(path)
    for party, account in {**accounts.agreed_on, **accounts.members}.items():
        console.print(f"{fingerprint(account.iban)}  {escape(party)}", highlight=False, soft_wrap=True)
    return True


def show_payouts(console: Console, services: Services, chosen: argparse.Namespace) -> bool:
    """Print a settlement's payouts to members: how each stands, who asked for it, who approved it, and where it goes.

    Raises UnknownSettlementError, StoreUnavailableError.
    """
    one = services.settlement_payments.settlement(chosen.window, chosen.currency)
    for leg in one.legs:
        if leg.payout:
            _, origin = services.payout_requests.origin(leg.payout)
            by = f"asked by {origin.asked_by}, approved by {origin.approved_by or 'nobody'}"
            line = f"{leg.key}  {leg.amount_cents}  {leg.state.value}  {by}  {origin.account or 'no account told'}"
            console.print(escape(line), highlight=False, soft_wrap=True)
    return True


def read_bank_answer(console: Console, services: Services, chosen: argparse.Namespace) -> bool:
    """Record what the bank's file says of payments, on behalf of the operator whose key is in the environment.

    What is recorded already is left out, so that a file may be read again, but for what another operator told and this
    one confirms. What contradicts it is printed, and noted as a trouble for all to see; what is of another amount is
    printed; and all else is recorded. Troubles of the settlement's payments are printed as long as they stand, and so
    are charges that the bank has booked with payments, and what it tells for information. True if no line was refused,
    and no trouble came up.

    Raises ValueError, and what recording outcomes raises.
    """
    one = services.settlement_payments.settlement(chosen.window, chosen.currency)
    accounts = read_accounts(chosen.accounts)
    check_own(accounts, services.payees.bank_account)
    answer = bank_answer(one, chosen.file, accounts.network.iban)
    for line in answer.differing:
        console.print(escape(f"Left out: {line}"), style="bold red", highlight=False)
    for line in answer.besides:
        console.print(escape(line), style="yellow", highlight=False)
    if not answer.words:
        console.print("The file says nothing that can be recorded of this settlement's payments.", highlight=False)
        return False
    operation = operation_of(record_outcomes)
    who = caller_for(operation, chosen, services)
    words = news(one, answer.words, who.acting_as)
    if not words:
        rest = "else " if answer.differing else ""
        console.print(
            f"All {rest}that the file says of this settlement's payments is recorded already.", highlight=False
        )
        _show_troubles(console, one)
        return not answer.differing
    outcomes = [outcome_of(word) for word in words]
    params = SettlementParams(window=chosen.window, currency=chosen.currency)
    for first in range(0, len(outcomes), MOST_OUTCOMES):
        body = OutcomesBody.model_validate({"outcomes": outcomes[first : first + MOST_OUTCOMES]})
        carried_out(operation, Call(who, params, body, "", str(uuid.uuid4())), record_outcomes)
    now = services.settlement_payments.settlement(chosen.window, chosen.currency)
    for word in words:
        leg = now.leg(word.leg)
        if word.booking is None and is_noted(leg, word.state, word.reference):
            says = f"{word.leg} is {leg.state.value}, the bank says {word.state.value} {word.reference}"
            console.print(escape(says), style="bold red", highlight=False)
        else:
            console.print(f"{word.leg}  {word.state.value}  {escape(word.reference)}", highlight=False)
    _show_troubles(console, now)
    console.print(f"The settlement is {now.stage.value}.", highlight=False)
    return not answer.differing and set(now.troubles) <= set(one.troubles)


def _show_troubles(console: Console, one: PaidSettlement) -> None:
    for trouble in one.troubles:
        console.print(escape(f"{trouble.leg}: {trouble.text}"), style="yellow", highlight=False)
