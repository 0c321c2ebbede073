"""Virtual environments that are built again only when what they hold should change."""

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Report = Callable[[str], None]
"""Shows one line of progress."""


class SetupError(Exception):
    """Set-up cannot go on; the message says what failed and what to do."""


@dataclass(frozen=True, slots=True)
class VirtualEnvironment:
    """A folder with a Python of its own.

    `requirements` are all the files to install from, those that they include named too;
    `data_requirements` are installed without what they need, for the files inside.
    """

    folder: Path
    requirements: Sequence[Path]
    data_requirements: Sequence[Path] = ()

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def is_ready(self) -> bool:
        return read_stamp(self._installed_stamp) == self._fingerprint() and self.python.exists()

    def ensure(self, report: Report) -> bool:
        """Build or bring up to date; True if there was something to do. Raises SetupError."""
        if self.is_ready():
            return False
        if read_stamp(self._created_stamp) != sys.version or not self.python.exists():
            report("creating the environment")
            self._create()
        self.pip_install([f"--requirement={file}" for file in self.requirements], report)
        if self.data_requirements:
            files = [f"--requirement={file}" for file in self.data_requirements]
            self.pip_install(["--no-deps", *files], report)
        self._installed_stamp.write_text(self._fingerprint())
        return True

    def _create(self) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder)
        run_quietly([sys.executable, "-m", "venv", str(self.folder)], f"creating {self.folder.name}")
        self._created_stamp.write_text(sys.version)

    def pip_install(self, arguments: Sequence[str], report: Report) -> None:
        """Raises SetupError with the end of what pip said if it fails."""
        command = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        pip = subprocess.Popen(
            [*command, "--progress-bar=off", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said: list[str] = []
        looked_up = 0
        with pip:
            for line in pip.stdout or ():
                said.append(line)
                if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                    looked_up += 1
                    report(f"{looked_up} packages looked up")
                elif line.startswith("Installing collected packages"):
                    report(f"installing {line.count(',') + 1} packages")
        if pip.returncode != 0:
            raise SetupError(f"pip could not install {' '.join(arguments)}:\n{last_lines(''.join(said))}")

    def _fingerprint(self) -> str:
        return fingerprint([sys.version], [*self.requirements, *self.data_requirements])

    @property
    def _created_stamp(self) -> Path:
        return self.folder / ".created"

    @property
    def _installed_stamp(self) -> Path:
        return self.folder / ".installed"


@dataclass(frozen=True, slots=True)
class ProjectInPlace:
    """The commands of the project in `root`, in an environment that has its build backend and all it imports.

    They run the code as it stands in the work tree, from any folder.
    """

    root: Path
    environment: VirtualEnvironment

    def ensure(self, report: Report) -> bool:
        """Install or bring up to date; True if there was something to do. Raises SetupError.

        An environment that is a link belongs to the work tree that it lies in, and so do its commands.
        """
        if self.environment.folder.is_symlink() or read_stamp(self._stamp) == self._fingerprint():
            return False
        report("installing the commands")
        in_place = ["--no-deps", "--no-build-isolation", f"--editable={self.root}"]
        self.environment.pip_install(in_place, report)
        self._stamp.write_text(self._fingerprint())
        return True

    def _fingerprint(self) -> str:
        project = tomllib.loads((self.root / "pyproject.toml").read_text())
        decisive = [project.get("build-system"), project["project"], project.get("tool", {}).get("setuptools")]
        return fingerprint([str(self.root), json.dumps(decisive, sort_keys=True)], [])

    @property
    def _stamp(self) -> Path:
        return self.environment.folder / ".project"


def fingerprint(words: Sequence[str], files: Sequence[Path]) -> str:
    """A hash of words and of the contents of files: touching a file does not change it."""
    hasher = hashlib.sha256("\0".join(words).encode())
    for file in files:
        hasher.update(hashlib.sha256(file.read_bytes()).digest())
    return hasher.hexdigest()


def read_stamp(stamp: Path) -> str:
    return stamp.read_text() if stamp.exists() else ""


def run_quietly(command: Sequence[str], doing: str, cwd: Path | None = None) -> None:
    """Run to the end; what it printed is shown only if it failed. Raises SetupError."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(f"{doing} failed:\n{last_lines(done.stdout)}{last_lines(done.stderr)}")


def last_lines(text: str, count: int = 12) -> str:
    return "".join(text.splitlines(keepends=True)[-count:])
