"""Parts of an audit into one: the same whatever was cut where and finished first. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from partners.audit.model import MOST_FINDINGS, Finding, IssuerPlace, Part, PartnerDay, Tallies, Tally

MODULUS = 1 << 128


def merged(parts: Iterable[Part]) -> Part:
    """The sum of `parts`."""
    whole = list(parts)
    findings = [finding for part in whole for finding in part.findings]
    return Part(
        members=sum(part.members for part in whole),
        entries=sum(part.entries for part in whole),
        visits=sum(part.visits for part in whole),
        partner_days=sum(part.partner_days for part in whole),
        pages=sum(part.pages for part in whole),
        lines=sum(part.lines for part in whole),
        flows=_added(part.flows for part in whole),
        states=_added(part.states for part in whole),
        findings=tuple(sorted(findings)[:MOST_FINDINGS]),
        findings_in_all=sum(part.findings_in_all for part in whole),
    )


def part_of(findings: Iterable[Finding]) -> Part:
    """Findings alone, as a part."""
    found = sorted(findings)
    return Part(findings=tuple(found[:MOST_FINDINGS]), findings_in_all=len(found))


def merged_tallies(parts: Iterable[Tallies]) -> Tallies:
    """The sum of `parts`, day by day."""
    whole: defaultdict[PartnerDay, list[Tally]] = defaultdict(list)
    for part in parts:
        for partner_day, tally in part.items():
            whole[partner_day].append(tally)
    return {partner_day: added(tallies) for partner_day, tallies in whole.items()}


def added(tallies: Iterable[Tally]) -> Tally:
    whole = list(tallies)
    return Tally(
        lines=sum(tally.lines for tally in whole),
        visits=sum(tally.visits for tally in whole),
        numbers=sum(tally.numbers for tally in whole) % MODULUS,
        hashes=sum(tally.hashes for tally in whole) % MODULUS,
    )


def _added(counts: Iterable[Mapping[IssuerPlace, int]]) -> dict[IssuerPlace, int]:
    sums: Counter[IssuerPlace] = Counter()
    for count in counts:
        sums.update(count)
    return {place: number for place, number in sums.items() if number}
