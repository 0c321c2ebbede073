"""Lines of every kind a partner can have, drawn at random."""

from hypothesis import strategies as st

from partners.visits.model import CashMove, Line, MoveKind, Share
from shared.ledger.model import Op
from tests.support.entries import NOON_MS

ISSUERS = ["city-market", "greenleaf", "harvest"]
_CASH = [kind for kind in MoveKind if kind.value.startswith("cashback")]
_PRINTED = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=8)
_RECEIPTS = _PRINTED | st.builds("{} {}".format, _PRINTED, _PRINTED) | st.sampled_from(['=1,"2"', "-", '"', "@ x"])
_NUMBERS = st.integers(-(10**12), 10**12)


def _shares():
    several = st.dictionaries(st.sampled_from(ISSUERS), _NUMBERS.filter(bool), max_size=3)
    return several.map(lambda shares: tuple(Share(*one) for one in sorted(shares.items())))


def _expired():
    months = st.none() | st.sampled_from(["2026-09-30", "2026-10-31"])
    several = st.dictionaries(st.tuples(st.sampled_from(ISSUERS), months), _NUMBERS.filter(bool), max_size=4)
    return several.map(lambda shares: tuple(Share(issuer, many, day) for (issuer, day), many in shares.items()))


def _cash():
    keys = st.tuples(st.sampled_from(_CASH), st.sampled_from(ISSUERS), st.sampled_from(["EUR", "USD"]))
    several = st.dictionaries(keys, st.integers(-99_999, 99_999).filter(bool), max_size=3)
    return several.map(lambda moves: tuple(CashMove(*key, cents) for key, cents in sorted(moves.items())))


def lines(days: int = 4):
    """Up to 30 lines of `days` UTC days, day by day; in any order within one."""
    one = st.builds(
        Line,
        entry_id=st.just(""),
        op=st.sampled_from(list(Op)),
        location=st.sampled_from(["7", "12", "Main.St", "main-st", "-x"]),
        receipt=st.none() | _RECEIPTS,
        recorded_at_ms=st.integers(NOON_MS, NOON_MS + days * 86_400_000),
        occurred_at_ms=st.integers(NOON_MS - 86_400_000, NOON_MS),
        currency=st.sampled_from(["EUR", "USD"]),
        amount_cents=st.none() | st.integers(0, 10**9),
        points=st.integers(0, 10**9),
        value_cents=st.none() | st.integers(0, 10**9),
        price_micros=st.none() | st.integers(1, 20_000),
        issued=st.integers(-10_000, 10_000),
        owed=st.integers(-10_000, 10_000),
        honoured=_shares().map(lambda shares: tuple(Share(one.issuer, one.points % 9_999 + 1) for one in shares)),
        adjusted=_shares(),
        expired=_expired(),
        written_off=_shares(),
        cashback_cents=st.none() | st.integers(0, 10**6),
        cash=_cash(),
        visit=st.booleans(),
        terms_day=st.none() | st.sampled_from(["2026-11-02", "2026-11-20"]),
    )
    return st.lists(one, max_size=30).map(_numbered)


def _numbered(drawn):
    named = [_with_id(line, f"{4_200_000_000 + place}-{place}") for place, line in enumerate(drawn)]
    return sorted(named, key=lambda line: line.recorded_at_ms // 86_400_000)


def _with_id(line, entry_id):
    return Line(**{name: getattr(line, name) for name in Line.__slots__} | {"entry_id": entry_id})
