"""A partner that grants and honours, pages that hold it, and the measure of what it owes."""

from itertools import count

from partners.contracts.payment import Funding
from partners.contracts.service import Contracts
from partners.contracts.standing import FundingStanding
from partners.funding.meter import Meter
from partners.funding.service import FundingService
from partners.visits.model import Chain, Delivered, Line, Share
from partners.visits.paging import page_of, redriven_page
from shared.kernel.clock import utc_day
from shared.ledger.model import Op
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import FakeContractBook, agree, new_terms
from tests.fakes.deposits import NothingPaidIn
from tests.fakes.funding_book import FakeFundingBook
from tests.fakes.page_book import FakePageBook

ISSUE_MICROS = 10_000
"""A point granted costs a cent, one honoured pays a cent: figures can be counted on fingers."""
HARVEST = "harvest"
_numbers = count(1)


def line(issued: int = 0, honoured: int = 0, now_ms: int = 0) -> Line:
    """So many points granted by harvest, or honoured that another partner granted."""
    return Line(
        entry_id=f"0000000001-{next(_numbers)}",
        op=Op.EARN if issued else Op.REDEEM,
        location="s1",
        receipt=None,
        recorded_at_ms=now_ms,
        occurred_at_ms=now_ms,
        currency="USD",
        amount_cents=None,
        points=issued or honoured,
        value_cents=None,
        price_micros=ISSUE_MICROS,
        issued=issued,
        owed=0,
        honoured=(Share("other", honoured),) if honoured else (),
        adjusted=(),
        expired=(),
        written_off=(),
        cashback_cents=None,
        cash=(),
        visit=True,
    )


class FundedPartner:
    """`harvest` under `funding`; what it does is posted at once."""

    def __init__(self, funding: Funding, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.contract_book = FakeContractBook()
        self.contracts = Contracts(self.contract_book, self.clock)
        self.contracts.create_partner(HARVEST, "Harvest", "USD")
        terms = {"issue_price_micros": ISSUE_MICROS, "redeem_price_micros": ISSUE_MICROS}
        agree(self.contracts, HARVEST, new_terms(funding=funding, **terms))
        self.pages = FakePageBook()
        self.book = FakeFundingBook(self.contract_book)
        self.funding = self.server()
        self._sequence = count(1)

    def server(self) -> FundingService:
        """Another one that measures, on the same stores."""
        meter = Meter(self.book, self.pages, self.clock)
        return FundingService(self.book, meter, self.contracts, NothingPaidIn(), self.clock)

    def till(self) -> Contracts:
        """A server of tills, with a memory of its own."""
        return Contracts(self.contract_book, self.clock)

    def post(self, *lines: Line, shard: str = "shard-a", day: str | None = None) -> None:
        chain = Chain(HARVEST, day or utc_day(self.clock()), shard)
        end = self.pages.covered(chain)
        items = [Delivered(f"{next(self._sequence):040d}", chain, one) for one in lines]
        self.pages.add(page_of(chain, end, items[-1].sequence, items))

    def post_by_hand(self, one: Line, day: str) -> None:
        self.pages.add(redriven_page(Delivered(f"{next(self._sequence):040d}", Chain(HARVEST, day, "shard-a"), one)))

    def grant(self, points: int) -> None:
        self.post(line(issued=points, now_ms=self.clock()))

    def honour(self, points: int) -> None:
        self.post(line(honoured=points, now_ms=self.clock()))

    def pay(self, cents: int, key: str = "") -> FundingStanding:
        self.clock.advance(ms=1)
        self.funding.record("ann", key or f"k{next(_numbers)}", HARVEST, cents, "USD", "deposit")
        found = self.contracts.standing_now(HARVEST)
        assert found is not None
        return found

    def measure(self) -> FundingStanding:
        return self.funding.measure(HARVEST)
