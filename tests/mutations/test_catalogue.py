"""Every mutation still finds its place in the source, and what it makes of it still is Python."""

import ast

import pytest

from infra.paths import ROOT
from tests.mutations.__main__ import CAUGHT_BY
from tests.mutations.catalogue import MUTATIONS


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_changes_one_place_of_the_source_as_it_is(mutation):
    ast.parse(mutation.applied(ROOT))
    assert mutation.old != mutation.new


def test_there_are_enough_of_them():
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS) >= 12


def test_every_mutation_was_caught_by_a_test_that_is_still_there():
    remembered = dict(line.split("\t", 1) for line in CAUGHT_BY.read_text().splitlines())
    assert set(remembered) == {mutation.name for mutation in MUTATIONS}
    gone = {name: test for name, test in remembered.items() if not _is_there(test)}
    assert not gone, "run `make mutations`: these tests have gone"


def _is_there(test):
    path, _, name = test.partition("::")
    source = (ROOT / path).read_text() if (ROOT / path).exists() else ""
    return f"def {name.split('[')[0].rpartition('::')[2]}(" in source
