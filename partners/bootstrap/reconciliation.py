"""A partner's own lines against ours, and the cases that come of it."""

from functools import cached_property
from typing import TYPE_CHECKING

from partners.bootstrap.settlement import Settlement
from shared.kernel.aws import s3_bulk_client, s3_client, sqs_client

if TYPE_CHECKING:
    from partners.cases.model import Case
    from partners.cases.service import Cases
    from partners.reconciliation.comparing import Comparing
    from partners.reconciliation.disputes import Disputes
    from partners.reconciliation.service import Reconciliations


class Reconciliation(Settlement):
    @cached_property
    def cases(self) -> "Cases":
        from partners.cases.corrections import Corrections
        from partners.cases.service import Cases
        from partners.cases.store import CaseStore

        book = CaseStore(self._dynamodb, self.settings.settlement_table)
        corrections = Corrections(self.adjustments, self.ledger, self.members, self._clock)
        return Cases(book, self.contracts, self.windows, corrections, self._tell_of_case, self._clock)

    @cached_property
    def reconciliations(self) -> "Reconciliations":
        from partners.reconciliation.bucket_gateway import ReconciliationBucket
        from partners.reconciliation.queue_gateway import ComparisonQueue
        from partners.reconciliation.service import Reconciliations
        from partners.reconciliation.store import ReconciliationStore

        book = ReconciliationStore(self._dynamodb, self.settings.settlement_table)
        files = ReconciliationBucket(s3_client(self.settings.region), self.settings.records_bucket)
        queue = ComparisonQueue(sqs_client(self.settings.region), self.settings.reconciliation_queue_url)
        return Reconciliations(book, files, queue, self.windows, self.lake, self._clock)

    @cached_property
    def comparing(self) -> "Comparing":
        from partners.reconciliation.bucket_gateway import ReconciliationBucket
        from partners.reconciliation.comparing import Comparing
        from partners.reconciliation.store import ReconciliationStore

        book = ReconciliationStore(self._dynamodb, self.settings.settlement_table)
        files = ReconciliationBucket(s3_bulk_client(self.settings.region), self.settings.records_bucket)
        return Comparing(book, files, self.windows, self.lake, self._clock)

    @cached_property
    def disputes(self) -> "Disputes":
        from partners.reconciliation.disputes import Disputes

        return Disputes(self.reconciliations, self.cases)

    def _tell_of_case(self, case: "Case") -> None:
        from partners.webhooks.events import case_updated

        self.telling.tell_and_keep(case.partner_id, [case_updated(case)])
