"""Which role each of the operator's requests needs.

Reading needs none beyond being an operator, unless it is named here. What else is not named here needs an admin, so
that a new operation is closed until someone decides whose it is; a test asks for that decision.
"""

from partners.operators.model import Role

EVERYONE = frozenset({Role.VIEWER})
_SETTLER = frozenset({Role.SETTLER})
_APPROVER = frozenset({Role.APPROVER})
_EITHER = _SETTLER | _APPROVER
_ADMIN = frozenset({Role.ADMIN})

ROLES_OF_OPERATION: dict[str, frozenset[Role]] = {
    # Nothing is changed, or only what is one's own.
    "try_partner_plan": EVERYONE,
    "end_operator_token": EVERYONE,
    # Points and money, day by day.
    "propose_adjustment": _SETTLER,
    "pay_out": _SETTLER,
    "reverse_payout": _SETTLER,
    "propose_member_account": _SETTLER,
    "import_purchases": _SETTLER,
    "retry_partner_unmapped": _SETTLER,
    "retry_partner_unmapped_item": _SETTLER,
    "dismiss_partner_unmapped_item": _SETTLER,
    "show_original_events": _SETTLER,
    "erase_original_events": _SETTLER,
    "merge_accounts": _SETTLER,
    "reverse_merge": _SETTLER,
    "close_account": _SETTLER,
    "issue_invoice": _SETTLER,
    "record_invoice_payment": _SETTLER,
    "reverse_invoice_payment": _SETTLER,
    "decide_month": _SETTLER,
    "credit_month": _SETTLER,
    "replace_message": _SETTLER,
    "backfill_webhooks": _SETTLER,
    "decide_event": _SETTLER,
    "close_window": _SETTLER,
    "record_payment": _SETTLER,
    "propose_collateral": _SETTLER,
    "propose_advance": _SETTLER,
    "calculate_settlements": _SETTLER,
    "collect_settlement": _SETTLER,
    "pay_settlement": _EITHER,
    "record_outcomes": _SETTLER,
    "comment_on_partner_case": _EITHER,
    "open_partner_case": _SETTLER,
    "take_up_case": _SETTLER,
    "ask_about_case": _SETTLER,
    "adjust_for_case": _SETTLER,
    "resolve_case": _SETTLER,
    "refuse_case": _EITHER,
    "decide_on_payment": _SETTLER,
    # The second person. Whoever proposed may take it back.
    "approve_adjustment": _APPROVER,
    "approve_payout_request": _APPROVER,
    "approve_member_account": _APPROVER,
    "decline_member_account": _EITHER,
    "reject_payout_request": _EITHER,
    "approve_settlement": _APPROVER,
    "approve_default": _APPROVER,
    "decline_default": _EITHER,
    "abort_settlement": _EITHER,
    "reject_adjustment": _EITHER,
    "confirm_payment": _EITHER,
    "decline_payment": _EITHER,
    "approve_collateral": _APPROVER,
    "decline_collateral": _EITHER,
    "approve_advance": _APPROVER,
    "decline_advance": _EITHER,
    "approve_payee_accounts": _APPROVER,
    "decline_payee_accounts": _APPROVER | _ADMIN,
    "approve_terms": _APPROVER,
    "decline_terms": _APPROVER | _ADMIN,
    # Who takes part in the network, and who works for it.
    "create_partner": _ADMIN,
    "change_partner_state": _ADMIN,
    "set_usage_plan": _ADMIN,
    "open_billing": _ADMIN,
    "end_billing": _ADMIN,
    "set_partner_billing_contact": _ADMIN,
    "propose_payee_accounts": _ADMIN,
    "delete_partner_billing_contact": _ADMIN,
    "open_location": _ADMIN,
    "close_location": _ADMIN,
    "propose_terms": _ADMIN,
    "issue_partner_key": _ADMIN,
    "revoke_partner_key": _ADMIN,
    "rotate_partner_key": _ADMIN,
    "add_operator": _ADMIN,
    "set_operator_roles": _ADMIN,
    "disable_operator": _ADMIN,
    "enable_operator": _ADMIN,
    "issue_credential": _ADMIN,
    "confirm_credential": _ADMIN,
    "revoke_credential": _ADMIN,
}

ROLES_OF_READING: dict[str, frozenset[Role]] = {
    # May tell who a partner's customers are.
    "get_partner_unmapped_event": _SETTLER,
}


def roles_for(method: str, operation_id: str) -> frozenset[Role]:
    """The roles of which an operator needs any for this operation."""
    if method == "GET":
        return ROLES_OF_READING.get(operation_id, EVERYONE)
    return ROLES_OF_OPERATION.get(operation_id, _ADMIN)
