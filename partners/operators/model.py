"""Operators and what they may do."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from partners.operators.errors import InvalidOperatorError

OPERATOR_ID = re.compile(r"[a-z][a-z0-9-]{1,19}")
"""The journal writes an operator where an entry has its location, so the two are of one length."""
NAME_CHARACTERS = 80
MOST_CREDENTIALS = 2
DEFAULT_TOKEN_SECONDS = 3_600
LONGEST_TOKEN_SECONDS = 12 * 3_600
SHORTEST_TOKEN_SECONDS = 60


class Role(StrEnum):
    """What an operator may do.

    A viewer reads; so does everyone else. A settler does the day's work that moves points and money, an approver
    is the second person for what one may not do alone, an admin manages partners, keys and operators.
    """

    VIEWER = "viewer"
    SETTLER = "settler"
    APPROVER = "approver"
    ADMIN = "admin"


ALL_ROLES = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who works for the network. Times in epoch milliseconds.

    A token opened before `tokens_from_ms` is void. `asked_roles` are to be the roles once another admin than
    `asked_by` asks for the same. Raises InvalidOperatorError.
    """

    operator_id: str
    name: str
    roles: frozenset[Role]
    created_at_ms: int
    disabled_at_ms: int | None = None
    tokens_from_ms: int = 0
    version: int = 1
    asked_roles: frozenset[Role] | None = None
    asked_by: str | None = None

    def __post_init__(self) -> None:
        if not OPERATOR_ID.fullmatch(self.operator_id):
            raise InvalidOperatorError(
                "An operator's id has 2 to 20 of a-z, 0-9 and '-', and begins with a letter.",
                operator_id=self.operator_id[:80],
            )
        if not 1 <= len(self.name) <= NAME_CHARACTERS or self.name != self.name.strip() or not self.name.isprintable():
            raise InvalidOperatorError(f"A name has 1 to {NAME_CHARACTERS} printable characters.")
        if not self.roles:
            raise InvalidOperatorError("An operator has at least one role; a viewer only reads.")

    def with_roles(self, roles: frozenset[Role], by: str) -> "Operator":
        """The operator after the admin `by` has asked for these roles and no others.

        What is taken counts at once, and so does reading, which every operator may. What else is given waits until a
        second admin asks for the same: else one admin could make a second person of anyone.
        """
        given = roles - self.roles - {Role.VIEWER}
        if given and (self.asked_roles != roles or self.asked_by == by):
            kept = (roles & self.roles) or frozenset({Role.VIEWER})
            return replace(self, roles=kept, asked_roles=roles, asked_by=by)
        return replace(self, roles=roles, asked_roles=None, asked_by=None)
