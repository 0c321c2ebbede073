"""Every mutation still finds its place in the source, and what it makes of it still is Python."""

import ast

import pytest

from infra.paths import ROOT
from tests.mutations.catalogue import MUTATIONS


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_changes_one_place_of_the_source_as_it_is(mutation):
    ast.parse(mutation.applied(ROOT))
    assert mutation.old != mutation.new


def test_there_are_enough_of_them():
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS) >= 12
