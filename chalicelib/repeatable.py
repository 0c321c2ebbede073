"""Which requests without an Idempotency-Key may be sent again when their answer was lost, for clients that do it."""

REPEATABLE = frozenset(
    {
        # Nothing is recorded, or each line has its own key.
        *("quote_purchase", "try_plan", "try_partner_plan", "record_purchases", "import_purchases"),
        # What is ended stays so since the first time.
        *("revoke_key", "revoke_partner_key", "revoke_credential", "end_operator_token", "disable_operator"),
        *("disable_connection", "close_location", "close_window", "withdraw_case", "resolve_case", "refuse_case"),
        # What is decided or made under its own name stays as it is.
        *("propose_terms", "approve_terms", "decline_terms", "approve_adjustment", "reject_adjustment"),
        *("approve_payout_request", "reject_payout_request"),
        *("propose_member_account", "approve_member_account", "decline_member_account"),
        *("propose_collateral", "approve_collateral", "decline_collateral"),
        *("confirm_payment", "decline_payment"),
        *("propose_advance", "approve_advance", "decline_advance"),
        *("approve_default", "decline_default"),
        *("create_partner", "open_location", "add_operator", "issue_invoice", "calculate_settlements"),
        *("record_outcomes", "open_case_of_difference", "confirm_credential"),
        # What is set is set to the same.
        *("change_partner_state", "set_usage_plan", "set_billing_contact", "set_partner_billing_contact"),
        *("delete_billing_contact", "delete_partner_billing_contact"),
        *(
            "propose_payee_accounts",
            "approve_payee_accounts",
            "decline_payee_accounts",
            "set_operator_roles",
            "enable_operator",
            "change_webhook_endpoint",
            "change_connection",
        ),
        # The same work twice has no more effect than once.
        *("retry_unmapped", "retry_partner_unmapped", "upload_till_file"),
        *("show_original_events", "erase_original_events"),
    }
)
"""Of these operations the same request twice has no more effect than once, and again is a success."""
