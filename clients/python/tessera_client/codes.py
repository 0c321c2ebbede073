"""A class for each code of the API's problem documents.

Written by `python -m infra.api_docs` from the API's OpenAPI document: do not edit."""

from tessera_client import errors


class AccountBusyError(errors.ServerError):
    """503 `account_busy`: The account is busy."""


class AccountClosedError(errors.ConflictError):
    """409 `account_closed`: This account is closed."""


class AccountFullError(errors.UnprocessableError):
    """422 `account_full`: This account can't keep more in mind."""


class AccountFullTodayError(errors.UnprocessableError):
    """422 `account_full_today`: This account has had too many entries today."""


class AccountLinkedError(errors.ConflictError):
    """409 `account_linked`: The account is linked with another one."""


class AccountNotEmptyError(errors.ConflictError):
    """409 `account_not_empty`: The account still holds something."""


class AddressNotAllowedError(errors.PermissionDeniedError):
    """403 `address_not_allowed`: The API key is not good from this address."""


class AdjustmentDecidedError(errors.ConflictError):
    """409 `adjustment_decided`: This adjustment has been decided."""


class AdvanceInUseError(errors.ConflictError):
    """409 `advance_in_use`: What is advanced was paid out."""


class AlreadyEnrolledError(errors.ConflictError):
    """409 `already_enrolled`: This customer is already a member."""


class BadRequestError(errors.InvalidRequestError):
    """400 `bad_request`: The request can't be read."""


class BankDayToComeError(errors.UnprocessableError):
    """422 `bank_day_to_come`: The bank can't have booked this yet."""


class BankFileCurrencyError(errors.UnprocessableError):
    """422 `bank_file_currency`: Bank files are in euros."""


class BillingEmailMissingError(errors.ConflictError):
    """409 `billing_email_missing`: This partner has no billing e-mail."""


class BodyTooLargeError(errors.RequestFormError):
    """413 `body_too_large`: The body is too large."""


class CancelExceedsRedemptionError(errors.UnprocessableError):
    """422 `cancel_exceeds_redemption`: More is cancelled than was redeemed."""


class CancelledUnitMismatchError(errors.UnprocessableError):
    """422 `cancelled_unit_mismatch`: This redemption took something else."""


class CardReplacedError(errors.ConflictError):
    """409 `card_replaced`: This card is no longer valid."""


class CaseBusyError(errors.ServerError):
    """503 `case_busy`: Others are writing to this case."""


class CaseFullError(errors.ConflictError):
    """409 `case_full`: Nothing more can be written to this case."""


class CaseKeyReusedError(errors.UnprocessableError):
    """422 `case_key_reused`: This Idempotency-Key belongs to something else of a case."""


class CaseStateError(errors.ConflictError):
    """409 `case_state`: The case is in another state."""


class CashbackOwedError(errors.ConflictError):
    """409 `cashback_owed`: What is owed of cashback is not paid out."""


class ClosedBeforeOpeningError(errors.InvalidRequestError):
    """400 `closed_before_opening`: A location can't close before it opens."""


class ClosingTooLateError(errors.InvalidRequestError):
    """400 `closing_too_late`: This closing is reported too late."""


class ClosingTooSoonError(errors.ConflictError):
    """409 `closing_too_soon`: What the partner did may still reach us."""


class CollateralNotPaidInError(errors.ConflictError):
    """409 `collateral_not_paid_in`: So much is not held of this partner."""


class CollateralTooLargeError(errors.UnprocessableError):
    """422 `collateral_too_large`: More collateral than there is, or than is missing."""


class ConcurrentRunError(errors.ConflictError):
    """409 `concurrent_run`: Another run is at work on this partner."""


class ConnectionChangedError(errors.ConflictError):
    """409 `connection_changed`: Someone else has just changed this connection."""


class ConnectionDisabledError(errors.ConflictError):
    """409 `connection_disabled`: This connection is disabled."""


class ConnectionExistsError(errors.ConflictError):
    """409 `connection_exists`: You have a connection to this already."""


class ConnectorBusyError(errors.ServerError):
    """503 `connector_busy`: Others are at work on this sale."""


class CorrectionMismatchError(errors.UnprocessableError):
    """422 `correction_mismatch`: This entry does not correct the case."""


class CorrectionUnderWayError(errors.ConflictError):
    """409 `correction_under_way`: A correction of this case is under way."""


class CorrectionUsedError(errors.ConflictError):
    """409 `correction_used`: This entry has ended another case."""


class CredentialNotReplacedError(errors.ConflictError):
    """409 `credential_not_replaced`: Nobody has replaced this credential."""


class CredentialWaitsError(errors.PermissionDeniedError):
    """403 `credential_waits`: This credential does not sign in yet."""


class CurrencyMismatchError(errors.UnprocessableError):
    """422 `currency_mismatch`: This is not the currency of your contract."""


class DayToComeError(errors.InvalidRequestError):
    """400 `day_to_come`: This day has not begun."""


class DebtOutstandingError(errors.ConflictError):
    """409 `debt_outstanding`: The giver owes points."""


class DecisionNotPossibleError(errors.ConflictError):
    """409 `decision_not_possible`: This can't be decided as things stand."""


class DepositTooSmallError(errors.ConflictError):
    """409 `deposit_too_small`: So much is not held of this partner."""


class EnrolmentBusyError(errors.ServerError):
    """503 `enrolment_busy`: The enrolment could not be completed."""


class EventGoneError(errors.NotFoundError):
    """404 `event_gone`: The event is not kept any more."""


class EvidenceNeededError(errors.UnprocessableError):
    """422 `evidence_needed`: Say by what this can be looked up."""


class ExchangeRateMissingError(errors.ConflictError):
    """409 `exchange_rate_missing`: Prices in another currency can't be compared."""


class ForbiddenError(errors.PermissionDeniedError):
    """403 `forbidden`: The API key may not do this."""


class FractionalCentsError(errors.InvalidRequestError):
    """400 `fractional_cents`: An amount is not a whole number of cents."""


class FundingExhaustedError(errors.UnprocessableError):
    """422 `funding_exhausted`: Your funding is used up."""


class HoldNotOpenError(errors.ConflictError):
    """409 `hold_not_open`: This hold is not open."""


class HoldsOpenError(errors.ConflictError):
    """409 `holds_open`: Points of this account are reserved."""


class HouseholdCardNeededError(errors.UnprocessableError):
    """422 `household_card_needed`: Points of a household go along only with its card."""


class HouseholdFullError(errors.UnprocessableError):
    """422 `household_full`: No more cards can use this account."""


class HouseholdNotEmptyError(errors.ConflictError):
    """409 `household_not_empty`: Others use this account as their household's."""


class IdempotencyKeyInvalidError(errors.InvalidRequestError):
    """400 `idempotency_key_invalid`: The Idempotency-Key is not valid."""


class IdempotencyKeyMissingError(errors.InvalidRequestError):
    """400 `idempotency_key_missing`: The Idempotency-Key header is missing."""


class IdempotencyKeyNotUniqueError(errors.UnprocessableError):
    """422 `idempotency_key_not_unique`: Two lines have one idempotency key and differ."""


class IdempotencyKeyReusedError(errors.UnprocessableError):
    """422 `idempotency_key_reused`: This Idempotency-Key belongs to another request."""


class InsufficientCashbackError(errors.UnprocessableError):
    """422 `insufficient_cashback`: Not enough cashback."""


class InsufficientPointsError(errors.UnprocessableError):
    """422 `insufficient_points`: Not enough points."""


class InternalErrorError(errors.ServerError):
    """500 `internal_error`: Something went wrong on our side."""


class InvalidAdjustmentError(errors.InvalidRequestError):
    """400 `invalid_adjustment`: The adjustment contradicts itself."""


class InvalidBillingEmailError(errors.InvalidRequestError):
    """400 `invalid_billing_email`: This is not an e-mail address."""


class InvalidCardNumberError(errors.InvalidRequestError):
    """400 `invalid_card_number`: This is not a card number of this network."""


class InvalidCaseError(errors.InvalidRequestError):
    """400 `invalid_case`: The case contradicts itself."""


class InvalidCollateralError(errors.InvalidRequestError):
    """400 `invalid_collateral`: More of the collateral is a guarantee than is held."""


class InvalidConnectionError(errors.InvalidRequestError):
    """400 `invalid_connection`: Such a connection can't be made."""


class InvalidContactError(errors.InvalidRequestError):
    """400 `invalid_contact`: This is neither an e-mail address nor a phone number."""


class InvalidCursorError(errors.InvalidRequestError):
    """400 `invalid_cursor`: The cursor does not belong to this listing."""


class InvalidDueDateError(errors.InvalidRequestError):
    """400 `invalid_due_date`: A case can't be due then."""


class InvalidFieldError(errors.InvalidRequestError):
    """400 `invalid_field`: A field has an invalid value."""


class InvalidKeyRequestError(errors.InvalidRequestError):
    """400 `invalid_key_request`: Such a key can't be issued."""


class InvalidLocationIdError(errors.InvalidRequestError):
    """400 `invalid_location_id`: The location id is not valid."""


class InvalidMonthError(errors.InvalidRequestError):
    """400 `invalid_month`: This is not a month."""


class InvalidNameError(errors.InvalidRequestError):
    """400 `invalid_name`: The name is not valid."""


class InvalidOperatorError(errors.InvalidRequestError):
    """400 `invalid_operator`: There can be no such operator."""


class InvalidPartnerIdError(errors.InvalidRequestError):
    """400 `invalid_partner_id`: The partner id is not valid."""


class InvalidPaymentError(errors.InvalidRequestError):
    """400 `invalid_payment`: The payment contradicts itself."""


class InvalidPlanError(errors.InvalidRequestError):
    """400 `invalid_plan`: This billing plan contradicts itself."""


class InvalidRangeError(errors.InvalidRequestError):
    """400 `invalid_range`: The days asked for are not a valid range."""


class InvalidReasonError(errors.InvalidRequestError):
    """400 `invalid_reason`: The reason is not valid."""


class InvalidReplayError(errors.InvalidRequestError):
    """400 `invalid_replay`: Events can't be replayed from this time."""


class InvalidTermsError(errors.InvalidRequestError):
    """400 `invalid_terms`: These terms contradict themselves."""


class InvalidTrailRangeError(errors.InvalidRequestError):
    """400 `invalid_trail_range`: The period can't be listed."""


class InvalidWebhookUrlError(errors.InvalidRequestError):
    """400 `invalid_webhook_url`: Webhooks can't be sent to this URL."""


class InvalidWindowEndError(errors.InvalidRequestError):
    """400 `invalid_window_end`: A window can't end then."""


class InvoiceOverpaidError(errors.UnprocessableError):
    """422 `invoice_overpaid`: This is more than the invoice leaves open."""


class InvoicePaymentDayError(errors.InvalidRequestError):
    """400 `invoice_payment_day`: Nothing can have come in on this day."""


class InvoicePaymentReversedError(errors.ConflictError):
    """409 `invoice_payment_reversed`: This payment is reversed already."""


class InvoiceTooEarlyError(errors.UnprocessableError):
    """422 `invoice_too_early`: This month can't be invoiced yet."""


class InvoicedThroughStripeError(errors.ConflictError):
    """409 `invoiced_through_stripe`: This month is invoiced through Stripe."""


class KeyEndedError(errors.ConflictError):
    """409 `key_ended`: The key has ended."""


class LaterInvoiceIssuedError(errors.ConflictError):
    """409 `later_invoice_issued`: A later month has been invoiced."""


class LegStateError(errors.ConflictError):
    """409 `leg_state`: The payment is in another state."""


class LinesNotReadyError(errors.ConflictError):
    """409 `lines_not_ready`: The lines of this window are not ready yet."""


class LocationAlreadyClosedError(errors.ConflictError):
    """409 `location_already_closed`: This location is closed."""


class LocationClosedError(errors.UnprocessableError):
    """422 `location_closed`: This location has closed."""


class LocationExistsError(errors.ConflictError):
    """409 `location_exists`: This location id is taken."""


class LocationNotOpenError(errors.UnprocessableError):
    """422 `location_not_open`: This location was not open yet."""


class LocationsOpenError(errors.ConflictError):
    """409 `locations_open`: The partner has open locations."""


class MalformedJsonError(errors.InvalidRequestError):
    """400 `malformed_json`: The body is not well-formed JSON."""


class MemberAccountNeededError(errors.UnprocessableError):
    """422 `member_account_needed`: Say which bank account it goes to."""


class MergedPointsUsedError(errors.ConflictError):
    """409 `merged_points_used`: What was merged has been used."""


class MissingFieldError(errors.InvalidRequestError):
    """400 `missing_field`: The request lacks a required field."""


class MonthNotBegunError(errors.UnprocessableError):
    """422 `month_not_begun`: This month has not begun."""


class NegativeAmountError(errors.InvalidRequestError):
    """400 `negative_amount`: An amount is negative."""


class NoCaseOfDuplicateError(errors.UnprocessableError):
    """422 `no_case_of_duplicate`: A duplicate in your file is no case."""


class NoCorrectionError(errors.ConflictError):
    """409 `no_correction`: Nothing has been corrected yet."""


class NoStripeAccountError(errors.ConflictError):
    """409 `no_stripe_account`: It is not known where this partner is paid at Stripe."""


class NoTermsInForceError(errors.UnprocessableError):
    """422 `no_terms_in_force`: No terms were in force."""


class NotAFolderError(errors.UnprocessableError):
    """422 `not_a_folder`: This connection takes no files."""


class NotAPurchaseError(errors.UnprocessableError):
    """422 `not_a_purchase`: This entry is no purchase of yours."""


class NotARedemptionError(errors.UnprocessableError):
    """422 `not_a_redemption`: This entry is no redemption of yours."""


class NotAcceptableError(errors.RequestFormError):
    """406 `not_acceptable`: The reply is of another type than you accept."""


class NotBilledThroughStripeError(errors.NotFoundError):
    """404 `not_billed_through_stripe`: This partner is not billed through Stripe."""


class NotFundedError(errors.ConflictError):
    """409 `not_funded`: There is no money to pay this from."""


class NotInThisStateError(errors.ConflictError):
    """409 `not_in_this_state`: The partner gets nothing new of this kind now."""


class NotLinkedError(errors.ConflictError):
    """409 `not_linked`: The accounts are not linked that way."""


class NothingToInvoiceError(errors.UnprocessableError):
    """422 `nothing_to_invoice`: Nothing is due for this month."""


class NothingUploadedError(errors.ConflictError):
    """409 `nothing_uploaded`: The file is not there as you announced it."""


class OccurredInFutureError(errors.UnprocessableError):
    """422 `occurred_in_future`: This has not happened yet."""


class OccurredTooLongAgoError(errors.UnprocessableError):
    """422 `occurred_too_long_ago`: This happened too long ago."""


class OpeningTooLateError(errors.InvalidRequestError):
    """400 `opening_too_late`: This opening is reported too late."""


class OperatorDisabledError(errors.ConflictError):
    """409 `operator_disabled`: This operator is disabled."""


class OperatorExistsError(errors.ConflictError):
    """409 `operator_exists`: The operator's id is taken."""


class OwnRightsError(errors.PermissionDeniedError):
    """403 `own_rights`: Nobody changes their own rights."""


class PaidThroughStripeError(errors.ConflictError):
    """409 `paid_through_stripe`: This payment goes through Stripe."""


class PartnerExistsError(errors.ConflictError):
    """409 `partner_exists`: This partner id is taken."""


class PartnerNotActiveError(errors.PermissionDeniedError):
    """403 `partner_not_active`: Your contract does not allow this now."""


class PartnerWasSuspendedError(errors.UnprocessableError):
    """422 `partner_was_suspended`: The partner was suspended when this occurred."""


class PartnerWithoutTermsError(errors.ConflictError):
    """409 `partner_without_terms`: The partner has no terms yet."""


class PaymentCurrencyError(errors.UnprocessableError):
    """422 `payment_currency`: This is not the currency of the partner's books."""


class PaymentDecidedError(errors.ConflictError):
    """409 `payment_decided`: This payment does not wait for anybody."""


class PaymentKeyReusedError(errors.UnprocessableError):
    """422 `payment_key_reused`: This Idempotency-Key recorded another payment."""


class PayoutBelowMinimumError(errors.UnprocessableError):
    """422 `payout_below_minimum`: Too little cashback to pay out."""


class PayoutInSettlementError(errors.ConflictError):
    """409 `payout_in_settlement`: A settlement pays this payout."""


class PayoutRequestDecidedError(errors.ConflictError):
    """409 `payout_request_decided`: This request for a payout has been decided."""


class PayoutReversedError(errors.ConflictError):
    """409 `payout_reversed`: This payout was reversed before."""


class PayoutTakenBackError(errors.ConflictError):
    """409 `payout_taken_back`: The cashback of this payout is the member's again."""


class PingTooSoonError(errors.ConflictError):
    """409 `ping_too_soon`: The endpoint's last test event was just now."""


class PointsRunOutError(errors.ConflictError):
    """409 `points_run_out`: These points or this cashback have run out."""


class PositionOpenError(errors.ConflictError):
    """409 `position_open`: The partner's position is open."""


class PricesOutOfLineError(errors.ConflictError):
    """409 `prices_out_of_line`: Points could be redeemed for more than they cost."""


class ProposalDecidedError(errors.ConflictError):
    """409 `proposal_decided`: This proposal has been decided."""


class ReceiptAlreadyRecordedError(errors.ConflictError):
    """409 `receipt_already_recorded`: This receipt has already earned."""


class ReconciliationBusyError(errors.ServerError):
    """503 `reconciliation_busy`: Others are asking for a reconciliation."""


class ReconciliationKeyReusedError(errors.UnprocessableError):
    """422 `reconciliation_key_reused`: This Idempotency-Key asked for another reconciliation."""


class ReconciliationStateError(errors.ConflictError):
    """409 `reconciliation_state`: The reconciliation has no result."""


class RedemptionTooSmallError(errors.UnprocessableError):
    """422 `redemption_too_small`: These points are worth less than a cent."""


class ReplayTooSoonError(errors.ConflictError):
    """409 `replay_too_soon`: The endpoint's last replay was just now."""


class ReturnExceedsPurchaseError(errors.UnprocessableError):
    """422 `return_exceeds_purchase`: More is returned than was bought."""


class RoleMissingError(errors.PermissionDeniedError):
    """403 `role_missing`: The operator may not do this."""


class RotationOpenError(errors.ConflictError):
    """409 `rotation_open`: The key's rotation is not over."""


class SameAccountError(errors.UnprocessableError):
    """422 `same_account`: Both cards use the same account."""


class ScopeMissingError(errors.PermissionDeniedError):
    """403 `scope_missing`: The API key may not do this."""


class SecondPersonNeededError(errors.PermissionDeniedError):
    """403 `second_person_needed`: Someone else must decide this."""


class SettlementBusyError(errors.ConflictError):
    """409 `settlement_busy`: Somebody else is changing this settlement."""


class SettlementStateError(errors.ConflictError):
    """409 `settlement_state`: The settlement is at another stage."""


class StateChangeRefusedError(errors.ConflictError):
    """409 `state_change_refused`: A partner can't go from this state to that."""


class StateConflictError(errors.ConflictError):
    """409 `state_conflict`: The partner's state was changed at the same time."""


class StoreUnavailableError(errors.ServerError):
    """503 `store_unavailable`: A store is not available right now."""


class StripeNotConfiguredError(errors.NotFoundError):
    """404 `stripe_not_configured`: This deployment does not bill through Stripe."""


class StripeRefusedError(errors.ServerError):
    """500 `stripe_refused`: Stripe refused a request."""


class StripeUnavailableError(errors.ServerError):
    """503 `stripe_unavailable`: Stripe is not available right now."""


class TermsConflictError(errors.ConflictError):
    """409 `terms_conflict`: Other terms were added at the same time."""


class TermsTooEarlyError(errors.ConflictError):
    """409 `terms_too_early`: New terms would rewrite the past."""


class TimeoutError(errors.ServerError):
    """504 `timeout`: No answer in time."""


class TooManyConnectionsError(errors.ConflictError):
    """409 `too_many_connections`: You have too many connections."""


class TooManyCredentialsError(errors.ConflictError):
    """409 `too_many_credentials`: The operator has as many credentials as one may have."""


class TooManyKeysError(errors.ConflictError):
    """409 `too_many_keys`: There are as many keys in use as there may be."""


class TooManyRequestsError(errors.RateLimitedError):
    """429 `too_many_requests`: Too many requests."""


class TooManyWebhookEndpointsError(errors.ConflictError):
    """409 `too_many_webhook_endpoints`: You have as many webhook endpoints as you may."""


class UnauthorizedError(errors.UnauthenticatedError):
    """401 `unauthorized`: The API key is missing or not valid."""


class UndoExceedsAdjustmentError(errors.UnprocessableError):
    """422 `undo_exceeds_adjustment`: More is taken back than was granted."""


class UnknownAdjustmentError(errors.NotFoundError):
    """404 `unknown_adjustment`: There is no such adjustment."""


class UnknownBooksError(errors.NotFoundError):
    """404 `unknown_books`: There are no books of this month."""


class UnknownCardError(errors.NotFoundError):
    """404 `unknown_card`: No member has this card."""


class UnknownCaseError(errors.NotFoundError):
    """404 `unknown_case`: There is no such case."""


class UnknownChargeError(errors.NotFoundError):
    """404 `unknown_charge`: The statement has no such charge."""


class UnknownConnectionError(errors.NotFoundError):
    """404 `unknown_connection`: You have no such connection."""


class UnknownDifferenceError(errors.NotFoundError):
    """404 `unknown_difference`: There is no such difference."""


class UnknownEntryError(errors.NotFoundError):
    """404 `unknown_entry`: You have no such entry."""


class UnknownFieldError(errors.InvalidRequestError):
    """400 `unknown_field`: The request has a field that does not exist."""


class UnknownInvoiceError(errors.NotFoundError):
    """404 `unknown_invoice`: There is no invoice of this month."""


class UnknownInvoicePaymentError(errors.NotFoundError):
    """404 `unknown_invoice_payment`: There is no such payment of this invoice."""


class UnknownKeyError(errors.NotFoundError):
    """404 `unknown_key`: There is no such key."""


class UnknownLegError(errors.NotFoundError):
    """404 `unknown_leg`: There is no such payment."""


class UnknownLocationError(errors.NotFoundError):
    """404 `unknown_location`: The partner has no such location."""


class UnknownOperatorError(errors.NotFoundError):
    """404 `unknown_operator`: There is no such operator."""


class UnknownPartnerError(errors.NotFoundError):
    """404 `unknown_partner`: There is no such partner."""


class UnknownPaymentError(errors.NotFoundError):
    """404 `unknown_payment`: No operator has recorded such a payment of this partner."""


class UnknownPayoutError(errors.NotFoundError):
    """404 `unknown_payout`: There is no such payout."""


class UnknownPayoutRequestError(errors.NotFoundError):
    """404 `unknown_payout_request`: There is no such request for a payout."""


class UnknownProposalError(errors.NotFoundError):
    """404 `unknown_proposal`: There is no such proposal."""


class UnknownReconciliationError(errors.NotFoundError):
    """404 `unknown_reconciliation`: You have no such reconciliation."""


class UnknownSettlementError(errors.NotFoundError):
    """404 `unknown_settlement`: There is no such settlement."""


class UnknownStatementError(errors.NotFoundError):
    """404 `unknown_statement`: There is no such statement."""


class UnknownTimeZoneError(errors.InvalidRequestError):
    """400 `unknown_time_zone`: There is no such time zone."""


class UnknownUnmappedError(errors.NotFoundError):
    """404 `unknown_unmapped`: This does not wait in the queue."""


class UnknownWebhookEndpointError(errors.NotFoundError):
    """404 `unknown_webhook_endpoint`: There is no such webhook endpoint."""


class UnknownWindowError(errors.NotFoundError):
    """404 `unknown_window`: There is no such settlement window."""


class UnmergeTooLateError(errors.ConflictError):
    """409 `unmerge_too_late`: The merge can't be undone any more."""


class UnsupportedCurrencyError(errors.InvalidRequestError):
    """400 `unsupported_currency`: This currency is not supported."""


class UnsupportedMediaTypeError(errors.RequestFormError):
    """415 `unsupported_media_type`: The body is not JSON."""


class UsagePlanConflictError(errors.ConflictError):
    """409 `usage_plan_conflict`: The usage plan is being changed."""


class UsagePlanNotReadyError(errors.ServerError):
    """503 `usage_plan_not_ready`: The usage plan is not ready yet."""


class WebhookEndpointDisabledError(errors.ConflictError):
    """409 `webhook_endpoint_disabled`: The webhook endpoint is disabled."""


class WebhookMalformedError(errors.InvalidRequestError):
    """400 `webhook_malformed`: This event is not as its vendor documents it."""


class WebhookNotVerifiedError(errors.PermissionDeniedError):
    """403 `webhook_not_verified`: This webhook is not from whom it says."""


class WebhookUrlTakenError(errors.ConflictError):
    """409 `webhook_url_taken`: You have an endpoint of this URL."""


class WindowNotClosedError(errors.ConflictError):
    """409 `window_not_closed`: This settlement window is not closed yet."""


class WindowStillClosingError(errors.ConflictError):
    """409 `window_still_closing`: The window before this one is still closing."""


class WriteOffTooLargeError(errors.UnprocessableError):
    """422 `write_off_too_large`: More than an old default."""


BY_CODE: dict[str, type[errors.ApiError]] = {
    "account_busy": AccountBusyError,
    "account_closed": AccountClosedError,
    "account_full": AccountFullError,
    "account_full_today": AccountFullTodayError,
    "account_linked": AccountLinkedError,
    "account_not_empty": AccountNotEmptyError,
    "address_not_allowed": AddressNotAllowedError,
    "adjustment_decided": AdjustmentDecidedError,
    "advance_in_use": AdvanceInUseError,
    "already_enrolled": AlreadyEnrolledError,
    "bad_request": BadRequestError,
    "bank_day_to_come": BankDayToComeError,
    "bank_file_currency": BankFileCurrencyError,
    "billing_email_missing": BillingEmailMissingError,
    "body_too_large": BodyTooLargeError,
    "cancel_exceeds_redemption": CancelExceedsRedemptionError,
    "cancelled_unit_mismatch": CancelledUnitMismatchError,
    "card_replaced": CardReplacedError,
    "case_busy": CaseBusyError,
    "case_full": CaseFullError,
    "case_key_reused": CaseKeyReusedError,
    "case_state": CaseStateError,
    "cashback_owed": CashbackOwedError,
    "closed_before_opening": ClosedBeforeOpeningError,
    "closing_too_late": ClosingTooLateError,
    "closing_too_soon": ClosingTooSoonError,
    "collateral_not_paid_in": CollateralNotPaidInError,
    "collateral_too_large": CollateralTooLargeError,
    "concurrent_run": ConcurrentRunError,
    "connection_changed": ConnectionChangedError,
    "connection_disabled": ConnectionDisabledError,
    "connection_exists": ConnectionExistsError,
    "connector_busy": ConnectorBusyError,
    "correction_mismatch": CorrectionMismatchError,
    "correction_under_way": CorrectionUnderWayError,
    "correction_used": CorrectionUsedError,
    "credential_not_replaced": CredentialNotReplacedError,
    "credential_waits": CredentialWaitsError,
    "currency_mismatch": CurrencyMismatchError,
    "day_to_come": DayToComeError,
    "debt_outstanding": DebtOutstandingError,
    "decision_not_possible": DecisionNotPossibleError,
    "deposit_too_small": DepositTooSmallError,
    "enrolment_busy": EnrolmentBusyError,
    "event_gone": EventGoneError,
    "evidence_needed": EvidenceNeededError,
    "exchange_rate_missing": ExchangeRateMissingError,
    "forbidden": ForbiddenError,
    "fractional_cents": FractionalCentsError,
    "funding_exhausted": FundingExhaustedError,
    "hold_not_open": HoldNotOpenError,
    "holds_open": HoldsOpenError,
    "household_card_needed": HouseholdCardNeededError,
    "household_full": HouseholdFullError,
    "household_not_empty": HouseholdNotEmptyError,
    "idempotency_key_invalid": IdempotencyKeyInvalidError,
    "idempotency_key_missing": IdempotencyKeyMissingError,
    "idempotency_key_not_unique": IdempotencyKeyNotUniqueError,
    "idempotency_key_reused": IdempotencyKeyReusedError,
    "insufficient_cashback": InsufficientCashbackError,
    "insufficient_points": InsufficientPointsError,
    "internal_error": InternalErrorError,
    "invalid_adjustment": InvalidAdjustmentError,
    "invalid_billing_email": InvalidBillingEmailError,
    "invalid_card_number": InvalidCardNumberError,
    "invalid_case": InvalidCaseError,
    "invalid_collateral": InvalidCollateralError,
    "invalid_connection": InvalidConnectionError,
    "invalid_contact": InvalidContactError,
    "invalid_cursor": InvalidCursorError,
    "invalid_due_date": InvalidDueDateError,
    "invalid_field": InvalidFieldError,
    "invalid_key_request": InvalidKeyRequestError,
    "invalid_location_id": InvalidLocationIdError,
    "invalid_month": InvalidMonthError,
    "invalid_name": InvalidNameError,
    "invalid_operator": InvalidOperatorError,
    "invalid_partner_id": InvalidPartnerIdError,
    "invalid_payment": InvalidPaymentError,
    "invalid_plan": InvalidPlanError,
    "invalid_range": InvalidRangeError,
    "invalid_reason": InvalidReasonError,
    "invalid_replay": InvalidReplayError,
    "invalid_terms": InvalidTermsError,
    "invalid_trail_range": InvalidTrailRangeError,
    "invalid_webhook_url": InvalidWebhookUrlError,
    "invalid_window_end": InvalidWindowEndError,
    "invoice_overpaid": InvoiceOverpaidError,
    "invoice_payment_day": InvoicePaymentDayError,
    "invoice_payment_reversed": InvoicePaymentReversedError,
    "invoice_too_early": InvoiceTooEarlyError,
    "invoiced_through_stripe": InvoicedThroughStripeError,
    "key_ended": KeyEndedError,
    "later_invoice_issued": LaterInvoiceIssuedError,
    "leg_state": LegStateError,
    "lines_not_ready": LinesNotReadyError,
    "location_already_closed": LocationAlreadyClosedError,
    "location_closed": LocationClosedError,
    "location_exists": LocationExistsError,
    "location_not_open": LocationNotOpenError,
    "locations_open": LocationsOpenError,
    "malformed_json": MalformedJsonError,
    "member_account_needed": MemberAccountNeededError,
    "merged_points_used": MergedPointsUsedError,
    "missing_field": MissingFieldError,
    "month_not_begun": MonthNotBegunError,
    "negative_amount": NegativeAmountError,
    "no_case_of_duplicate": NoCaseOfDuplicateError,
    "no_correction": NoCorrectionError,
    "no_stripe_account": NoStripeAccountError,
    "no_terms_in_force": NoTermsInForceError,
    "not_a_folder": NotAFolderError,
    "not_a_purchase": NotAPurchaseError,
    "not_a_redemption": NotARedemptionError,
    "not_acceptable": NotAcceptableError,
    "not_billed_through_stripe": NotBilledThroughStripeError,
    "not_funded": NotFundedError,
    "not_in_this_state": NotInThisStateError,
    "not_linked": NotLinkedError,
    "nothing_to_invoice": NothingToInvoiceError,
    "nothing_uploaded": NothingUploadedError,
    "occurred_in_future": OccurredInFutureError,
    "occurred_too_long_ago": OccurredTooLongAgoError,
    "opening_too_late": OpeningTooLateError,
    "operator_disabled": OperatorDisabledError,
    "operator_exists": OperatorExistsError,
    "own_rights": OwnRightsError,
    "paid_through_stripe": PaidThroughStripeError,
    "partner_exists": PartnerExistsError,
    "partner_not_active": PartnerNotActiveError,
    "partner_was_suspended": PartnerWasSuspendedError,
    "partner_without_terms": PartnerWithoutTermsError,
    "payment_currency": PaymentCurrencyError,
    "payment_decided": PaymentDecidedError,
    "payment_key_reused": PaymentKeyReusedError,
    "payout_below_minimum": PayoutBelowMinimumError,
    "payout_in_settlement": PayoutInSettlementError,
    "payout_request_decided": PayoutRequestDecidedError,
    "payout_reversed": PayoutReversedError,
    "payout_taken_back": PayoutTakenBackError,
    "ping_too_soon": PingTooSoonError,
    "points_run_out": PointsRunOutError,
    "position_open": PositionOpenError,
    "prices_out_of_line": PricesOutOfLineError,
    "proposal_decided": ProposalDecidedError,
    "receipt_already_recorded": ReceiptAlreadyRecordedError,
    "reconciliation_busy": ReconciliationBusyError,
    "reconciliation_key_reused": ReconciliationKeyReusedError,
    "reconciliation_state": ReconciliationStateError,
    "redemption_too_small": RedemptionTooSmallError,
    "replay_too_soon": ReplayTooSoonError,
    "return_exceeds_purchase": ReturnExceedsPurchaseError,
    "role_missing": RoleMissingError,
    "rotation_open": RotationOpenError,
    "same_account": SameAccountError,
    "scope_missing": ScopeMissingError,
    "second_person_needed": SecondPersonNeededError,
    "settlement_busy": SettlementBusyError,
    "settlement_state": SettlementStateError,
    "state_change_refused": StateChangeRefusedError,
    "state_conflict": StateConflictError,
    "store_unavailable": StoreUnavailableError,
    "stripe_not_configured": StripeNotConfiguredError,
    "stripe_refused": StripeRefusedError,
    "stripe_unavailable": StripeUnavailableError,
    "terms_conflict": TermsConflictError,
    "terms_too_early": TermsTooEarlyError,
    "timeout": TimeoutError,
    "too_many_connections": TooManyConnectionsError,
    "too_many_credentials": TooManyCredentialsError,
    "too_many_keys": TooManyKeysError,
    "too_many_requests": TooManyRequestsError,
    "too_many_webhook_endpoints": TooManyWebhookEndpointsError,
    "unauthorized": UnauthorizedError,
    "undo_exceeds_adjustment": UndoExceedsAdjustmentError,
    "unknown_adjustment": UnknownAdjustmentError,
    "unknown_books": UnknownBooksError,
    "unknown_card": UnknownCardError,
    "unknown_case": UnknownCaseError,
    "unknown_charge": UnknownChargeError,
    "unknown_connection": UnknownConnectionError,
    "unknown_difference": UnknownDifferenceError,
    "unknown_entry": UnknownEntryError,
    "unknown_field": UnknownFieldError,
    "unknown_invoice": UnknownInvoiceError,
    "unknown_invoice_payment": UnknownInvoicePaymentError,
    "unknown_key": UnknownKeyError,
    "unknown_leg": UnknownLegError,
    "unknown_location": UnknownLocationError,
    "unknown_operator": UnknownOperatorError,
    "unknown_partner": UnknownPartnerError,
    "unknown_payment": UnknownPaymentError,
    "unknown_payout": UnknownPayoutError,
    "unknown_payout_request": UnknownPayoutRequestError,
    "unknown_proposal": UnknownProposalError,
    "unknown_reconciliation": UnknownReconciliationError,
    "unknown_settlement": UnknownSettlementError,
    "unknown_statement": UnknownStatementError,
    "unknown_time_zone": UnknownTimeZoneError,
    "unknown_unmapped": UnknownUnmappedError,
    "unknown_webhook_endpoint": UnknownWebhookEndpointError,
    "unknown_window": UnknownWindowError,
    "unmerge_too_late": UnmergeTooLateError,
    "unsupported_currency": UnsupportedCurrencyError,
    "unsupported_media_type": UnsupportedMediaTypeError,
    "usage_plan_conflict": UsagePlanConflictError,
    "usage_plan_not_ready": UsagePlanNotReadyError,
    "webhook_endpoint_disabled": WebhookEndpointDisabledError,
    "webhook_malformed": WebhookMalformedError,
    "webhook_not_verified": WebhookNotVerifiedError,
    "webhook_url_taken": WebhookUrlTakenError,
    "window_not_closed": WindowNotClosedError,
    "window_still_closing": WindowStillClosingError,
    "write_off_too_large": WriteOffTooLargeError,
}
