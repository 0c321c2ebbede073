import pytest

from tests.unit.chalicelib import world as worlds
from tests.unit.hostile.stage import Stage, set_up


@pytest.fixture(scope="session")
def stage_of_reads() -> Stage:
    """The one that all operations share that only read: whatever they are sent, they leave it as it was."""
    with pytest.MonkeyPatch.context() as patch:
        return set_up(patch)


@pytest.fixture
def stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage for the test's parameter `operation`: of its own, unless the operation only reads."""
    if request.getfixturevalue("operation").method.upper() != "GET":
        return set_up(monkeypatch)
    shared: Stage = request.getfixturevalue("stage_of_reads")
    worlds.enter(monkeypatch, shared.world)
    return shared
