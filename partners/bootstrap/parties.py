"""Who may do what: partners, their terms and keys, operators and the trail of what they changed."""

from functools import cached_property
from typing import TYPE_CHECKING

from partners.bootstrap.deployment import Deployment
from shared.kernel.aws import apigateway_client

if TYPE_CHECKING:
    from partners.access.limit_service import UsagePlans
    from partners.access.service import Access
    from partners.contracts.agreements import Agreements
    from partners.contracts.service import Contracts
    from partners.funding.deposits import Deposits
    from partners.funding.service import FundingService
    from partners.operators.service import Operators
    from partners.settlement.payments.collateral import Collaterals
    from partners.trail.service import Trail


class Parties(Deployment):
    @cached_property
    def contracts(self) -> "Contracts":
        from partners.contracts.service import Contracts
        from partners.contracts.store import ContractStore

        return Contracts(ContractStore(self._dynamodb, self.settings.partners_table), self._clock)

    @cached_property
    def agreements(self) -> "Agreements":
        from partners.contracts.agreement_store import AgreementStore
        from partners.contracts.agreements import Agreements

        book = AgreementStore(self._dynamodb, self.settings.partners_table)
        return Agreements(book, self.contracts, self._clock)

    @cached_property
    def funding(self) -> "FundingService":
        from partners.funding.meter import Meter
        from partners.funding.service import FundingService
        from partners.funding.store import FundingStore
        from partners.visits.store import PageStore

        book = FundingStore(self._dynamodb, self.settings.partners_table)
        meter = Meter(book, PageStore(self._dynamodb, self.settings.pages_table), self._clock)
        return FundingService(book, meter, self.contracts, self.deposits, self._clock)

    @cached_property
    def deposits(self) -> "Deposits":
        from partners.funding.deposit_store import DepositStore
        from partners.funding.deposits import Deposits
        from partners.funding.store import FundingStore
        from partners.settlement.payments.store import PaymentStore

        table = self.settings.settlement_table
        return Deposits(
            DepositStore(self._dynamodb, table),
            PaymentStore(self._dynamodb, table),
            FundingStore(self._dynamodb, self.settings.partners_table),
            self.contracts,
            self.collateral,
        )

    @cached_property
    def collateral(self) -> "Collaterals":
        from partners.settlement.payments.agreed_store import CollateralStore
        from partners.settlement.payments.collateral import Collaterals

        book = CollateralStore(self._dynamodb, self.settings.settlement_table)
        return Collaterals(book, self.contracts, self._clock)

    @cached_property
    def access(self) -> "Access":
        from partners.access.service import Access
        from partners.access.store import KeyStore

        keys = KeyStore(self._dynamodb, self.settings.partners_table)
        return Access(keys, self.contracts, self._clock, self._random, live=self.settings.key_mode == "live")

    @cached_property
    def usage_plans(self) -> "UsagePlans":
        from partners.access.limit_service import UsagePlans
        from partners.access.limit_store import LimitStore
        from partners.access.store import KeyStore
        from partners.access.usage_plan_gateway import UsagePlanGateway

        counts = bool(self.settings.shared_usage_key)
        return UsagePlans(
            LimitStore(self._dynamodb, self.settings.partners_table),
            KeyStore(self._dynamodb, self.settings.partners_table),
            self.contracts,
            UsagePlanGateway(apigateway_client(self.settings.region), self.settings.stage) if counts else None,
            self._clock,
            self._random,
        )

    @cached_property
    def trail(self) -> "Trail":
        from partners.trail.service import Trail
        from partners.trail.store import TrailStore

        return Trail(TrailStore(self._dynamodb, self.settings.trail_table), self._clock)

    @cached_property
    def operators(self) -> "Operators":
        from partners.operators.service import Operators
        from partners.operators.store import OperatorStore

        book = OperatorStore(self._dynamodb, self.settings.partners_table)
        return Operators(book, self.access, self._clock)
