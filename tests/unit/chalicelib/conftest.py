import pytest

from tests.unit.chalicelib import world as worlds


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> worlds.World:
    return worlds.install(monkeypatch)


@pytest.fixture
def card(world: worlds.World) -> str:
    return world.enrol()
