"""`python -m infra.client_package`: builds the wheel of the Python client, to be published, in `.build/client`."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.paths import BUILD, ROOT

SOURCE = ROOT / "clients" / "python"
WHEELS = BUILD / "client"
EARLIEST_IN_ZIP = "315532800"
"""Every file's time, 1980-01-01: the same source is the same wheel, byte for byte."""


def build_wheel(folder: Path) -> Path:
    """The wheel of the client as it is in the work tree, in `folder`, which is made anew.

    Raises CalledProcessError, whose `stderr` says why.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        # pip builds in place, so it gets a copy.
        copy = Path(scratch) / "source"
        shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        wheel = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(copy)]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": EARLIEST_IN_ZIP}
        subprocess.run(
            [sys.executable, "-m", "pip", *wheel], capture_output=True, text=True, check=True, env=environment
        )
    (built,) = folder.glob("*.whl")
    return built


def main() -> None:
    try:
        print(build_wheel(WHEELS))
    except subprocess.CalledProcessError as failed:
        sys.exit(f"no wheel was built: {failed.stderr}")


if __name__ == "__main__":
    main()
