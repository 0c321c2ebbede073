"""The rule of two people: whoever proposed can't approve."""

from partners.contracts.errors import SecondPersonNeededError


def check_second_person(proposed_by: str, decided_by: str, proposal_id: str) -> None:
    """Raises SecondPersonNeededError if whoever decides is whoever proposed."""
    if proposed_by == decided_by:
        raise SecondPersonNeededError(proposal_id)
