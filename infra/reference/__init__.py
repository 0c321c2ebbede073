"""The API's reference page: Redoc over docs/openapi.json, all of it served by whoever serves the folder."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from infra.paths import BUILD, ROOT
from infra.venvs import SetupError

TARGET = BUILD / "reference"
_REDOC = {
    "LICENSE": "redoc.LICENSE.txt",
    "bundles/redoc.standalone.js": "redoc.standalone.js",
    "bundles/redoc.standalone.js.LICENSE.txt": "redoc.standalone.js.LICENSE.txt",
}
_OURS = Path(__file__).parent

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
    "Cache-Control": "no-cache",
}
"""What a server of the folder should add. The policy is in the page too, for one that can't."""


def build_reference(target: Path = TARGET) -> Path:
    """Write the page and all it needs into `target`, made anew. Raises SetupError if Redoc is not installed."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, kept_as in _REDOC.items():
        shutil.copyfile(_redoc() / name, target / kept_as)
    for name in ("reference.css", "reference.js"):
        shutil.copyfile(_OURS / name, target / name)
    shutil.copyfile(ROOT / "docs" / "openapi.json", target / "openapi.json")
    policy = "; ".join(f"{name} {value}" for name, value in CONTENT_SECURITY_POLICY.items())
    page = (_OURS / "index.html").read_text().replace("{{content_security_policy}}", policy)
    (target / "index.html").write_text(page)
    return target


def _redoc() -> Path:
    """Where pip has put Redoc. Its package is for Django and is not imported."""
    found = find_spec("drf_spectacular_sidecar")
    if found is None or found.origin is None:
        raise SetupError("Redoc is not installed: run 'make setup'")
    return Path(found.origin).parent / "static" / "drf_spectacular_sidecar" / "redoc"
