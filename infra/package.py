"""`python -m infra.package`: the Lambda zips and the template that deploys them, the same for every target.

`.build/package/` then holds `deployment.zip`, `sql-layer.zip` and `template.json`. Nothing is done if no input changed.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from infra.archive import append_to_archive, files_below
from infra.dependencies import LambdaRuntime, dependency_archive, layer_archive
from infra.gateway_errors import EXTENSION, gateway_responses
from infra.gateway_files import bounds_of_files, serve_files
from infra.gateway_keys import count_by_caller
from infra.glue import glue_tables
from infra.paths import BUILD, ROOT
from infra.reference import packaged, redoc_version
from infra.template import SOURCE, load_template
from infra.venvs import SetupError, last_lines, read_stamp

CHALICE_STAGE = "tessera"
LAYER_TYPE = "AWS::Serverless::LayerVersion"
ROOMS_BESIDE_THE_APP = ("functions", "partners", "shared")
_REQUIREMENTS = "requirements.txt"
_LAYER_REQUIREMENTS = "requirements-sql.txt"
_DOCUMENT = "docs/openapi.json"
_INPUTS = ("app.py", "chalicelib", *ROOMS_BESIDE_THE_APP, _REQUIREMENTS, _LAYER_REQUIREMENTS, ".chalice", _DOCUMENT)
_RULES = (
    "archive.py",
    "dependencies.py",
    "gateway_errors.py",
    "gateway_files.py",
    "gateway_keys.py",
    "glue.py",
    "package.py",
    "reference",
    "template.py",
    "template.yaml",
)


@dataclass(frozen=True, slots=True)
class Package:
    """What `make package` leaves behind: the code of every function, the layer of those that need SQL, the template."""

    archive: Path
    layer: Path
    template: Path

    def archive_digest(self) -> str:
        return digest_of(self.archive)

    def template_digest(self) -> str:
        return digest_of(self.template)


def build_package(report: Callable[[str], None], root: Path = ROOT, build: Path = BUILD) -> Package:
    """Raises SetupError if the package cannot be made, naming what stands in the way.

    Of several processes that ask at once, one builds and the others wait for it.
    """
    build.mkdir(exist_ok=True)
    with (build / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _build(report, root, build)


def _build(report: Callable[[str], None], root: Path, build: Path) -> Package:
    folder = build / "package"
    package = Package(folder / "deployment.zip", folder / "sql-layer.zip", folder / "template.json")
    stamp = folder / ".inputs"
    runtime = LambdaRuntime.of_this_machine()
    inputs = _fingerprint_of_inputs(root, runtime)
    if read_stamp(stamp) == inputs:
        return package
    dependencies = dependency_archive(root / _REQUIREMENTS, runtime, build / "dependencies", report)
    layer = layer_archive(root / _LAYER_REQUIREMENTS, runtime, build / "dependencies", report)
    report("building the Lambda package")
    stage, chalice_out = build / "stage", build / "chalice"
    for left in (stage, chalice_out, folder):
        shutil.rmtree(left, ignore_errors=True)
    _stage(root, stage)
    _chalice_package(stage, chalice_out)
    package.archive.parent.mkdir(parents=True)
    shutil.copyfile(layer, package.layer)
    shutil.copyfile(dependencies, package.archive)
    reference = packaged(build / "reference-of-package", root)
    append_to_archive(package.archive, dict(_contents(chalice_out / "deployment.zip")) | reference)
    template = _finish(json.loads((chalice_out / "sam.json").read_text()), runtime)
    package.template.write_text(json.dumps(template, indent=1, sort_keys=True) + "\n")
    stamp.write_text(inputs)
    return package


def _fingerprint_of_inputs(root: Path, runtime: LambdaRuntime) -> str:
    hasher = hashlib.sha256(f"{runtime.name} {runtime.machine} {version('chalice')} {redoc_version()}".encode())
    for part in [*(root / name for name in _INPUTS), *(SOURCE.parent / name for name in _RULES)]:
        for relative, path in files_below(part) if part.is_dir() else [("", part)]:
            hasher.update(f"{part.name}/{relative}\0".encode())
            hasher.update(hashlib.sha256(path.read_bytes()).digest())
    return hasher.hexdigest()


def _stage(root: Path, stage: Path) -> None:
    """A clean project folder in chalice's shape: what stands in `vendor/` ends at the top of the zip."""
    leave_out = shutil.ignore_patterns("__pycache__")
    stage.mkdir(parents=True)
    shutil.copyfile(root / "app.py", stage / "app.py")
    shutil.copytree(root / "chalicelib", stage / "chalicelib", ignore=leave_out)
    shutil.copytree(root / ".chalice", stage / ".chalice")
    for room in ROOMS_BESIDE_THE_APP:
        shutil.copytree(root / room, stage / "vendor" / room, ignore=leave_out)
    # The dependencies have a zip of their own, so chalice has none to fetch.
    (stage / "requirements.txt").touch()


def _chalice_package(stage: Path, out: Path) -> None:
    # As JSON: chalice reads and writes YAML in Python alone, which takes seconds.
    ours = stage / "template.json"
    ours.write_text(json.dumps(load_template()))
    command = [str(Path(sys.executable).with_name("chalice")), "--project-dir", str(stage), "package"]
    options = ["--stage", CHALICE_STAGE, "--merge-template", str(ours), "--template-format", "json"]
    region = {"AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*command, *options, str(out)],
        cwd=stage,
        env={**os.environ, **region},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SetupError(f"chalice package failed:\n{last_lines(done.stdout)}{last_lines(done.stderr)}")


def _contents(archive: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            yield name, opened.read(name)


def _finish(template: dict[str, Any], runtime: LambdaRuntime) -> dict[str, Any]:
    """One runtime for every function, the gateway's own errors, and the tables of the lake."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["Runtime"] = runtime.name
            resource["Properties"]["Architectures"] = [runtime.architecture]
        if resource["Type"] == LAYER_TYPE:
            resource["Properties"]["CompatibleRuntimes"] = [runtime.name]
            resource["Properties"]["CompatibleArchitectures"] = [runtime.architecture]
    api = template["Resources"]["RestAPI"]["Properties"]
    document = api["DefinitionBody"]
    serve_files(document)
    api["MethodSettings"] += bounds_of_files()
    template["Resources"] |= glue_tables()
    document[EXTENSION] = gateway_responses()
    count_by_caller(document)
    return template


def digest_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def main() -> None:
    started = time.monotonic()
    try:
        package = build_package(print)
    except SetupError as error:
        sys.exit(str(error))
    for archive in (package.archive, package.layer):
        print(f"{archive.relative_to(ROOT)}: {archive.stat().st_size / 1e6:.1f} MB")
    print(f"in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
