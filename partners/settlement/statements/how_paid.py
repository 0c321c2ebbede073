"""How and when what a statement comes to is paid, in words. Pure."""

from partners.contracts.payment import PaymentMethod
from partners.settlement.statements.model import Statement, Way
from shared.kernel.clock import utc_day

_OWED_TO_YOU = {
    PaymentMethod.BANK_FILE: "The network transfers it to your bank account.",
    PaymentMethod.STRIPE: "The network transfers it to your account at Stripe.",
    PaymentMethod.BY_HAND: "The network pays it as it has agreed with you.",
}
_OWED_BY_YOU = {
    PaymentMethod.BANK_FILE: "The network collects it from your bank account by direct debit; it needs nothing of you.",
    PaymentMethod.STRIPE: "By the invoice that Stripe sends you.",
    PaymentMethod.BY_HAND: "You pay it as you have agreed with the network; nothing is collected by itself.",
}
_CHARGED = "Through Stripe, which charges it to what you have agreed on there; it needs nothing of you."
_DEPOSIT_FIRST = "From your deposit, as far as that goes. What is left then: "


def how(statement: Statement, way: Way) -> str:
    """By which means the net position of the period is paid."""
    if statement.net_cents == 0:
        return "Nothing is to be paid of this period."
    if statement.net_cents > 0:
        return _OWED_TO_YOU[way.method]
    means = _CHARGED if way.method is PaymentMethod.STRIPE and way.charged else _OWED_BY_YOU[way.method]
    return f"{_DEPOSIT_FIRST}{means[0].lower()}{means[1:]}" if way.deposit_first else means


def when(statement: Statement, way: Way) -> str:
    """As receivables have it: what a partner owes is due from when it is first collected."""
    if statement.net_cents == 0:
        return ""
    if statement.net_cents > 0:
        return "Once what others owe for this period has been collected."
    if way.due_at_ms is None:
        return "It is due from the day on which it is first collected, which had not been when this was issued."
    return f"Since {utc_day(way.due_at_ms)} (UTC), when it was first collected."
