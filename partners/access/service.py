"""Issuing, resolving and revoking API keys."""

import hashlib
import hmac
from dataclasses import replace
from typing import Protocol

from partners.access.errors import InvalidKeyError, UnknownKeyError
from partners.access.keytext import new_key_text, read_key_text
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

    def mark_revoked(self, key_id: str, at_ms: int) -> None: ...


class Access:
    """Use cases of API keys. Every method may raise StoreUnavailableError.

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

        `partner_id` "network" with the scope `operator` makes an operator's key. Raises
        InvalidKeyRequestError, UnknownPartnerError.
        """
        text = new_key_text(self._random, live=self._live)
        key = ApiKey(text.key_id, partner_id, scopes, self._live, self._clock(), expires_at_ms)
        if partner_id != NETWORK:
            self._contracts.partner(partner_id)
        self._keys.add(StoredKey(key, _hash(text.text)))
        return IssuedKey(text.text, key)

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

    def revoke(self, key_id: str) -> ApiKey:
        """End a key for good; again is a success and keeps the first time. Raises UnknownKeyError.

        `resolve` refuses it from now on; an authorizer that remembers its answers, as long as it does so.
        """
        stored = self._keys.key(key_id)
        if stored is None:
            raise UnknownKeyError(key_id)
        if stored.key.revoked_at_ms is not None:
            return stored.key
        now_ms = self._clock()
        self._keys.mark_revoked(key_id, now_ms)
        return replace(stored.key, revoked_at_ms=now_ms)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
