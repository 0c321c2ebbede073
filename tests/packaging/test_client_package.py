"""The Python client as it is published: a wheel that brings its types and imports alone."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from infra.paths import ROOT


def test_the_wheel_holds_the_whole_client_and_nothing_else(tmp_path: Path) -> None:
    # pip builds in place, so it gets a copy.
    source = tmp_path / "source"
    shutil.copytree(ROOT / "clients" / "python", source, ignore=shutil.ignore_patterns("__pycache__"))
    wheel = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(source)]
    done = subprocess.run([sys.executable, "-m", *wheel], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = tmp_path.glob("tessera_client-*.whl")
    with zipfile.ZipFile(built) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
        opened.extractall(tmp_path / "unpacked")
        assert any(name.endswith("licenses/LICENSE") for name in opened.namelist())
    assert held == {f"tessera_client/{file.name}" for file in (source / "tessera_client").iterdir() if file.is_file()}
    assert "tessera_client/py.typed" in held
    program = "import tessera_client.api, sys; assert not {'chalicelib', 'shared', 'partners'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path / "unpacked", check=True)
