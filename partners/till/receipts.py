"""Returns that name the receipt that the goods were bought on, as a till's file does, and no entry of ours."""

from collections.abc import Callable

from partners.till.errors import ReceiptAmbiguousError, ReceiptNotRecordedError
from partners.till.model import ReceiptReturnRequest, Returned, ReturnRequest
from partners.till.requests import key_hash
from partners.till.returns import Returns
from shared.ledger.commands import Command
from shared.ledger.fingerprints import same_receipt
from shared.ledger.model import Op
from shared.ledger.service import Ledger
from shared.members.errors import InvalidCardNumberError
from shared.members.service import Members

TakeBack = Callable[[str, str, ReturnRequest], Returned]


class ReceiptReturns:
    """The use cases of such returns. Each reads all of the member's history, so they are not for a till's path."""

    def __init__(self, members: Members, ledger: Ledger, returns: Returns) -> None:
        self._members = members
        self._ledger = ledger
        self._returns = returns

    def return_goods(self, partner_id: str, idempotency_key: str, request: ReceiptReturnRequest) -> Returned:
        """As `Returns.return_goods`, of the purchase that has the original receipt, once.

        Raises what that does, InvalidCardNumberError, UnknownCardError, AccountClosedError, ReceiptNotRecordedError,
        ReceiptAmbiguousError if the card has several such purchases: a store may count its receipts anew.
        """
        return self._return(self._returns.return_goods, partner_id, idempotency_key, request)

    def import_return(self, partner_id: str, idempotency_key: str, request: ReceiptReturnRequest) -> Returned:
        """The same as `Returns.import_return`, for a return of any age; for the operator."""
        return self._return(self._returns.import_return, partner_id, idempotency_key, request)

    def made_under(self, partner_id: str, idempotency_key: str, card_number: str) -> bool:
        """Whether anything was ever recorded under the partner's key by a card."""
        try:
            member = self._members.card(card_number).member
        except InvalidCardNumberError:
            return False
        asked = _asked(member, partner_id, idempotency_key)
        return any(entry.key_hash == asked.key_hash for entry in self._ledger.made_ever(asked))

    def _return(
        self, take_back: TakeBack, partner_id: str, idempotency_key: str, request: ReceiptReturnRequest
    ) -> Returned:
        back = ReturnRequest(
            purchase_id=self._purchase_id(partner_id, idempotency_key, request),
            location_id=request.location_id,
            receipt=request.receipt,
            occurred_at_ms=request.occurred_at_ms,
            amount_cents=request.amount_cents,
            currency=request.currency,
        )
        return take_back(partner_id, idempotency_key, back)

    def _purchase_id(self, partner_id: str, idempotency_key: str, request: ReceiptReturnRequest) -> str:
        """The purchase that an earlier try of this very return took back from, or else the only one there is."""
        member = self._members.card(request.card_number).member
        location, receipt = request.original_location_id, request.original_receipt
        asked = _asked(member, partner_id, idempotency_key, location, receipt)
        found = self._ledger.made_ever(asked)
        bought = [entry.entry_id for entry in found if entry.op is Op.EARN and same_receipt(entry, asked)]
        done = {entry.refers_to for entry in found if entry.op is Op.RETURN and entry.key_hash == asked.key_hash}
        purchases = [one for one in bought if one in done] or bought
        if not purchases:
            self._ledger.account(member)
            raise ReceiptNotRecordedError(location, receipt)
        if len(purchases) > 1:
            raise ReceiptAmbiguousError(purchases)
        return purchases[0]


def _asked(
    member: str, partner_id: str, idempotency_key: str, location: str = "", receipt: str | None = None
) -> Command:
    """As much of a command as the ledger finds entries by."""
    return Command(
        member=member,
        card_issue=None,
        partner=partner_id,
        location=location,
        receipt=receipt,
        occurred_at_ms=0,
        key_hash=key_hash(partner_id, idempotency_key),
        body_hash=b"",
    )
