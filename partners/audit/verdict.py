"""A verdict in words. Pure."""

from partners.audit.model import Verdict


def in_words(verdict: Verdict) -> str:
    """One line: what was checked, and whether it holds."""
    total = verdict.total
    scope = (
        f"{_count(total.entries, 'entry', 'entries')} of {_count(total.members, 'member', 'members')} "
        f"and {_count(total.lines, 'line', 'lines')} "
        f"in the pages of {_count(total.partner_days, 'partner-day', 'partner-days')}"
    )
    if verdict.holds:
        return f"The ledger holds: {scope} agree with each other to the last point."
    places = "one place" if total.findings_in_all == 1 else f"{total.findings_in_all:,} places"
    return f"The ledger contradicts itself in {places}, found among {scope}."


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
