"""That no partner is paid more for honouring a point than another pays for granting it. Pure."""

from collections.abc import Iterable

from partners.contracts.errors import ExchangeRateMissingError, PricesOutOfLineError
from partners.contracts.exchange import NANOS
from partners.contracts.model import NewTerms, Terms, in_force


def current_and_future(versions: list[Terms], now_ms: int) -> list[Terms]:
    """Of one partner's versions the one in force and those still to begin."""
    current = in_force(versions, now_ms)
    return [terms for terms in versions if terms == current or terms.effective_from_ms > now_ms]


def check_prices(new: NewTerms, currency: str, standing: Iterable[Terms]) -> None:
    """Refuse terms by which points could be granted in one place and redeemed in another for more.

    `new` are in `currency`, `standing` the current and future terms of all partners, its own included. The new
    redeem price may not exceed the lowest issue price among them, nor the new issue price be below the
    highest redeem price, those of other currencies converted at the exchange rates of `new`. Two partners who
    grant and honour each other's points then gain nothing. Raises PricesOutOfLineError, and
    ExchangeRateMissingError where a currency has no rate.

    It can't rule out a gain on points granted earlier at a lower issue price, when redeem prices have risen
    since: points outstanding keep no price. The same holds of a purchase reported late, which is priced as of
    the day it occurred, and of exchange rates that have moved since they were agreed on.
    """
    others = list(standing)
    if not others:
        return
    nanos = {rate.currency: rate.nanos for rate in new.exchange_rates} | {currency: NANOS}
    missing = sorted({terms.currency for terms in others} - set(nanos))
    if missing:
        raise ExchangeRateMissingError(currency, missing)
    highest_redeem = min(terms.issue_price_micros * NANOS // nanos[terms.currency] for terms in others)
    if new.redeem_price_micros > highest_redeem:
        raise PricesOutOfLineError("redeem_price_micros", "at most", highest_redeem)
    lowest_issue = max(-(-terms.redeem_price_micros * NANOS // nanos[terms.currency]) for terms in others)
    if new.issue_price_micros < lowest_issue:
        raise PricesOutOfLineError("issue_price_micros", "at least", lowest_issue)
