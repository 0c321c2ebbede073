"""The operator's own file of bank accounts, held against what two operators agreed on."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from partners.contracts.model import NETWORK
from partners.settlement.payments.legs import Leg
from partners.settlement.payments.member_accounts import Contradictions

IBAN_FORM = re.compile("[A-Z]{2}(?!0[01]|99)[0-9]{2}[A-Z0-9]{11,30}")


def checked_iban(iban: str) -> str:
    """Without blanks. Raises ValueError, which does not repeat it, if its check digits are not those of ISO 13616."""
    plain = "".join(iban.split()).upper()
    digits = "".join(str(int(one, 36)) for one in plain[4:] + plain[:4]) if IBAN_FORM.fullmatch(plain) else ""
    if not digits or int(digits) % 97 != 1:
        raise ValueError("this is no IBAN, or its check digits are wrong")
    return plain


Agreed = Callable[[str], str | None]
"""The fingerprint of a party's bank account that two operators agreed on."""
Iban = Annotated[str, AfterValidator(checked_iban)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=70)]
"""As long as SEPA takes it."""


class NetworkAccount(BaseModel):
    """From which creditors are paid, and to which debtors pay; `creditor_id` is that of the direct debit scheme."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    iban: Iban
    bic: str
    creditor_id: str


class PartyAccount(BaseModel):
    """A party's account, and the mandate by which it may be debited."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    iban: Iban
    bic: str
    mandate_id: str | None = None
    mandate_date: date | None = None


class MemberAccount(BaseModel):
    """Where a member's cashback is paid to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    iban: Iban
    bic: str


class Accounts(BaseModel):
    """The network's account, those of parties by id, and those of members by the entry id of their payout."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    network: NetworkAccount
    parties: dict[str, PartyAccount]
    members: dict[str, MemberAccount] = {}

    @property
    def agreed_on(self) -> dict[str, NetworkAccount | PartyAccount]:
        """Those that two operators agree on, by party."""
        return {NETWORK: self.network, **self.parties}

    def of(self, leg: Leg) -> PartyAccount | MemberAccount:
        """The account that a payment is for. Raises ValueError if the file has none."""
        found = self.members.get(leg.payout) if leg.payout else self.parties.get(leg.party)
        if found is None:
            raise ValueError(f"{leg.payee} has no bank account in the file of accounts.")
        return found


def fingerprint(iban: str) -> str:
    """What Tessera knows of a bank account: enough to tell another one."""
    return hashlib.sha256(f"tessera-iban-v1:{_plain(iban)}".encode()).hexdigest()


def same_account(one: str, other: str) -> bool:
    """Whether two IBANs are the same, however they are written."""
    return _plain(one) == _plain(other)


def check_agreed(accounts: Accounts, legs: Iterable[Leg], agreed: Agreed) -> None:
    """Raises ValueError if the network's account in the file, or a partner's of these legs, is not the one of which two
    operators `agreed` on the fingerprint. Of members' see `check_members`.
    """
    check_own(accounts, agreed)
    for party in sorted({leg.party for leg in legs if not leg.payout}):
        found = accounts.parties.get(party)
        _check(party, None if found is None else found.iban, agreed)


def check_members(accounts: Accounts, legs: Iterable[Leg], contradictions: Contradictions) -> None:
    """Raises ValueError if a member's account of these legs is not the one that was told when the payout was asked for,
    or is of several members, and no two operators agreed on that; or if the file has none.
    """
    paid = [(leg.payout, fingerprint(accounts.of(leg).iban)) for leg in legs if leg.payout]
    if found := contradictions(paid):
        raise ValueError("\n".join(found))


def check_own(accounts: Accounts, agreed: Agreed) -> None:
    """Raises ValueError if the network's account in the file is not the one that two operators `agreed` on."""
    _check(NETWORK, accounts.network.iban, agreed)


def _check(party: str, iban: str | None, agreed: Agreed) -> None:
    known = agreed(party)
    if known is None:
        raise ValueError(f"No two operators have agreed on a bank account of {party} yet.")
    if iban is not None and fingerprint(iban) != known:
        raise ValueError(f"The account of {party} in the file is not the one that two operators agreed on.")


def _plain(iban: str) -> str:
    return "".join(iban.split()).upper()


def read_accounts(path: Path) -> Accounts:
    """Raises ValueError if the file does not read."""
    try:
        return Accounts.model_validate(json.loads(path.read_text()))
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
