"""One of each request on a member whose past allows all of them."""

from collections.abc import Callable, Mapping

from tests.simulation.ledger.member import Member
from tests.simulation.ledger.world import Act

Past = Mapping[str, str]
"""The ids of the member's `purchase`, `redemption` and `hold`."""

ACTS: dict[str, Callable[[Member, Past], Act]] = {
    "purchase": lambda member, past: member.purchase(1_300, receipt="r-new"),
    "receipt again": lambda member, past: member.purchase(4_000, receipt="r-bought"),
    "redeem": lambda member, past: member.redeem(70, receipt="r-new"),
    "reserve": lambda member, past: member.reserve(60),
    "capture": lambda member, past: member.capture(past["hold"], 35),
    "void": lambda member, past: member.void(past["hold"]),
    "return": lambda member, past: member.give_back_goods(past["purchase"], 2_500),
    "cancel": lambda member, past: member.cancel(past["redemption"], 40),
    "adjust": lambda member, past: member.adjust(-75),
    "lapse": lambda member, past: member.lapse(),
}


def past_of(member: Member) -> Past:
    """200 points: 60 redeemed, 60 held, 70 active, 10 held until a moment ago."""
    purchase = member.past(member.purchase(4_000)).entry.entry_id
    redemption = member.past(member.redeem(60)).entry.entry_id
    member.past(member.reserve(10, seconds=60))
    hold = member.past(member.reserve(60)).hold_id
    member.server.clock.advance(ms=60_000)
    return {"purchase": purchase, "redemption": redemption, "hold": hold}
