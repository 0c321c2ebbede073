"""The third-party part of the Lambda package: downloaded once for a set of requirements, then kept."""

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.archive import write_archive
from infra.venvs import SetupError, fingerprint, last_lines

# Most of the package's files are descriptions of AWS services and telephone areas that nothing here asks
# for, and each cold start unpacks them. A service used for the first time is added here.
_AWS_SERVICES = ("dynamodb", "kms", "s3", "secretsmanager", "sqs", "sts")
# Chalice is left out because `chalice package` puts the part of it that runs into the zip by itself.
_LEFT_OUT = ("bin", "share", "chalice", "phonenumbers/carrierdata", "phonenumbers/geodata", "phonenumbers/tzdata")

_LAYER_FOLDER = "python"

# Lambda's own Linux has glibc 2.26 under Python 3.11 and 2.34 from 3.12 on.
_MANYLINUX = ("2_17", "2014", "2_24", "2_26")
_MANYLINUX_FROM_PYTHON_3_12 = ("2_27", "2_28", "2_31", "2_34")


@dataclass(frozen=True, slots=True)
class LambdaRuntime:
    """What Lambda runs the package on: that of this machine, so the same package runs here too."""

    python: str
    machine: str

    @classmethod
    def of_this_machine(cls) -> "LambdaRuntime":
        return cls(f"{sys.version_info.major}.{sys.version_info.minor}", platform.machine())

    @property
    def name(self) -> str:
        return f"python{self.python}"

    @property
    def architecture(self) -> str:
        return {"x86_64": "x86_64", "aarch64": "arm64"}[self.machine]

    def pip_arguments(self) -> list[str]:
        """Restricts pip to wheels that load on this runtime."""
        newer = _MANYLINUX_FROM_PYTHON_3_12 if self.python != "3.11" else ()
        platforms = [f"--platform=manylinux{tag_part(tag)}_{self.machine}" for tag in _MANYLINUX + newer]
        return [
            "--only-binary=:all:",
            "--implementation=cp",
            f"--python-version={self.python}",
            *platforms,
        ]


def tag_part(tag: str) -> str:
    return tag if tag == "2014" else f"_{tag}"


def dependency_archive(requirements: Path, runtime: LambdaRuntime, kept: Path, report: Callable[[str], None]) -> Path:
    """A zip of everything in `requirements` that the package uses; they pin what they need too.

    Taken from the folder `kept` if it was made before. Raises SetupError if a wheel is missing.
    """
    return _archive(requirements, runtime, kept, report, "", _leave_out_what_is_never_used)


def layer_archive(requirements: Path, runtime: LambdaRuntime, kept: Path, report: Callable[[str], None]) -> Path:
    """A zip of everything in `requirements` as a Lambda layer has it, below `python/`; else like the above."""
    return _archive(requirements, runtime, kept, report, _LAYER_FOLDER, lambda _: None)


def _archive(
    requirements: Path,
    runtime: LambdaRuntime,
    kept: Path,
    report: Callable[[str], None],
    below: str,
    leave_out: Callable[[Path], None],
) -> Path:
    this_file = Path(__file__)
    archive = kept / f"{fingerprint([runtime.name, runtime.machine, below], [requirements, this_file])[:16]}.zip"
    if archive.exists():
        return archive
    kept.mkdir(parents=True, exist_ok=True)
    report(f"downloading what {requirements.name} names for Lambda")
    with tempfile.TemporaryDirectory(dir=kept) as scratch:
        whole = Path(scratch, "whole")
        target = whole / below
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--no-input"]
        done = subprocess.run(
            [*command, "--target", str(target), *runtime.pip_arguments(), "-r", str(requirements)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SetupError(f"what {requirements.name} names can't be had:\n{last_lines(done.stderr)}")
        leave_out(target)
        unfinished = Path(scratch, "dependencies.zip")
        write_archive(unfinished, whole)
        unfinished.rename(archive)
    return archive


def _leave_out_what_is_never_used(site_packages: Path) -> None:
    for name in _LEFT_OUT:
        shutil.rmtree(site_packages / name)
    # These only make fontTools faster at what nothing here does, and are two thirds of it.
    for compiled in [*site_packages.glob("fontTools/**/*.so"), *site_packages.glob("fontTools/**/*.c")]:
        compiled.unlink()
    for service in (site_packages / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in _AWS_SERVICES:
            shutil.rmtree(service)
