"""Form bodies as Stripe reads them: `items[0][price]=p` is `{"items": {"0": {"price": "p"}}}`."""

import re
from typing import Any
from urllib.parse import parse_qsl

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def decode(text: str) -> dict[str, Any]:
    """Raises ValueError for a key that does not read."""
    tree: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)):
        match = _KEY.fullmatch(key)
        if match is None:
            raise ValueError(f"the key {key!r} does not read")
        *branches, leaf = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        node = tree
        for branch in branches:
            node = node.setdefault(branch, {})
        node[leaf or str(len(node))] = value
    return tree
