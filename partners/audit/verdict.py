"""A verdict in words. Pure."""

from partners.audit.model import Verdict


def in_words(verdict: Verdict) -> str:
    """One line: what was checked, and whether it holds."""
    total = verdict.total
    scope = (
        f"{total.entries:,} entries of {total.members:,} members and {total.lines:,} lines "
        f"in the pages of {total.partner_days:,} partner-days"
    )
    if verdict.holds:
        return f"The ledger holds: {scope} agree with each other to the last point."
    places = "one place" if total.findings_in_all == 1 else f"{total.findings_in_all:,} places"
    return f"The ledger contradicts itself in {places}, found among {scope}."
