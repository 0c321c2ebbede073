"""As much of curl as the documentation uses, for machines without it: `python curl.py LOG [-s] [-X …] [-H …] … URL`.

Prints the body, and adds a line of JSON to LOG.
"""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any


def asked(words: list[str]) -> urllib.request.Request:
    """The request that the words of a command ask for."""
    headers: dict[str, str] = {}
    url, method, body = "", None, None
    rest = iter(words)
    for word in rest:
        if word == "-H":
            name, value = next(rest).split(": ", 1)
            headers[name] = value
        elif word == "-X":
            method = next(rest)
        elif word == "-d":
            method, body = method or "POST", next(rest).encode()
        elif word == "-T":
            # urllib would name a media type, which a signed link does not allow for.
            headers["Content-Type"] = ""
            method, body = "PUT", Path(next(rest)).read_bytes()
        elif word != "-s":
            url = word
    return urllib.request.Request(url, body, headers, method=method)


def main(log: str, *words: str) -> None:
    request = asked(list(words))
    try:
        answer: Any = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as refused:
        answer = refused
    body = answer.read().decode()
    seen = {"method": request.get_method(), "url": request.full_url, "status": answer.status, "body": body}
    with Path(log).open("a") as lines:
        lines.write(json.dumps({**seen, "replayed": answer.headers.get("Idempotency-Replayed")}) + "\n")
    sys.stdout.write(body)


if __name__ == "__main__":
    main(*sys.argv[1:])
