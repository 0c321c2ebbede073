"""Foreign systems' events, turned into the till's commands."""

from functools import cached_property
from typing import TYPE_CHECKING

from partners.bootstrap.till import Tills
from shared.kernel.aws import kms_client, s3_client, sqs_client

if TYPE_CHECKING:
    from partners.connectors.bucket_gateway import BucketGateway
    from partners.connectors.folders import Folders
    from partners.connectors.intake import Intake
    from partners.connectors.line_gateway import LineGateway
    from partners.connectors.originals import Originals
    from partners.connectors.received import ReceivedEvents
    from partners.connectors.service import Connections
    from partners.connectors.store import ConnectorStore
    from partners.connectors.unmapped import Unmapped
    from partners.connectors.working import Work
    from shared.kernel.vault_gateway import VaultGateway


class Connectors(Tills):
    @cached_property
    def connections(self) -> "Connections":
        from partners.connectors.service import Connections

        return Connections(self._connector_book, self._vault, self.contracts, self._clock, self._random)

    @cached_property
    def intake(self) -> "Intake":
        from partners.connectors.intake import Intake

        return Intake(
            self._connector_book,
            self._connector_line,
            self._received_events,
            self.original_events,
            self.contracts,
            self._clock,
        )

    @cached_property
    def original_events(self) -> "Originals":
        from partners.connectors.originals import Originals

        return Originals(self._connector_bucket, self.connections, days=self.settings.original_event_days)

    @cached_property
    def unmapped(self) -> "Unmapped":
        from partners.connectors.unmapped import Unmapped

        return Unmapped(
            self._connector_book, self.connections, self._connector_line, self._received_events, self._clock
        )

    @cached_property
    def folders(self) -> "Folders":
        from partners.connectors.folders import Folders

        return Folders(self.connections, self._connector_bucket, self.contracts, self._clock)

    @cached_property
    def connector_work(self) -> "Work":
        from partners.connectors.commands import Commands
        from partners.connectors.files import Files
        from partners.connectors.line_cards import LineCards
        from partners.connectors.working import Work

        book, made_under = self._connector_book, self.receipt_returns.made_under
        cards = LineCards(book, made_under, self._clock, self._random)
        return Work(
            book,
            Commands(book, self.till, self.returns, made_under, self._clock, self._random),
            Files(self._connector_bucket, cards, self.till, self.receipt_returns).record,
            self._received_events.told_anew,
            self._clock,
            live=self.settings.key_mode == "live",
        )

    @cached_property
    def _connector_book(self) -> "ConnectorStore":
        from partners.connectors.store import ConnectorStore

        return ConnectorStore(self._dynamodb, self.settings.connectors_table)

    @cached_property
    def _connector_line(self) -> "LineGateway":
        from partners.connectors.line_gateway import LineGateway

        settings = self.settings
        return LineGateway(
            sqs_client(settings.region), settings.connectors_queue_url, settings.connector_files_queue_url
        )

    @cached_property
    def _connector_bucket(self) -> "BucketGateway":
        from partners.connectors.bucket_gateway import BucketGateway

        settings = self.settings
        return BucketGateway(s3_client(settings.region), settings.connectors_bucket, settings.connectors_key_id)

    @cached_property
    def _received_events(self) -> "ReceivedEvents":
        from partners.connectors.received import ReceivedEvents

        return ReceivedEvents(self._connector_bucket, self._vault, self._clock)

    @cached_property
    def _vault(self) -> "VaultGateway":
        from shared.kernel.vault_gateway import VaultGateway

        return VaultGateway(kms_client(self.settings.region), self.settings.connectors_key_id)
