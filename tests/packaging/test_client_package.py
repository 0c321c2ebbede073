"""The Python client as it is published: a wheel that brings its types and imports alone."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.client_package import SOURCE, build_wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheels") / "client")


def test_the_wheel_holds_the_whole_client_and_nothing_else(wheel: Path, tmp_path: Path) -> None:
    assert wheel.name.startswith("tessera_client-")
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
        opened.extractall(tmp_path / "unpacked")
        assert any(name.endswith("licenses/LICENSE") for name in opened.namelist())
    assert held == {f"tessera_client/{file.name}" for file in (SOURCE / "tessera_client").iterdir() if file.is_file()}
    assert "tessera_client/py.typed" in held
    program = "import tessera_client.api, sys; assert not {'chalicelib', 'shared', 'partners'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path / "unpacked", check=True)


def test_the_same_source_is_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    again = build_wheel(tmp_path / "again")
    assert (again.name, again.read_bytes()) == (wheel.name, wheel.read_bytes())
