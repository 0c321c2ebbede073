"""Runs the emulator so that all processes of its functions share one unpacked copy of each zip.

`python -I emulator.py`, with the Python that has ministack. By itself it unpacks code and layers anew for every process
that it starts: five thousand files, of which the process then compiles again what it imports. As on AWS, no function
writes beside its code, so here the folder of each process is a link to the one copy, and what one compiled serves all.
"""

import hashlib
import os
import tempfile
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.app import main
from ministack.core import lambda_runtime

_unpacking = threading.Lock()


class SharedArchive(zipfile.ZipFile):
    """Unpacks once for all, in the scratch folder of the emulator, and leaves links to that."""

    def extractall(self, path: str | os.PathLike[str] | None = None, members: Any = None, pwd: Any = None) -> None:
        if path is None or members is not None or pwd is not None:
            raise NotImplementedError("only whole archives are shared, and only into a folder")
        target = Path(path)
        target.rmdir()
        target.symlink_to(self._shared(), target_is_directory=True)

    def _shared(self) -> Path:
        with Path(str(self.filename)).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        shared = Path(tempfile.gettempdir(), "unpacked", digest)
        with _unpacking:
            if not shared.exists():
                unfinished = shared.with_suffix(".unfinished")
                super().extractall(unfinished)
                unfinished.rename(shared)
        return shared


if __name__ == "__main__":
    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": SharedArchive})
    main()
