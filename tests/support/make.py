"""As much of make as the documentation has operators use, at a local cloud: `python make.py URL operator-key STAGE=…`.

It runs what the Makefile runs, but for `--endpoint` in the place of `--stage`.
"""

import shlex
import sys

from infra import operator_key


def main(endpoint: str, target: str, *variables: str) -> None:
    given = dict(word.split("=", 1) for word in variables)
    assert (target, "STAGE" in given) == ("operator-key", True), f"make {target} is not known here"
    operator_key.main(["--endpoint", endpoint, *shlex.split(given.get("ARGS", ""))])


if __name__ == "__main__":
    main(*sys.argv[1:])
