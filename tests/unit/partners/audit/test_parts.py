"""Parts add up in any order, survive being written down, and become words."""

from hypothesis import given
from hypothesis import strategies as st

from partners.audit.codec import TALLIES_PER_PIECE, pack_part, pack_tallies, unpack_part, unpack_tallies
from partners.audit.conservation import book_findings, issuer_books
from partners.audit.merging import MODULUS, merged, merged_tallies
from partners.audit.model import MOST_FINDINGS, Check, Finding, Part, Tally, Verdict
from partners.audit.tallying import entry_id_of, number_of
from partners.audit.verdict import in_words

NUMBER = st.integers(0, 10**6)
FINDING = st.builds(Finding, st.sampled_from("abc"), st.sampled_from(Check), st.text(max_size=3))
POINTS = st.dictionaries(
    st.tuples(
        st.sampled_from(["alpha", "beta"]), st.sampled_from(["points", "USD"]), st.sampled_from(["active", "issued"])
    ),
    st.integers(1, 99),
)
TALLIES = st.dictionaries(
    st.tuples(st.sampled_from(["alpha", "beta"]), st.sampled_from(["2026-11-21", "2026-12-01"])),
    st.builds(Tally, NUMBER, NUMBER, st.integers(0, MODULUS - 1), st.integers(0, MODULUS - 1)),
)
PART = st.builds(
    Part,
    members=NUMBER,
    entries=NUMBER,
    lines=NUMBER,
    flows=POINTS,
    states=POINTS,
    findings=st.lists(FINDING, max_size=3).map(lambda found: tuple(sorted(found))),
    findings_in_all=NUMBER,
)


@given(st.lists(PART, max_size=5), st.data())
def test_parts_merge_alike_in_any_order_and_grouping(parts, data):
    shuffled = data.draw(st.permutations(parts))
    cut = data.draw(st.integers(0, len(parts)))
    assert merged([merged(shuffled[:cut]), merged(shuffled[cut:])]) == merged(parts)


@given(st.lists(TALLIES, max_size=4), st.data())
def test_tallies_merge_alike_in_any_order_and_grouping(tallies, data):
    shuffled = data.draw(st.permutations(tallies))
    cut = data.draw(st.integers(0, len(tallies)))
    grouped = merged_tallies([merged_tallies(shuffled[:cut]), merged_tallies(shuffled[cut:])])
    assert grouped == merged_tallies(tallies)


@given(PART)
def test_a_part_reads_back_as_it_was_written(part):
    assert unpack_part(pack_part(part)) == part


@given(TALLIES)
def test_tallies_read_back_as_they_were_written(tallies):
    assert merged_tallies(map(unpack_tallies, pack_tallies(tallies))) == merged_tallies([tallies])


def test_many_tallies_are_written_in_pieces_that_fit_an_item():
    full = MODULUS - 1
    tallies = {(f"partner-{number}", "2026-11-21"): Tally(10**6, 10**6, full - number, full - number * 7**30 % full)
               for number in range(TALLIES_PER_PIECE + 1)}  # fmt: skip
    pieces = list(pack_tallies(tallies))
    assert len(pieces) == 2
    assert max(map(len, pieces)) < 400_000
    assert merged_tallies(map(unpack_tallies, pieces)) == tallies


def test_of_many_findings_the_first_are_kept_and_all_are_counted():
    findings = tuple(Finding(f"{number:03d}", Check.HISTORY, "wrong") for number in range(150))
    kept = merged(
        [Part(findings=findings[100:], findings_in_all=50), Part(findings=findings[:100], findings_in_all=100)]
    )
    assert kept.findings == findings[:MOST_FINDINGS]
    assert kept.findings_in_all == 150


def test_an_entrys_number_gives_its_name_back():
    assert entry_id_of(number_of("0000000042-17")) == "0000000042-17"
    assert number_of("nonsense") == number_of("") == number_of("12-") == 0


def test_points_in_a_place_that_is_not_known_still_have_to_end_up_somewhere():
    sound = Part(
        flows={("a", "points", "issued"): 10, ("a", "points", "active"): 6, ("a", "points", "abroad"): 4},
        states={("a", "points", "active"): 6},
    )
    assert [book.elsewhere for book in issuer_books(sound)] == [4]
    assert book_findings(sound) == []
    lost = Part(
        flows={("a", "points", "issued"): 10, ("a", "points", "active"): 6}, states={("a", "points", "active"): 6}
    )
    (finding,) = book_findings(lost)
    assert (finding.subject, finding.contradiction) == ("a", "10 points came into being, 4 are unaccounted for")


def test_points_do_not_make_up_for_cashback_nor_one_currency_for_another():
    flows = {("a", unit, "issued"): 10 for unit in ("points", "USD", "EUR")}
    flows |= {("a", "points", "acceptor"): 12, ("a", "USD", "acceptor"): 9, ("a", "EUR", "acceptor"): 9}
    assert [finding.contradiction for finding in book_findings(Part(flows=flows))] == [
        "10 points came into being, -2 are unaccounted for",
        "10 cents of cashback in EUR came into being, 1 are unaccounted for",
        "10 cents of cashback in USD came into being, 1 are unaccounted for",
    ]


def test_what_was_given_lately_may_not_have_been_seen_to_arrive_but_later_it_must():
    given = {("a", "USD", "issued"): 10, ("a", "USD", "active"): 7}
    held = {("a", "USD", "active"): 7}
    assert book_findings(Part(flows={**given, ("a", "USD", "transfer_young"): 3}, states=held)) == []
    (lost,) = book_findings(Part(flows={**given, ("a", "USD", "transfer"): 3}, states=held))
    assert (lost.subject, lost.check) == ("a", Check.BOOK)
    assert lost.contradiction == "3 cents of cashback in USD left one account and reached no other"
    arrived = {("a", "points", "active"): 5}
    (found,) = book_findings(Part(flows={**arrived, ("a", "points", "transfer"): -5}, states=arrived))
    assert found.contradiction == "5 points reached an account and left no other"


def test_a_verdict_in_words():
    counts = {"members": 1_305, "entries": 4_609, "partner_days": 6, "lines": 4_609}
    sound = in_words(Verdict("run", 0, Part(**counts)))
    assert sound == (
        "The ledger holds: 4,609 entries of 1,305 members and 4,609 lines in the pages of 6 partner-days "
        "agree with each other to the last point."
    )
    assert in_words(Verdict("run", 0, Part(**counts, findings_in_all=1))).startswith(
        "The ledger contradicts itself in one place, found among 4,609 entries"
    )
    assert "in 2 places" in in_words(Verdict("run", 0, Part(**counts, findings_in_all=2)))
