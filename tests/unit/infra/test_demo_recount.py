"""The independent recount against figures worked out by hand, and its independence itself."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from infra.demo import recount as recount_module
from infra.demo.recount import PublishedTerms, recount

TERMS = (
    PublishedTerms("alpha", 10, 100, 6_250, 5_000, 24, 1_000, False, ((1, 0, 100_000), (None, 300, 50_000))),
    PublishedTerms("beta", 5, 100, 7_000, 4_555, 12, 1_500, True, ((2, 500, 0), (None, 900, 12_345))),
    PublishedTerms("gamma", 1, 100, 3_333, 3_333, 36, 0, True, ((None, 0, 0),)),
)
PARAMETERS = {
    "first_week": 5,
    "last_week": 5,
    "one_household_in": 1,
    "seed": 0,
    "shift_ms": 0,
    "longest_weeks": 4,
    "redeem_from": 500,
    "redeem_in_steps_of": 100,
    "redeem_at_most": 2_000,
}
LINES = (
    # household, store, basket, sales value, week, when
    (1, 0, 11, 30.25, 5, "2017-02-01 09:00"),
    (1, 0, 11, 30.30, 5, "2017-02-01 09:00"),
    (1, 1, 12, 40.00, 5, "2017-02-02 09:00"),
    (1, 1, 13, 90.00, 6, "2017-02-09 09:00"),
    (2, 2, 21, 0.07, 5, "2017-02-01 09:00"),
    (2, 2, 22, 0.00, 5, "2017-02-03 09:00"),
)


@pytest.fixture
def figures(tmp_path: Path) -> Mapping[tuple[str, str, str], int]:
    return recount(written(tmp_path, LINES), TERMS, PARAMETERS)


def written(folder: Path, lines: tuple[tuple[object, ...], ...]) -> Path:
    file = folder / "lines.parquet"
    with duckdb.connect() as database:
        database.execute(
            "CREATE TABLE line (household_id BIGINT, store_id BIGINT, basket_id BIGINT, sales_value DOUBLE,"
            " week BIGINT, transaction_timestamp TIMESTAMP)"
        )
        database.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?)", lines)
        database.execute(f"COPY line TO '{file}' (FORMAT parquet)")
    return file


def test_baskets_of_the_chosen_week_add_up(figures: Mapping[tuple[str, str, str], int]) -> None:
    assert [figures["baskets", partner, ""] for partner in ("alpha", "beta", "gamma")] == [1, 1, 2]
    assert [figures["sales_cents", partner, ""] for partner in ("alpha", "beta", "gamma")] == [6_055, 4_000, 7]
    assert [figures["enrolments", partner, ""] for partner in ("alpha", "beta", "gamma")] == [1, 0, 1]


def test_points_are_rounded_down_and_spent_where_they_expire_first(
    figures: Mapping[tuple[str, str, str], int],
) -> None:
    # 605 of alpha (24 months) and 200 of beta (12 months); 800 are spent at alpha, beta's first.
    assert [figures["points_issued", partner, ""] for partner in ("alpha", "beta", "gamma")] == [605, 200, 0]
    assert figures["matrix_points", "beta", "alpha"] == 200
    assert figures["matrix_points", "alpha", "alpha"] == 600
    assert figures["points_honoured", "alpha", ""] == 800
    assert [figures["points_outstanding", partner, ""] for partner in ("alpha", "beta", "gamma")] == [5, 0, 0]
    assert (figures["redemptions", "alpha", ""], figures["money_off_cents", "alpha", ""]) == (1, 400)


def test_positions_are_exact_and_their_cents_sum_to_zero(figures: Mapping[tuple[str, str, str], int]) -> None:
    assert figures["issued_micros", "alpha", ""] == -605 * 6_250
    assert figures["honoured_micros", "alpha", ""] == 800 * 5_000
    assert figures["position_micros", "alpha", ""] == 218_750
    assert figures["position_micros", "beta", ""] == -1_400_000
    assert figures["position_micros", "network", ""] == 1_181_250
    # 21.875, -140, 118.125 cents: floors 21, -140, 118; the missing cent goes to the largest remainder.
    cents = [figures["position_cents", party, ""] for party in ("alpha", "beta", "gamma", "network")]
    assert cents == [22, -140, 0, 118]


def test_what_is_owed_is_taken_from_what_was_paid_in_and_the_bank_moves_the_rest(tmp_path: Path) -> None:
    paid_in = {"alpha": 50, "beta": 100, "gamma": 0}
    terms = [replace(one, paid_in_cents=paid_in[one.partner_id]) for one in TERMS]
    figures = recount(written(tmp_path, LINES), terms, PARAMETERS)
    names = ("position_cents", "paid_in_cents", "from_deposit_cents", "moved_cents", "deposit_left_cents")
    assert [figures[name, "alpha", ""] for name in names] == [22, 50, 0, 22, 50]
    assert [figures[name, "beta", ""] for name in names] == [-140, 100, -100, -40, 0]


def test_a_visit_enrols_earns_or_redeems(figures: Mapping[tuple[str, str, str], int]) -> None:
    # alpha: a basket and a redemption; beta: a basket; gamma: an enrolment, and a receipt of nothing.
    assert [figures["visits", partner, ""] for partner in ("alpha", "beta", "gamma")] == [2, 1, 1]


def test_a_bill_follows_the_published_plan(figures: Mapping[tuple[str, str, str], int]) -> None:
    # alpha: a store at 10.00; one visit at 0.10, then 3.00 and one visit at 0.05.
    names = ("bill_locations_cents", "bill_visits_cents", "bill_cents")
    assert [figures[name, "alpha", ""] for name in names] == [1_000, 10 + 300 + 5, 1_315]
    # beta: one visit, in the first band.
    assert [figures[name, "beta", ""] for name in names] == [1_500, 500, 2_000]


def test_a_whole_band_plan_charges_all_visits_by_one_band_and_rounds_half_a_cent_up(tmp_path: Path) -> None:
    lines = tuple((household, 1, household, 1.00, 5, f"2017-02-01 0{household}:00") for household in range(1, 4))
    figures = recount(written(tmp_path, lines), TERMS, PARAMETERS)
    # Three visits at 0.012345 are 0.037035.
    assert (figures["visits", "beta", ""], figures["bill_visits_cents", "beta", ""]) == (3, 904)


def test_of_one_expiry_month_the_first_issued_points_are_spent_first(tmp_path: Path) -> None:
    terms = [PublishedTerms(name, 100, 100, 1, 1, 24, 0, True, ((None, 0, 0),)) for name in ("alpha", "beta", "gamma")]
    lines = (
        (1, 2, 31, 3.00, 5, "2017-02-01 09:00"),
        (1, 0, 32, 3.00, 5, "2017-02-02 09:00"),
        (1, 2, 33, 1.50, 5, "2017-02-03 09:00"),
        (2, 1, 34, 0.01, 5, "2017-02-03 09:00"),
    )
    figures = recount(written(tmp_path, lines), terms, PARAMETERS)
    # 450 of gamma in one lot, then 300 of alpha: 700 are spent.
    spent = {issuer: figures["points_redeemed", issuer, ""] for issuer in ("alpha", "beta", "gamma")}
    assert spent == {"alpha": 250, "beta": 0, "gamma": 450}


def test_points_of_an_earlier_month_are_spent_before_those_issued_first(tmp_path: Path) -> None:
    terms = [PublishedTerms(name, 100, 100, 1, 1, 24, 0, True, ((None, 0, 0),)) for name in ("alpha", "beta", "gamma")]
    lines = (
        (1, 0, 41, 4.00, 5, "2017-01-31 23:00"),
        (1, 1, 42, 4.00, 5, "2017-02-01 01:00"),
        (1, 0, 43, 4.00, 5, "2017-02-01 02:00"),
        (2, 2, 44, 0.01, 5, "2017-02-01 03:00"),
    )
    figures = recount(written(tmp_path, lines), terms, PARAMETERS | {"redeem_at_most": 900})
    # January: 400 of alpha. February: 400 of beta, then alpha's. 900 are spent.
    assert (figures["points_redeemed", "alpha", ""], figures["points_redeemed", "beta", ""]) == (500, 400)


def test_the_recount_shares_no_code_with_the_product() -> None:
    assert recount_module.__file__ is not None
    tree = ast.parse(Path(recount_module.__file__).read_text())
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"collections.abc", "dataclasses", "pathlib", "duckdb"}
