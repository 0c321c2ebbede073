"""Files of lines in memory: one is there when all of it was written."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from partners.settlement.statements.files import LinesForm, Write, lines_key


class FakeLinesFiles:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    @contextmanager
    def writing(self, partner_id: str, window: int, form: LinesForm) -> Iterator[Write]:
        content = bytearray()
        yield content.extend
        self.files[lines_key(partner_id, window, form)] = zlib.compress(bytes(content), wbits=31)

    def link(self, partner_id: str, window: int, form: LinesForm, seconds: int) -> str:
        return f"https://records.example.com/{lines_key(partner_id, window, form)}?expires={seconds}"

    def text(self, partner_id: str, window: int, form: LinesForm = LinesForm.JSONL) -> str:
        return zlib.decompress(self.files[lines_key(partner_id, window, form)], wbits=31).decode()
