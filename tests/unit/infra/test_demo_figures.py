"""Comparing the product's figures with the recount's: any difference is seen."""

import pytest

from infra.demo.figures import TOLD_TWICE, Difference, differences, expected_figures, total, with_figures_told_twice

PARTNERS = ("alpha", "beta")


def complete() -> dict[tuple[str, str, str], int]:
    return {figure: place for place, figure in enumerate(expected_figures(PARTNERS))}


def test_equal_figures_have_no_difference() -> None:
    assert differences(PARTNERS, complete(), complete()) == []


def test_a_single_point_is_a_difference() -> None:
    recount = complete()
    recount["points_issued", "beta", ""] += 1
    found = differences(PARTNERS, complete(), recount)
    assert [difference.figure for difference in found] == [("points_issued", "beta", "")]
    assert "points_issued / beta" in str(found[0])


@pytest.mark.parametrize("name", sorted(TOLD_TWICE))
def test_what_is_told_twice_is_compared_with_the_same_count_twice(name: str) -> None:
    product = complete()
    recount = with_figures_told_twice({one: 1 for one in product if one[0] not in TOLD_TWICE}, PARTNERS)
    product = dict.fromkeys(product, 1)
    assert differences(PARTNERS, product, recount) == []
    product[name, "alpha", ""] += 1
    assert [str(one) for one in differences(PARTNERS, product, recount)] == [
        f"{name} / alpha: the network says 2, the recount 1"
    ]


def test_a_figure_that_one_side_lacks_is_a_difference() -> None:
    product, recount = complete(), complete()
    del product["visits", "alpha", ""]
    del recount["bill_cents", "beta", ""]
    assert {difference.figure[0] for difference in differences(PARTNERS, product, recount)} == {"visits", "bill_cents"}


def test_a_figure_that_both_sides_lack_is_a_difference() -> None:
    product, recount = complete(), complete()
    del product["visits", "alpha", ""], recount["visits", "alpha", ""]
    assert differences(PARTNERS, product, recount) == [Difference(("visits", "alpha", ""), None, None)]


def test_a_figure_that_nobody_expected_is_a_difference() -> None:
    product = complete()
    product["matrix_points", "alpha", "stranger"] = 5
    assert [difference.product for difference in differences(PARTNERS, product, complete())] == [5]


def test_totals_add_up_over_partners() -> None:
    figures = {("visits", "alpha", ""): 2, ("visits", "beta", ""): 40}
    assert total(figures, "visits", PARTNERS) == 42
