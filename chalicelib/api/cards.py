"""A card: its points and cashback, and your own entries on it."""

from chalicelib.api import refusals
from chalicelib.api.entry_shape import entry_out
from chalicelib.api.schemas.fields import NoBody, money_out
from chalicelib.api.schemas.listings import CardEntriesParams, EntriesReply
from chalicelib.api.schemas.till import CardParams, CardReply, CashbackOut, ExpiringCashback, ExpiringPoints
from chalicelib.cursors import cursors
from chalicelib.errors import InvalidCursorError
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import PartnerNotActiveError
from partners.till.model import CashbackView
from shared.kernel.money import Money

resource = Resource("cards", __name__)


@resource.get(
    "/v1/cards/{card_number}",
    scope=Scope.MEMBERS,
    params=CardParams,
    reply=CardReply,
    errors=(*refusals.CARD, PartnerNotActiveError),
)
def get_card(call: Call[CardParams, NoBody]) -> Reply:
    """Look up a card.

    The balance is the same at every partner; who granted the points is not shown. The cards of a household
    share one.
    """
    view = bootstrap.services().till.card(call.caller.partner_id, call.params.card_number)
    reply = CardReply(
        card_number=view.card_number,
        points_balance=view.points_balance,
        points_pending=view.points_pending,
        points_held=view.points_held,
        points_owed=view.points_owed,
        expiring=[ExpiringPoints(points=points, last_day=last_day) for points, last_day in view.expiring],
        cashback=[_cashback_out(one) for one in view.cashback],
        shared_with=view.shared_with,
    )
    return Reply(reply)


def _cashback_out(view: CashbackView) -> CashbackOut:
    currency = view.balance.currency
    return CashbackOut(
        balance=money_out(view.balance),
        pending=money_out(view.pending),
        owed=money_out(view.owed),
        expiring=[
            ExpiringCashback(cashback=money_out(Money(cents, currency)), last_day=last_day)
            for cents, last_day in view.expiring
        ],
    )


@resource.get(
    "/v1/cards/{card_number}/entries",
    scope=Scope.MEMBERS,
    params=CardEntriesParams,
    reply=EntriesReply,
    errors=(*refusals.CARD, InvalidCursorError),
)
def list_card_entries(call: Call[CardEntriesParams, NoBody]) -> Reply:
    """List your entries on a card, newest first.

    Only what happened at your own locations is listed. The cards of a household have one list.
    """
    from partners.visits.lines import line_of

    partner_id, params = call.caller.partner_id, call.params
    binding = ("card_entries", partner_id, params.card_number)
    before = None
    if params.cursor is not None:
        before = str(cursors().read(binding, params.cursor)["before"])
    entries, go_on = bootstrap.services().till.card_entries(partner_id, params.card_number, before, params.limit)
    next_cursor = None if go_on is None else cursors().write(binding, {"before": go_on})
    return Reply(EntriesReply(entries=[entry_out(line_of(entry)) for entry in entries], next_cursor=next_cursor))
