"""Issuing, resolving, listing and revoking API keys and operators' tokens."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from partners.access.errors import EndedKeyError, InvalidKeyError, RotationOpenError, TooManyKeysError, UnknownKeyError
from partners.access.keytext import Kind, new_key_text, read_key_text
from partners.access.model import USE_NOTED_EVERY_MS, ApiKey, IssuedKey, Scope, StoredKey
from partners.contracts.life import New
from partners.contracts.model import NETWORK
from partners.contracts.service import Contracts
from shared.kernel.clock import Clock
from shared.kernel.errors import StoreUnavailableError
from shared.kernel.ids import RandomBytes

MOST_KEYS = 50
"""Of a partner, in use at once. A rotation's successor takes the place of a key that ends."""
ATTEMPTS = 10
_NOBODYS_HASH = bytes(hashlib.sha256().digest_size)


class KeyRing(Protocol):
    """What access needs of its store; see `partners.access.store.KeyStore`."""

    def add(self, stored: StoredKey) -> None: ...

    def numbered(self, partner_id: str) -> int: ...

    def add_numbered(self, stored: StoredKey, number: int) -> bool: ...

    def key(self, key_id: str) -> StoredKey | None: ...

    def keys(self, partner_id: str) -> list[ApiKey]: ...

    def mark_replaced(self, key_id: str, seen: str | None, successor: str, ends_at_ms: int) -> bool: ...

    def mark_used(self, key_id: str, at_ms: int, not_since_ms: int) -> bool: ...

    def mark_revoked(self, key_id: str, at_ms: int) -> None: ...

    def mark_confirmed(self, key_id: str, by: str) -> None: ...


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

    def issue_key(
        self,
        partner_id: str,
        scopes: frozenset[Scope],
        *,
        expires_at_ms: int | None = None,
        allowed_networks: tuple[str, ...] = (),
    ) -> IssuedKey:
        """A new key of the partner, of the deployment's mode. Only its hash is kept, so its text can't be shown again.

        Raises InvalidKeyRequestError, UnknownPartnerError, NotInThisStateError, TooManyKeysError.
        """
        issued = self._new("tsk", partner_id, scopes, expires_at_ms)
        issued = replace(issued, key=replace(issued.key, allowed_networks=allowed_networks))
        self._contracts.check_new(partner_id, New.KEY)

        def one_more() -> None:
            if len(self.keys(partner_id, active=True)) >= MOST_KEYS:
                raise TooManyKeysError(MOST_KEYS)

        return self._kept_if(issued, one_more)

    def issue_credential(
        self,
        operator_id: str,
        one_more: Callable[[], None],
        expires_at_ms: int | None = None,
        *,
        issued_by: str | None = None,
    ) -> IssuedKey:
        """A new credential of an operator, good for signing in alone. Raises InvalidKeyRequestError.

        `one_more` looks at those that there are and raises if there may be no other; it holds for calls at once.
        `issued_by` is the operator who asks; None is who may do everything, with the AWS account's rights.
        """
        issued = self._new("tsk", NETWORK, frozenset({Scope.SIGN_IN}), expires_at_ms, operator_id)
        return self._kept_if(replace(issued, key=replace(issued.key, issued_by=issued_by)), one_more)

    def replace_credential(self, old: ApiKey) -> IssuedKey:
        """A credential in the place of `old`, which ends at once; it waits for a second person if `old` waits.

        Each is replaced once, whoever asks at the same time. Raises InvalidKeyError if it has ended meanwhile.
        """
        now_ms = self._clock()
        issued = self._new("tsk", NETWORK, old.scopes, old.expires_at_ms, old.operator_id)
        confirmed_by = None if old.waits else old.confirmed_by
        key = replace(issued.key, issued_by=old.issued_by, confirmed_by=confirmed_by, replaces=old.key_id)
        kept = self._kept(replace(issued, key=key))
        ends_at_ms = max(now_ms, old.created_at_ms + 1)
        if not self._keys.mark_replaced(old.key_id, old.replaced_by, key.key_id, ends_at_ms):
            self._keys.mark_revoked(key.key_id, now_ms)
            raise InvalidKeyError
        self._keys.mark_revoked(old.key_id, now_ms)
        return kept

    def confirm(self, key: ApiKey, by: str) -> ApiKey:
        """Note that a second person stands for a credential; the first to confirm stays."""
        self._keys.mark_confirmed(key.key_id, by)
        return self.key_of(key.partner_id, key.key_id)

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

    def good(self, key_id: str) -> ApiKey:
        """The key of an id, if it may be used now. Raises InvalidKeyError."""
        stored = self._keys.key(key_id)
        if stored is None or not stored.key.usable_at(self._clock()):
            raise InvalidKeyError
        return stored.key

    def note_use(self, key: ApiKey) -> None:
        """Keep that a key which was resolved is in use: one write an hour for each key, however much it is used.

        Raises StoreUnavailableError, which says nothing about the key.
        """
        now_ms = self._clock()
        not_since_ms = now_ms - USE_NOTED_EVERY_MS
        if key.last_used_at_ms is None or key.last_used_at_ms <= not_since_ms:
            self._keys.mark_used(key.key_id, now_ms, not_since_ms)

    def rotate(
        self, partner_id: str, key_id: str, overlap_seconds: int, expires_at_ms: int | None = None
    ) -> tuple[IssuedKey, ApiKey]:
        """A successor with the same rights, and the key as it is now: it ends after the overlap, or when it would have.

        The successor ends when the key would have ended but for rotations, if `expires_at_ms` says nothing else.
        In every state of the partner: it goes on reading, and a key that leaked is replaced. So two keys of a rotation
        are in use at most. If the reply is lost, revoke the successor and rotate again.
        Raises UnknownKeyError, EndedKeyError, RotationOpenError, InvalidKeyRequestError.
        """
        key = self.key_of(partner_id, key_id)
        now_ms = self._clock()
        if not key.usable_at(now_ms):
            raise EndedKeyError(key_id)
        for other in (key.replaces, key.replaced_by):
            if other is not None and self.key_of(partner_id, other).usable_at(now_ms):
                raise RotationOpenError(other)
        if expires_at_ms is None:
            # A successor that was lost has the end that the key had before its own became that of the overlap.
            before = key if key.replaced_by is None else self.key_of(partner_id, key.replaced_by)
            expires_at_ms = before.expires_at_ms
        issued = self._new("tsk", partner_id, key.scopes, expires_at_ms)
        successor = replace(issued.key, allowed_networks=key.allowed_networks, replaces=key_id)
        overlap_ends_ms = max(now_ms + overlap_seconds * 1000, key.created_at_ms + 1)
        ends_at_ms = overlap_ends_ms if key.expires_at_ms is None else min(overlap_ends_ms, key.expires_at_ms)
        # The successor is kept before it is named, so that a process that dies between leaves the old key as it was.
        kept = self._kept(replace(issued, key=successor))
        if not self._keys.mark_replaced(key_id, key.replaced_by, successor.key_id, ends_at_ms):
            self._keys.mark_revoked(successor.key_id, now_ms)
            raise RotationOpenError(key_id)
        return kept, replace(key, expires_at_ms=ends_at_ms, replaced_by=successor.key_id)

    def keys(self, partner_id: str, *, active: bool | None = None) -> list[ApiKey]:
        """The partner's keys, or of "network" all credentials of operators, in the order they were issued.

        With `active` those in use alone, or those that have ended.
        """
        now_ms = self._clock()
        return [key for key in self._keys.keys(partner_id) if active in (None, key.usable_at(now_ms))]

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

    def _kept_if(self, issued: IssuedKey, one_more: Callable[[], None]) -> IssuedKey:
        """Keep a key that counts against a limit, which `one_more` looks at and raises if it is reached."""
        for _ in range(ATTEMPTS):
            # Before the keys are counted: of two calls at once one finds its number taken, and counts again.
            number = self._keys.numbered(issued.key.partner_id) + 1
            one_more()
            if self._keys.add_numbered(StoredKey(issued.key, _hash(issued.text)), number):
                return issued
        raise StoreUnavailableError("contention")

    def _kept(self, issued: IssuedKey) -> IssuedKey:
        self._keys.add(StoredKey(issued.key, _hash(issued.text)))
        return issued


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
