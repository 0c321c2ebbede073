"""What the journal's stream is posted into, and what is read from there."""

from functools import cached_property
from typing import TYPE_CHECKING

from partners.bootstrap.connectors import Connectors
from shared.kernel.aws import sqs_client

if TYPE_CHECKING:
    from partners.visits.posting import Posting
    from partners.visits.service import Pages
    from partners.visits.tracing import Tracing


class PagesOfDays(Connectors):
    @cached_property
    def pages(self) -> "Pages":
        from partners.visits.service import Pages
        from partners.visits.store import PageStore

        return Pages(PageStore(self._dynamodb, self.settings.pages_table))

    @cached_property
    def tracing(self) -> "Tracing":
        from partners.visits.tracing import Tracing

        return Tracing(self.ledger)

    @cached_property
    def posting(self) -> "Posting":
        from partners.visits.dead_letter_gateway import DeadLetterGateway
        from partners.visits.posting import Posting
        from partners.visits.store import PageStore

        pages = PageStore(self._dynamodb, self.settings.pages_table)
        dead_letters = DeadLetterGateway(sqs_client(self.settings.region), self.settings.posting_dead_letter_url)
        return Posting(pages, dead_letters, self._clock)
