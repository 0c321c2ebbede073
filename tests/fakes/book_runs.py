"""The table of books in memory."""

from partners.books.model import Count
from partners.books.work import Run
from tests.fakes.runs import FakeRunBook


class FakeBookRuns(FakeRunBook[Run, Count]):
    def __init__(self) -> None:
        super().__init__(ended=lambda run: run.digest is not None)
        self.documents: dict[str, bytes] = {}

    def put_document(self, run_id: str, digest: str, document: bytes) -> None:
        del run_id
        self.documents[digest] = document

    def document(self, run_id: str, digest: str) -> bytes:
        del run_id
        return self.documents[digest]
