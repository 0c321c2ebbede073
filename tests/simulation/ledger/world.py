"""A network of three partners on a store that can fail, the servers that run on it, and a client that insists."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from partners.accounts.service import Accounts
from partners.adjustments.service import Adjustments
from partners.adjustments.store import AdjustmentStore
from partners.contracts.service import Contracts
from partners.contracts.store import ContractStore
from partners.payouts.asking import PayoutRequests
from partners.payouts.request_store import PayoutRequestStore
from partners.payouts.service import Payouts
from partners.till.cashback import CashbackTill
from partners.till.holds import Holds
from partners.till.imports import Imports
from partners.till.receipts import ReceiptReturns
from partners.till.returns import Returns
from partners.till.service import Till
from partners.till.sharing import Sharing
from shared.kernel.errors import TesseraError, UnavailableError
from shared.ledger.audit import check_history
from shared.ledger.model import Entry, Place
from shared.ledger.postings import postings
from shared.ledger.service import Ledger
from shared.ledger.store import JournalStore
from shared.members.service import Members
from shared.members.store import MemberStore
from tests.fakes.clock import FakeClock
from tests.fakes.contract_book import new_terms
from tests.fakes.dynamodb import DynamoDBMethods, FakeDynamoDB
from tests.simulation.ledger.faults import Fault, FaultyClient, Point
from tests.support.terms import put_terms
from tests.support.workers import DiedError

ALPHA, BETA, GAMMA = "sim-alpha", "sim-beta", "sim-gamma"
PEPPER = b"5e" * 32
CARD_PREFIX = "9770"
TRIES = 8
PAYOUT_MINIMUM_CENTS = 30
CASHBACK_BPS = 200
"""What alpha gives back of a purchase, besides points."""
SAME_TABLES = {name: name for name in ("ledger", "members", "partners")}
NOT_COMPARED = {"member", "chain", "key_hash", "body_hash", "recent", "replayed"}


@dataclass(frozen=True)
class Server:
    """One process that serves tills: it has just started and remembers nothing."""

    contracts: Contracts
    members: Members
    ledger: Ledger
    till: Till
    holds: Holds
    returns: Returns
    receipt_returns: ReceiptReturns
    cashback: CashbackTill
    sharing: Sharing
    imports: Imports
    adjustments: Adjustments
    accounts: Accounts
    payouts: Payouts
    payout_requests: PayoutRequests
    clock: FakeClock


Act = Callable[[Server, str], Any]
"""What a client asks of a server, under an idempotency key."""


@dataclass(frozen=True)
class Outcome:
    """What the client was told in the end: an answer or a named refusal, as plain values."""

    told: object
    refused: str | None
    replayed: bool

    @property
    def plain(self) -> tuple[str | None, object]:
        return self.refused, self.told


@dataclass(frozen=True)
class Asked:
    """A request as the client lived through it: the outcome and every call that was made for it."""

    outcome: Outcome
    points: tuple[Point, ...]


class Relay(DynamoDBMethods):
    """Passes calls to `target`, the client of the server at work: binding PynamoDB models anew takes long."""

    _request_signer = None

    def __init__(self, target: Any) -> None:
        self.target = target
        self.meta = target.meta
        self.exceptions = target.exceptions

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.target._make_api_call(operation_name, api_params)
        return answer


class World:
    """`inner` is a client of a DynamoDB, `tables` the names of its ledger, members and partners tables."""

    def __init__(self, inner: Any = None, tables: Mapping[str, str] = SAME_TABLES) -> None:
        self.inner = FakeDynamoDB() if inner is None else inner
        self.tables = tables
        self.clock = FakeClock()
        self.client = FaultyClient(self.inner, {real: name for name, real in tables.items()})
        self._checked: list[Any] = []
        self._book = ContractStore(self.client, tables["partners"])
        self._relay = Relay(self.client)
        relay = cast("Any", self._relay)
        self._adjustments = AdjustmentStore(relay, tables["partners"], JournalStore(relay, tables["ledger"]))
        contracts = Contracts(self._book, self.clock)
        for partner, terms in ((ALPHA, {"cashback_bps": CASHBACK_BPS}), (BETA, {}), (GAMMA, {"waiting_days": 14})):
            contracts.create_partner(partner, partner.title(), "USD")
            contracts.open_location(partner, "s1", "Store 1", "UTC", 0)
            put_terms(self.inner, tables["partners"], partner, new_terms(**terms))
        self.warm = Contracts(ContractStore(self.inner, tables["partners"]), self.clock)
        """Contracts that remember much, for servers that have run for a while; what they read anew never fails."""
        for partner in (ALPHA, BETA, GAMMA):
            self.warm.location(partner, "s1")
            self.warm.terms_at(partner, self.clock())

    def server(self, client: Any = None, contracts: Contracts | None = None) -> Server:
        """A server that has just started; it reaches the store through `client`."""
        client = self.client if client is None else client
        self._relay.target = client
        journal = JournalStore(client, self.tables["ledger"])
        profiles = MemberStore(client, self.tables["members"], journal)
        contracts = contracts or Contracts(self._book, self.clock)
        no_wait: Any = {"sleep": lambda _: None, "jitter": lambda: 0.0}
        ledger = Ledger(journal, self.clock, **no_wait)
        members = Members(profiles, journal, self.clock, lambda: PEPPER, CARD_PREFIX, **no_wait)
        till = Till(contracts, members, ledger, self.clock)
        payouts = Payouts(members, ledger, self.clock, PAYOUT_MINIMUM_CENTS)
        asked = PayoutRequestStore(client, self.tables["partners"], journal)
        return Server(
            contracts=contracts,
            members=members,
            ledger=ledger,
            till=till,
            holds=Holds(contracts, members, ledger, self.clock),
            returns=(returns := Returns(contracts, ledger, self.clock)),
            receipt_returns=ReceiptReturns(members, ledger, returns),
            cashback=CashbackTill(contracts, members, ledger, self.clock),
            sharing=Sharing(contracts, members, ledger, self.clock),
            imports=Imports(contracts, till),
            accounts=Accounts(members, ledger, self.clock),
            payouts=payouts,
            payout_requests=PayoutRequests(asked, payouts, members, self.clock),
            adjustments=Adjustments(self._adjustments, contracts, members, ledger, self.clock),
            clock=self.clock,
        )

    def ask(
        self,
        operation: str,
        act: Act,
        key: str,
        plan: Mapping[int, Fault] | None = None,
        before_call: Callable[[int], None] = lambda _: None,
    ) -> Asked:
        """A client sends a request, again with the same key after every failure, until it is told something.

        Calls are numbered from 0 over all its tries; every try reaches a server that has just started.
        """
        self.client.begin(operation, plan or {}, before_call)
        for _ in range(TRIES):
            try:
                outcome = outcome_of(act, self.server(), key)
            except (DiedError, UnavailableError):
                continue
            return Asked(outcome, tuple(self.client.points))
        raise AssertionError(f"{operation}: no answer after {TRIES} tries")

    def meanwhile(self, *acts: Act) -> list[Outcome]:
        """What others are told who are served, without a fault, between two calls of the request under way."""
        told = [outcome_of(act, self.server(self.inner, self.warm), f"k-{number}") for number, act in enumerate(acts)]
        self._relay.target = self.client
        return told

    def history(self, member: str) -> list[Entry]:
        """The member's entries, read without faults."""
        return list(Ledger(JournalStore(self.inner, self.tables["ledger"]), self.clock).history(member))

    def members(self) -> list[str]:
        """All members' numbers; in memory only."""
        return sorted({pk.removeprefix("M#") for pk, _ in self.inner.tables["ledger"]})

    def check_stored(self) -> None:
        """`check_book` on all members, once for every journal met; in memory only."""
        journal = self.inner.tables["ledger"]
        if journal not in self._checked:
            check_book(self.history(number) for number in self.members())
            self._checked.append(dict(journal))

    def snapshot(self) -> Any:
        return {name: dict(rows) for name, rows in self.inner.tables.items()}

    def restore(self, snapshot: Any, now_ms: int) -> None:
        self.inner.tables = {name: dict(rows) for name, rows in snapshot.items()}
        self.clock.now_ms = now_ms


def outcome_of(act: Act, server: Server, key: str) -> Outcome:
    """Raises UnavailableError, on which a client sends the same again."""
    try:
        answer = act(server, key)
    except UnavailableError:
        raise
    except TesseraError as refusal:
        return Outcome(plain(refusal.data), refusal.code, replayed=False)
    return Outcome(plain(answer), None, getattr(answer, "replayed", False))


def plain(value: Any) -> Any:
    """A value as text without what differs from member to member, to be compared between runs."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [field.name for field in dataclasses.fields(value) if field.name not in NOT_COMPARED]
        return {name: plain(getattr(value, name)) for name in fields}
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, str) and value.replace("-", "").isdigit():
        return f"…{value[10:]}" if len(value) != 16 else "a card"
    return value


def check_book(histories: Iterable[list[Entry]]) -> None:
    """Every history holds, no key has two effects, the books balance for every issuer, and links have two ends."""
    on_the_way: Counter[tuple[str, str]] = Counter()
    followers, following = set(), set()
    for history in histories:
        assert check_history(history) == len(history)
        assert max(Counter(entry.key_hash for entry in history).values()) == 1, "a key took effect twice"
        for entry in history:
            sums: Counter[tuple[str, str]] = Counter()
            for leg in postings(entry):
                sums[leg.issuer, leg.unit] += leg.quantity
                if leg.account.startswith(Place.TRANSFER):
                    on_the_way[leg.issuer, leg.unit] += leg.quantity
            assert not any(sums.values()), f"{entry.entry_id} does not balance"
        account = history[-1].account
        followers |= {(one.member, one.seq, account.member) for one in account.followers}
        following |= {(account.member, account.seq, account.follows)} if account.follows else set()
    assert not any(on_the_way.values()), "one account gave what no other took"
    assert followers == following, "one account follows another that does not know it, or the other way round"
