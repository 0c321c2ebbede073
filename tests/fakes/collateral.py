"""Partners of which so much is held that no default asks for more, and the two people who agree on one."""

from partners.settlement.payments import defaults
from partners.settlement.payments.defaulting import Collateral, Defaults
from partners.settlement.payments.model import Default, PaidSettlement
from partners.settlement.payments.service import SettlementPayments


class HeldOfAll:
    def taking(self, partner_id: str, settlement: str, currency: str, cents: int) -> tuple[()]:
        del partner_id, settlement, currency, cents
        return ()


def desk_of(payments: SettlementPayments, held: Collateral | None = None) -> Defaults:
    return Defaults(payments, held or HeldOfAll(), payments._deposits, payments._clock)


def default_by_two(
    payments: SettlementPayments,
    window: int,
    currency: str,
    party: str,
    collateral_cents: int = 0,
    held: Collateral | None = None,
    write_off_cents: int = 0,
) -> PaidSettlement:
    """Ann proposes it, bob approves."""
    desk = desk_of(payments, held)
    wanted = Default(party, collateral_cents, "ann", write_off_cents=write_off_cents)
    number = _latest(desk.propose(window, currency, wanted, "no answer"), party)
    return desk.approve(window, currency, party, number, "seen at the bank", "bob")


def default_of_two(one: PaidSettlement, party: str, collateral_cents: int, at_ms: int) -> PaidSettlement:
    """The same, of a settlement that is stored nowhere."""
    proposed = defaults.proposed(one, Default(party, collateral_cents, "ann"), "no answer", at_ms)
    return defaults.approved(proposed, party, _latest(proposed, party), "bob", "seen at the bank", at_ms)


def _latest(one: PaidSettlement, party: str) -> int:
    proposal = defaults.of_party(one, party).proposal
    return 1 if proposal is None else proposal.number
