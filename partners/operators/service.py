"""Bringing operators in, their roles and credentials, and the tokens they work with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from partners.access.errors import InvalidKeyError, UnknownKeyError
from partners.access.model import ApiKey, IssuedKey, Scope
from partners.access.service import Access
from partners.contracts.model import NETWORK
from partners.contracts.two_people import check_second_person
from partners.operators.errors import (
    CredentialNotReplacedError,
    CredentialWaitsError,
    OperatorDisabledError,
    OperatorExistsError,
    OwnRightsError,
    TooManyCredentialsError,
    UnknownOperatorError,
)
from partners.operators.model import MOST_CREDENTIALS, Operator, Role
from shared.kernel.clock import Clock
from shared.kernel.errors import StoreUnavailableError

ATTEMPTS = 5


class OperatorBook(Protocol):
    """What operators need of their store; see `partners.operators.store.OperatorStore`."""

    def add(self, operator: Operator) -> bool: ...

    def get(self, operator_id: str) -> Operator | None: ...

    def all(self) -> list[Operator]: ...

    def change(self, operator: Operator) -> bool: ...


class Operators:
    """Use cases of operators. `by` is the id of the operator who asks. All may raise StoreUnavailableError."""

    def __init__(self, book: OperatorBook, access: Access, clock: Clock) -> None:
        self._book = book
        self._access = access
        self._clock = clock

    def add(self, operator_id: str, name: str, roles: frozenset[Role]) -> Operator:
        """Bring an operator in; the same again is a success. Raises InvalidOperatorError, OperatorExistsError."""
        operator = Operator(operator_id, name, roles, self._clock())
        if self._book.add(operator):
            return operator
        existing = self.get(operator_id)
        if (existing.name, existing.roles) != (name, roles):
            raise OperatorExistsError(operator_id)
        return existing

    def get(self, operator_id: str) -> Operator:
        """Raises UnknownOperatorError."""
        operator = self._book.get(operator_id)
        if operator is None:
            raise UnknownOperatorError(operator_id)
        return operator

    def all(self) -> list[Operator]:
        """All operators, by id."""
        return sorted(self._book.all(), key=lambda one: one.operator_id)

    def set_roles(self, by: str, operator_id: str, roles: frozenset[Role]) -> Operator:
        """Give another operator these roles and no others; more than it has, once a second admin asks for the same.

        Raises UnknownOperatorError, OwnRightsError, InvalidOperatorError.
        """
        return self._changed(self._other(by, operator_id), lambda one: one.with_roles(roles, by))

    def disable(self, by: str, operator_id: str) -> Operator:
        """Shut another operator out, tokens and credentials included; again is a success and keeps the first time.

        Raises UnknownOperatorError, OwnRightsError.
        """
        now_ms = self._clock()

        def disabled(one: Operator) -> Operator:
            first_ms = now_ms if one.disabled_at_ms is None else one.disabled_at_ms
            return replace(one, disabled_at_ms=first_ms, tokens_from_ms=now_ms + 1)

        return self._changed(self._other(by, operator_id), disabled)

    def enable(self, by: str, operator_id: str) -> Operator:
        """Let another operator in again. Raises UnknownOperatorError, OwnRightsError."""
        return self._changed(self._other(by, operator_id), lambda one: replace(one, disabled_at_ms=None))

    def issue_credential(
        self, operator_id: str, *, expires_at_ms: int | None = None, by: str | None = None
    ) -> IssuedKey:
        """A credential with which the operator gets tokens; MOST_CREDENTIALS in use, for rotation.

        Who issues one to another sees its text, and would be two people with it. So it signs nobody in: it can be
        replaced, by one that its owner alone has seen, and that one signs in once a third operator has confirmed it.
        None stands for who has the AWS account's rights.

        Raises UnknownOperatorError, OperatorDisabledError, TooManyCredentialsError, InvalidKeyRequestError.
        """
        operator = self._enabled(operator_id)

        def one_more() -> None:
            now_ms = self._clock()
            if sum(key.usable_at(now_ms) for key in self.credentials(operator_id)) >= MOST_CREDENTIALS:
                raise TooManyCredentialsError(operator_id, MOST_CREDENTIALS)

        return self._access.issue_credential(operator.operator_id, one_more, expires_at_ms, issued_by=by)

    def credentials(self, operator_id: str) -> list[ApiKey]:
        """All credentials of an operator, in the order they were issued. Raises UnknownOperatorError."""
        self.get(operator_id)
        return [key for key in self._access.keys(NETWORK) if key.operator_id == operator_id]

    def replace_credential(self, credential_id: str) -> IssuedKey:
        """A credential in the place of the one that asks, which ends.

        Its text is seen by whoever asks and by nobody else. It signs in if the one before did, and all tokens of its
        operator end; else it waits for a second admin, and ends nobody's tokens: whoever issued it may be asking.
        Raises InvalidKeyError if the credential or its operator may not come in any more.
        """
        key = self._access.good(credential_id)
        operator = self.behind(key, may_wait=True)
        issued = self._access.replace_credential(key)
        if not key.waits:
            self._void_tokens(operator)
        return issued

    def confirm_credential(self, by: str, operator_id: str, key_id: str) -> ApiKey:
        """Stand for whoever has replaced a credential that another operator has issued; again is a success.

        Raises UnknownOperatorError, UnknownKeyError, SecondPersonNeededError, CredentialNotReplacedError.
        """
        key = self._credential(operator_id, key_id)
        if not key.waits:
            return key
        check_second_person(key.issued_by or "", by, key_id)
        if key.waits_for_owner:
            raise CredentialNotReplacedError(key_id)
        return self._access.confirm(key, by)

    def revoke_credential(self, operator_id: str, key_id: str) -> ApiKey:
        """End a credential, and every token that the operator has. Raises UnknownOperatorError, UnknownKeyError."""
        operator = self.get(operator_id)
        self._credential(operator_id, key_id)
        revoked = self._access.revoke(NETWORK, key_id)
        self._void_tokens(operator)
        return revoked

    def open_token(self, operator_id: str, ttl_seconds: int, *, credential_id: str | None = None) -> IssuedKey:
        """A token of the operator that lives `ttl_seconds`, and no longer than the credential.

        None stands for who has the AWS account's rights. A credential is looked at after the token is there: whoever
        revokes it later voids the token. Raises UnknownOperatorError, OperatorDisabledError, CredentialWaitsError, and
        InvalidKeyError if the credential has ended.
        """
        operator = self._enabled(operator_id)
        expires_at_ms = self._clock() + ttl_seconds * 1000
        if credential_id is not None:
            credential = self._access.good(credential_id)
            if credential.waits:
                raise CredentialWaitsError(credential_id, for_owner=credential.waits_for_owner)
            if credential.expires_at_ms is not None:
                expires_at_ms = min(expires_at_ms, credential.expires_at_ms)
        token = self._access.issue_token(operator.operator_id, expires_at_ms)
        if credential_id is not None:
            try:
                self.behind(self._access.good(credential_id))
            except InvalidKeyError:
                self._access.revoke(NETWORK, token.key.key_id)
                raise
        return token

    def end_token(self, by: str, token_id: str) -> ApiKey:
        """End a token: one's own, or with the role admin anyone's. Raises UnknownKeyError."""
        key = self._access.key_of(NETWORK, token_id)
        if Scope.OPERATOR not in key.scopes or (key.operator_id != by and Role.ADMIN not in self.get(by).roles):
            raise UnknownKeyError(token_id)
        return self._access.revoke(NETWORK, token_id)

    def behind(self, key: ApiKey, *, may_wait: bool = False) -> Operator:
        """The operator of a credential or token that has been resolved.

        `may_wait` lets a credential that signs nobody in yet pass, for then it can be replaced.
        Raises InvalidKeyError if the operator may not come in any more, or the token is void.
        """
        operator = self._book.get(key.operator_id or "")
        if operator is None or operator.disabled_at_ms is not None or (key.waits and not may_wait):
            raise InvalidKeyError
        if Scope.OPERATOR in key.scopes and key.created_at_ms < operator.tokens_from_ms:
            raise InvalidKeyError
        return operator

    def _credential(self, operator_id: str, key_id: str) -> ApiKey:
        self.get(operator_id)
        key = self._access.key_of(NETWORK, key_id)
        if key.operator_id != operator_id or Scope.SIGN_IN not in key.scopes:
            raise UnknownKeyError(key_id)
        return key

    def _enabled(self, operator_id: str) -> Operator:
        operator = self.get(operator_id)
        if operator.disabled_at_ms is not None:
            raise OperatorDisabledError(operator_id)
        return operator

    def _other(self, by: str, operator_id: str) -> Operator:
        if by == operator_id:
            raise OwnRightsError(operator_id)
        return self.get(operator_id)

    def _void_tokens(self, operator: Operator) -> None:
        now_ms = self._clock()
        self._changed(operator, lambda one: replace(one, tokens_from_ms=now_ms + 1))

    def _changed(self, operator: Operator, change: Callable[[Operator], Operator]) -> Operator:
        """`change` made to the operator as it is now, whoever else changes it at the same time."""
        for _ in range(ATTEMPTS):
            changed = replace(change(operator), version=operator.version + 1)
            if self._book.change(changed):
                return changed
            operator = self.get(operator.operator_id)
        raise StoreUnavailableError("contention")
