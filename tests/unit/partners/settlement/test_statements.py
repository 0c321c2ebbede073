"""Statements: lines chained, figures that add up, a signature, and whoever changes anything is found out."""

import copy
import json

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.settlement.statements.document import signed, statement_of
from partners.settlement.statements.lines import blocks_of, in_order, rows_of, with_fewer_blocks
from partners.settlement.statements.verifying import Finding, check_document, check_lines, check_previous
from shared.kernel.canonical import canonical_json, sha256_hex
from tests.fakes.signer import MemorySigner
from tests.unit.partners.settlement.statement_examples import (
    NET_MICROS,
    WEEK,
    a_statement,
    by_day,
    holds,
    rows,
    texts_of,
)

SIGNER = MemorySigner()


@pytest.fixture
def document():
    return json.loads(json.dumps(signed(a_statement(), SIGNER)))


@pytest.fixture
def texts():
    return texts_of(rows())


def problems(document):
    return [finding.says for finding in check_document(document, [SIGNER.key()], holds)]


def test_a_statement_and_its_lines_are_found_to_hold(document, texts):
    assert problems(document) == []
    assert check_lines(document["statement"], texts) == []


def test_a_statement_reads_back_from_its_document(document):
    assert statement_of(document) == a_statement()


def test_lines_that_do_not_come_by_day_are_refused():
    with pytest.raises(ValueError, match="come after"):
        list(in_order(WEEK))


def test_lines_stand_by_day_location_and_time():
    assert [row.record["entry_id"][-1] for row in rows()] == ["5", "3", "4", "7", "8"]
    assert [(block.location, block.day[-2:], block.sums.lines) for block in a_statement().blocks] == [
        ("harbour", rows()[0].day[-2:], 1),
        ("main-st", rows()[0].day[-2:], 2),
        ("main-st", rows()[3].day[-2:], 2),
    ]


def test_the_lines_account_for_the_position_to_the_last_millionth():
    sums = a_statement().sums
    assert sums.position_micros == NET_MICROS
    assert (sums.lines, sums.visits, sums.issued_points, sums.honoured_points) == (5, 4, 335, 140)
    assert sums.sales_cents == 4_210 + 1_000 + 2_500 - 1_000


def test_what_is_null_zero_or_empty_is_not_in_a_record():
    assert set(rows()[0].record) == {
        "entry_id", "kind", "location", "receipt", "recorded_at", "occurred_at", "currency", "amount_cents", "points",
        "price_micros", "issued", "visit", "position_micros",
    }  # fmt: skip


@pytest.mark.parametrize(
    "figure", ["opening_cents", "paid_cents", "net_cents", "carried_cents", "closing_cents", "net_micros", "number"]
)
def test_a_changed_figure_breaks_the_signature(document, figure):
    document["statement"][figure] += 1
    assert "The signature does not hold: the statement itself was changed." in problems(document)


def test_a_statement_signed_by_another_key_is_refused(document):
    other = MemorySigner(b"o" * 32)
    forged = signed(a_statement(net_cents=0), other)
    assert problems(forged)[0].startswith("The key ")
    forged["signature"]["key_id"] = SIGNER.key().key_id
    assert "The signature does not hold: the statement itself was changed." in problems(forged)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"net_micros": -1}, "The charges do not add up to the net position."),
        ({"charges": a_statement().charges[1:]}, "The charges are not what the lines add up to."),
        ({"locations": a_statement().locations[1:]}, "The locations do not add up to the sums."),
    ],
)
def test_figures_that_do_not_add_up_are_found_though_signed(changes, says):
    assert says in problems(signed(a_statement(**changes), SIGNER))


@pytest.mark.parametrize(
    "broken", [None, [], {}, {"statement": {}}, {"statement": {"format": "tessera-statement/1"}}, {"statement": 1}]
)
def test_what_is_no_statement_is_said_to_be_none(broken):
    assert problems(broken)


def test_the_first_altered_line_is_named(document, texts):
    texts[2] = texts[2].replace('"points":140', '"points":141')
    texts[4] = texts[4].replace('"receipt":"r-8"', '"receipt":"r-9"')
    (found,) = check_lines(document["statement"], texts)
    assert found.line == 3
    assert "main-st" in found.says


@given(place=st.integers(0, 4), data=st.data())
@settings(max_examples=40)
def test_any_changed_removed_added_or_moved_line_is_found(place, data):
    statement = signed(a_statement(), SIGNER)["statement"]
    texts = texts_of(rows())
    change = data.draw(st.sampled_from(["remove", "repeat", "swap", "byte", "space", "garbage"]))
    if change == "remove":
        del texts[place]
    elif change == "repeat":
        texts.insert(place, texts[place])
    elif change == "swap":
        other = data.draw(st.sampled_from([one for one in range(5) if one != place]))
        texts[place], texts[other] = texts[other], texts[place]
        place = min(place, other)
    elif change == "byte":
        where = data.draw(st.integers(0, len(texts[place]) - 2))
        letter = data.draw(st.sampled_from([one for one in '09azAZ",}' if one != texts[place][where]]))
        texts[place] = texts[place][:where] + letter + texts[place][where + 1 :]
    elif change == "space":
        texts[place] = " " + texts[place]
    else:
        texts[place] = data.draw(
            st.sampled_from(
                ["", "{}", "[]", "null", "[" * 100_000, '{"line":1.5}', '{"line":3,"sha256":null}', texts[place][:-3]]
            )
        )
    (found,) = check_lines(statement, texts)
    assert found.line == (place + 2 if change == "repeat" else place + 1)


def test_lines_rewritten_with_their_hashes_are_found_by_their_block(document):
    forged = [line for line in in_order(by_day(WEEK)) if line.entry_id != "4200000042-4"]
    forged.insert(2, list(in_order(by_day(WEEK)))[1])
    texts = texts_of(rows_of(forged))
    (found,) = check_lines(document["statement"], texts)
    assert (found.line, "hashes and all" in found.says) == (2, True)


def test_blocks_that_have_each_other_s_figures_are_found_though_their_total_is_right(document, texts):
    first, second, *_ = document["statement"]["blocks"]
    first["issued_points"], second["issued_points"] = second["issued_points"], first["issued_points"]
    assert check_lines(document["statement"], texts) == [
        Finding(f"Lines 1 to 1 do not add up to {first['location']}, {first['day']}.", 1)
    ]


@pytest.mark.parametrize(("name", "other"), [("location", "main-st"), ("day", "2026-11-20")])
def test_a_block_is_of_the_location_and_day_of_its_lines(document, texts, name, other):
    block = document["statement"]["blocks"][0]
    block[name] = other
    says = f"Line 1 is not of {block['location']}, {block['day']}, where it is counted."
    assert check_lines(document["statement"], texts) == [Finding(says, 1)]


def test_locations_that_have_each_other_s_figures_are_found_though_their_total_is_right(document, texts):
    first, second = document["statement"]["locations"]
    first["sales_cents"], second["sales_cents"] = second["sales_cents"], first["sales_cents"]
    (found,) = check_lines(document["statement"], texts)
    assert found.says == f"The lines of {first['location']} do not add up to what is stated of it."


def test_a_charge_of_another_kind_is_found_though_the_net_position_is_right(document, texts):
    issued, cashback, *_ = document["statement"]["charges"]
    issued["amount_micros"] += 1_000
    cashback["amount_micros"] -= 1_000
    (found,) = check_lines(document["statement"], texts)
    assert found.says == "The charges issued are -2092750 millionths, and the lines add up to -2093750."


def test_blocks_of_all_locations_are_held_against_each_location(document, texts):
    few = with_fewer_blocks(tuple(blocks_of(rows())), most=2)
    statement = signed(a_statement(blocks=few), SIGNER)["statement"]
    assert check_lines(statement, texts) == []
    statement["locations"][0]["visits"] += 1
    assert check_lines(statement, texts) != []


def test_a_statement_follows_the_one_before(document):
    first = signed(a_statement(number=1, opening_cents=-1_000, payments=(), previous_sha256=None), SIGNER)
    second = signed(
        a_statement(opening_cents=first["statement"]["closing_cents"], previous_sha256=sha256_hex(first["statement"])),
        SIGNER,
    )
    assert check_previous(second, first) == []
    other = copy.deepcopy(first)
    other["statement"]["number"] = 7
    assert [one.says for one in check_previous(second, other)] == [
        "The previous statement is not the one that this statement follows."
    ]
    assert check_previous(second, {"statement": 5})
    elsewhere = copy.deepcopy(second)
    elsewhere["statement"]["opening_cents"] += 1
    assert "opening position" in check_previous(elsewhere, first)[0].says


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
@settings(max_examples=100)
def test_canonical_json_is_that_of_the_standard(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [2**53, -(2**53) - 1, 10**30])
def test_an_integer_beyond_those_of_the_standard_is_written_digit_by_digit(value):
    assert canonical_json({"n": value}) == b'{"n":%d}' % value


@pytest.mark.parametrize("value", [1.5, {"é": 1}, {1: 2}, [b"x"]])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical_json(value)
