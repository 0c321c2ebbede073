"""The API's reference page: Redoc over docs/openapi.json, all of it served by whoever serves the folder.

Every deployment does, at /reference (`functions/reference.py`): its package has the folder.
"""

import json
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from functions.reference import digest_of
from infra.paths import BUILD, ROOT
from infra.venvs import SetupError

TARGET = BUILD / "reference"
_REDOC = {
    "LICENSE": "redoc.LICENSE.txt",
    "bundles/redoc.standalone.js": "redoc.standalone.js",
    "bundles/redoc.standalone.js.LICENSE.txt": "redoc.standalone.js.LICENSE.txt",
}
_OURS = Path(__file__).parent
_PARTS = ("reference.css", "reference.js", "redoc.standalone.js", "openapi.json")
"""What the page names; each by its digest too, so that a copy may be kept for good."""
ROUTE = "/reference"

# Redoc writes its styles into the page and searches in a worker made of a blob; nothing comes from elsewhere.
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "blob:",
    "base-uri": "'none'",
    "form-action": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in CONTENT_SECURITY_POLICY.items())
    + "; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""What a server of the folder should add. The policy is in the page too, for one that can't."""


def build_reference(target: Path = TARGET, *, root: Path = ROOT, at: str = "") -> Path:
    """Write the page and all it needs into `target`, made anew. Raises SetupError if Redoc is not installed.

    `at` is where the page finds the other files, from where it is shown itself.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, kept_as in _REDOC.items():
        shutil.copyfile(_redoc() / name, target / kept_as)
    for name in ("reference.css", "reference.js"):
        shutil.copyfile(_OURS / name, target / name)
    document = json.loads((root / "docs" / "openapi.json").read_text())
    (target / "openapi.json").write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    (target / "headers.json").write_text(json.dumps(HEADERS))
    policy = "; ".join(f"{name} {value}" for name, value in CONTENT_SECURITY_POLICY.items())
    page = (_OURS / "index.html").read_text().replace("{{content_security_policy}}", policy)
    for name in _PARTS:
        digest = digest_of((target / name).read_bytes())
        page = page.replace(f"{{{{{name}}}}}", f"{at}{name}?v={digest}")
    (target / "index.html").write_text(page)
    return target


def packaged(folder: Path, root: Path) -> dict[str, bytes]:
    """The page as a deployment serves it, by the names that its files have in the package; made in `folder`."""
    name = ROUTE.removeprefix("/")
    build_reference(folder, root=root, at=f"{name}/")
    return {f"{name}/{file.name}": file.read_bytes() for file in folder.iterdir()}


def served_files() -> tuple[str, ...]:
    """What is to be had below ROUTE, the page itself aside."""
    return (*_PARTS, *(name for name in _REDOC.values() if name not in _PARTS))


def redoc_version() -> str:
    return version("drf-spectacular-sidecar")


def _redoc() -> Path:
    """Where pip has put Redoc. Its package is for Django and is not imported."""
    found = find_spec("drf_spectacular_sidecar")
    if found is None or found.origin is None:
        raise SetupError("Redoc is not installed: run 'make setup'")
    return Path(found.origin).parent / "static" / "drf_spectacular_sidecar" / "redoc"
