"""`python -m infra.api_docs`: writes what the code says of the API into `docs/` and into the Python client.

That is docs/openapi.json, the table of errors in docs/api.md between its two markers, and what
infra/client_code.py makes of the document.
"""

from app import app
from chalicelib.openapi import document, document_text
from chalicelib.openapi_errors import errors_of
from chalicelib.operations import operations_of
from chalicelib.problems import status_of
from infra.client_code import CLIENT, client_files
from infra.gateway_errors import GATEWAY_ERRORS
from infra.paths import ROOT

OPENAPI = ROOT / "docs" / "openapi.json"
GUIDE = ROOT / "docs" / "api.md"
BEGIN = "<!-- errors: written by python -m infra.api_docs -->\n"
END = "<!-- end of errors -->\n"


def error_table() -> str:
    """Every code that the API or its gateway can answer, by status and name, as a Markdown table."""
    rows = {(error.status, error.code, error.title) for error in GATEWAY_ERRORS}
    for operation in operations_of(app):
        rows |= {(status_of(error), error.code, error.title) for error in errors_of(operation)}
    lines = [f"| {status} | `{code}` | {title} |" for status, code, title in sorted(rows)]
    return "\n".join(["| status | code | meaning |", "| --- | --- | --- |", *lines]) + "\n"


def guide_with_table(guide: str) -> str:
    """The guide with a current table. Raises ValueError if a marker is missing."""
    before, rest = guide.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + error_table() + END + after


def main() -> None:
    OPENAPI.write_text(document_text(app))
    GUIDE.write_text(guide_with_table(GUIDE.read_text()))
    for name, text in client_files(document(app)).items():
        (CLIENT / name).write_text(text)


if __name__ == "__main__":
    main()
