"""The ledger's operations as commands: each is the API's own, under a name for a terminal."""

import argparse
from typing import Any

from chalicelib.api import (
    accounts,
    adjustments,
    advances,
    billing,
    billing_contacts,
    billing_events,
    cards,
    cases,
    collateral,
    funding,
    holds,
    invoices,
    member_accounts,
    members,
    partner_cases,
    payees,
    payouts,
    purchases,
    redemptions,
    sharing,
    undoing,
    windows,
)
from chalicelib.operations import Handler, operation_of
from infra.cli.form import Form
from partners.access.model import Scope

Handlers = dict[str, Handler[Any, Any]]

COMMANDS: dict[str, Handlers] = {
    "member": {"enrol": members.enrol_member, "balance": cards.get_card},
    "points": {
        "quote": purchases.quote_purchase,
        "purchase": purchases.record_purchase,
        "redeem": redemptions.redeem_points,
        "reserve": holds.reserve_points,
        "capture": holds.capture_hold,
        "void": holds.void_hold,
        "return": undoing.return_purchase,
        "cancel": undoing.cancel_redemption,
        "transfer": sharing.transfer_points,
    },
    "cashback": {
        "redeem": redemptions.redeem_cashback,
        "pay-out": payouts.pay_out,
        "payout": payouts.get_payout,
        "payout-requests": payouts.list_payout_requests,
        "payout-request": payouts.get_payout_request,
        "approve-payout": payouts.approve_payout_request,
        "reject-payout": payouts.reject_payout_request,
        "reverse-payout": payouts.reverse_payout,
        "account": member_accounts.routes.get,
        "approve-account": member_accounts.routes.approve,
        "decline-account": member_accounts.routes.decline,
    },
    "household": {"join": sharing.join_household, "leave": sharing.leave_household},
    "account": {
        "merge": accounts.merge_accounts,
        "reverse-merge": accounts.reverse_merge,
        "close": accounts.close_account,
    },
    "window": {
        "list": windows.list_windows,
        "close": windows.close_window,
        "positions": windows.list_window_positions,
        "position": windows.get_window_position,
        "pairs": windows.list_window_pairs,
        "flows": windows.list_window_flows,
    },
    "adjustment": {
        "propose": adjustments.propose_adjustment,
        "approve": adjustments.approve_adjustment,
        "reject": adjustments.reject_adjustment,
        "list": adjustments.list_adjustments,
    },
    "case": {
        "open": cases.open_case,
        "open-for": partner_cases.open_partner_case,
        "list": partner_cases.list_open_cases,
        "show": partner_cases.get_partner_case,
        "comment": partner_cases.comment_on_partner_case,
        "answer": cases.comment_on_case,
        "take-up": partner_cases.take_up_case,
        "ask": partner_cases.ask_about_case,
        "adjust": partner_cases.adjust_for_case,
        "resolve": partner_cases.resolve_case,
        "refuse": partner_cases.refuse_case,
    },
    "funding": {
        "show": funding.get_partner_funding,
        "record-payment": funding.record_payment,
        "confirm-payment": funding.confirm_payment,
        "decline-payment": funding.decline_payment,
        "collateral": collateral.routes.get,
        "propose-collateral": collateral.routes.propose,
        "approve-collateral": collateral.routes.approve,
        "decline-collateral": collateral.routes.decline,
        "advance": advances.routes.get,
        "propose-advance": advances.routes.propose,
        "approve-advance": advances.routes.approve,
        "decline-advance": advances.routes.decline,
    },
    "invoice": {
        "list": invoices.list_partner_invoices,
        "show": invoices.get_partner_invoice,
        "record-payment": invoices.record_invoice_payment,
        "reverse-payment": invoices.reverse_invoice_payment,
    },
    "billing": {
        "list": billing.list_billing,
        "standings": billing.list_standings,
        "show": billing.get_billing,
        "decisions": billing.list_billing_decisions,
        "open": billing.open_billing,
        "end": billing.end_billing,
        "decide": billing.decide_month,
        "credit": billing.credit_month,
        "replace": billing.replace_message,
        "backfill": billing.backfill_webhooks,
        "events": billing_events.list_billing_events,
        "decide-event": billing_events.decide_event,
        "contact": billing_contacts.get_partner_billing_contact,
        "set-contact": billing_contacts.set_partner_billing_contact,
        "accounts": payees.routes.get,
        "propose-accounts": payees.routes.propose,
        "approve-accounts": payees.routes.approve,
        "decline-accounts": payees.routes.decline,
        "delete-contact": billing_contacts.delete_partner_billing_contact,
    },
}


def add_commands(
    group: argparse.ArgumentParser, name: str, deployment: argparse.ArgumentParser, file: argparse.ArgumentParser
) -> None:
    """The commands of COMMANDS[`name`], with `deployment` and, for a batch, `file` as parents.

    What is chosen has `handler` and `form`, as `operation_run.carry_out` takes it; a batch has the command `batch`.
    """
    commands = group.add_subparsers(required=True, metavar="WHAT")
    for verb, handler in COMMANDS[name].items():
        operation = operation_of(handler)
        form = Form(operation)
        command = commands.add_parser(
            verb,
            parents=[deployment],
            help=_inside(operation.summary),
            description=f"{operation.summary}. {operation.description}".replace("%", "%%"),
        )
        form.add_to(command)
        if operation.scope is not Scope.OPERATOR:
            command.add_argument("--partner", required=True, metavar="ID", help="on whose behalf")
        if operation.idempotent:
            command.add_argument("--key", metavar="KEY", help="the same for each retry; a new one, if left out")
        command.add_argument("--json", action="store_true", help="print what the API would answer, and nothing else")
        command.set_defaults(handler=handler, form=form)
    if name == "points":
        batch = commands.add_parser(
            "batch",
            parents=[deployment, file],
            help="record purchases from a file, as an offline till delivers them",
        )
        batch.set_defaults(command="batch")


def _inside(summary: str) -> str:
    return (summary[:1].lower() + summary[1:]).replace("%", "%%")
