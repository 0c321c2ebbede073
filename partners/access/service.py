"""Issuing, resolving, listing and revoking API keys and operators' tokens."""

import hashlib
import hmac
from dataclasses import replace
from typing import Protocol

from partners.access.errors import InvalidKeyError, UnknownKeyError
from partners.access.keytext import Kind, new_key_text, read_key_text
from partners.access.model import ApiKey, IssuedKey, Scope, StoredKey
from partners.contracts.model import NETWORK
from partners.contracts.service import Contracts
from shared.kernel.clock import Clock
from shared.kernel.ids import RandomBytes

_NOBODYS_HASH = bytes(hashlib.sha256().digest_size)


class KeyRing(Protocol):
    """What access needs of its store; see `partners.access.store.KeyStore`."""

    def add(self, stored: StoredKey) -> None: ...

    def key(self, key_id: str) -> StoredKey | None: ...

    def keys(self, partner_id: str) -> list[ApiKey]: ...

    def mark_revoked(self, key_id: str, at_ms: int) -> None: ...


class Access:
    """Use cases of keys. Every method may raise StoreUnavailableError.

    A deployment is either live or for tests: it issues and accepts keys of its own mode alone, so no key
    made for trying things out ever moves points that someone pays for.
    """

    def __init__(self, keys: KeyRing, contracts: Contracts, clock: Clock, random: RandomBytes, *, live: bool) -> None:
        self._keys = keys
        self._contracts = contracts
        self._clock = clock
        self._random = random
        self._live = live

    def issue_key(self, partner_id: str, scopes: frozenset[Scope], *, expires_at_ms: int | None = None) -> IssuedKey:
        """A new key of the partner, of the deployment's mode. Only its hash is kept, so its text can't be shown again.

        Raises InvalidKeyRequestError, UnknownPartnerError.
        """
        issued = self._new("tsk", partner_id, scopes, expires_at_ms)
        self._contracts.partner(partner_id)
        return self._kept(issued)

    def issue_credential(self, operator_id: str, expires_at_ms: int | None = None) -> IssuedKey:
        """A new credential of an operator, good for signing in alone. Raises InvalidKeyRequestError."""
        return self._kept(self._new("tsk", NETWORK, frozenset({Scope.SIGN_IN}), expires_at_ms, operator_id))

    def issue_token(self, operator_id: str, expires_at_ms: int) -> IssuedKey:
        """A new token of an operator, with which the operator's requests are sent."""
        return self._kept(self._new("tso", NETWORK, frozenset({Scope.OPERATOR}), expires_at_ms, operator_id))

    def resolve(self, text: str) -> ApiKey:
        """The key whose whole text is `text`, compared in constant time.

        Raises InvalidKeyError, the same for every cause; for a text that is malformed or of the other mode
        without a read.
        """
        well_formed = read_key_text(text)
        if well_formed is None or well_formed.live != self._live:
            raise InvalidKeyError
        stored = self._keys.key(well_formed.key_id)
        # A key that nobody has takes the same steps, so that time tells nothing about ids either.
        same = hmac.compare_digest(_NOBODYS_HASH if stored is None else stored.text_hash, _hash(text))
        if stored is None or not same or not stored.key.usable_at(self._clock()):
            raise InvalidKeyError
        return stored.key

    def keys(self, partner_id: str) -> list[ApiKey]:
        """All keys of the partner, or of "network" all credentials of operators, in the order they were issued."""
        return self._keys.keys(partner_id)

    def key_of(self, partner_id: str, key_id: str) -> ApiKey:
        """A key of the partner. Raises UnknownKeyError, also if it is another's."""
        stored = self._keys.key(key_id)
        if stored is None or stored.key.partner_id != partner_id:
            raise UnknownKeyError(key_id)
        return stored.key

    def revoke(self, partner_id: str, key_id: str) -> ApiKey:
        """End a key of the partner for good; again is a success and keeps the first time. Raises UnknownKeyError.

        `resolve` refuses it from now on; an authorizer that remembers its answers, as long as it does so.
        """
        key = self.key_of(partner_id, key_id)
        if key.revoked_at_ms is not None:
            return key
        now_ms = self._clock()
        self._keys.mark_revoked(key_id, now_ms)
        return replace(key, revoked_at_ms=now_ms)

    def _new(
        self,
        kind: Kind,
        partner_id: str,
        scopes: frozenset[Scope],
        expires_at_ms: int | None,
        operator_id: str | None = None,
    ) -> IssuedKey:
        text = new_key_text(self._random, live=self._live, kind=kind)
        key = ApiKey(
            key_id=text.key_id,
            partner_id=partner_id,
            scopes=scopes,
            live=self._live,
            created_at_ms=self._clock(),
            expires_at_ms=expires_at_ms,
            operator_id=operator_id,
        )
        return IssuedKey(text.text, key)

    def _kept(self, issued: IssuedKey) -> IssuedKey:
        self._keys.add(StoredKey(issued.key, _hash(issued.text)))
        return issued


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
