"""Where the product's source calls DynamoDB, found by reading it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from infra.paths import ROOT
from shared.kernel.aws import transacted, unmet_conditions

CLIENT_METHODS = frozenset(
    {
        "batch_execute_statement",
        "batch_get_item",
        "batch_write_item",
        "delete_item",
        "execute_statement",
        "execute_transaction",
        "get_item",
        "get_paginator",
        "put_item",
        "query",
        "scan",
        "transact_get_items",
        "transact_write_items",
        "update_item",
    }
)
TRANSACTING = frozenset({transacted.__name__, unmet_conditions.__name__})
MODEL_METHODS = frozenset(
    {"batch_get", "batch_write", "count", "delete", "get", "query", "refresh", "save", "scan", "update"}
)
"""Methods of a PynamoDB model; looked for only in files that use PynamoDB."""


def call_sites() -> set[str]:
    """Every function of the product that calls DynamoDB, as `path: Class.function`."""
    rooms = (ROOT / room for room in ("shared", "partners", "chalicelib", "functions"))
    return {site for room in rooms for path in sorted(room.rglob("*.py")) for site in _sites(path)}


def _sites(path: Path) -> Iterator[str]:
    source = path.read_text()
    models = "from pynamodb.models" in source
    for name, function in _functions(ast.parse(source), ""):
        if path == ROOT / "shared/kernel/aws.py" and name in TRANSACTING:
            # Whoever has it carry out a transaction makes the call.
            continue
        nodes = list(ast.walk(function))
        called = [node.func for node in nodes if isinstance(node, ast.Call)]
        if (
            any(isinstance(node, ast.Attribute) and _is_of_client(node) for node in nodes)
            or any(isinstance(one, ast.Name) and one.id in TRANSACTING for one in called)
            or (models and any(_is_of_model(one) for one in called))
        ):
            yield f"{path.relative_to(ROOT)}: {name}"


def _is_of_client(method: ast.Attribute) -> bool:
    """Called or handed on: who hands it to the loop over pages makes the call."""
    return method.attr in CLIENT_METHODS and "client" in ast.unparse(method.value).lower()


def _is_of_model(called: ast.expr) -> bool:
    if not isinstance(called, ast.Attribute) or called.attr not in MODEL_METHODS:
        return False
    owner = ast.unparse(called.value)
    return owner.startswith("self._") or owner == "row"


def _functions(tree: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node
