"""The operator's own file of bank accounts."""

import json
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from partners.settlement.payments.legs import Leg


class NetworkAccount(BaseModel):
    """From which creditors are paid, and to which debtors pay; `creditor_id` is that of the direct debit scheme."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    iban: str
    bic: str
    creditor_id: str


class PartyAccount(BaseModel):
    """A party's account, and the mandate by which it may be debited."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    iban: str
    bic: str
    mandate_id: str | None = None
    mandate_date: date | None = None


class MemberAccount(BaseModel):
    """Where a member's cashback is paid to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    iban: str
    bic: str


class Accounts(BaseModel):
    """The network's account, those of parties by id, and those of members by the entry id of their payout."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    network: NetworkAccount
    parties: dict[str, PartyAccount]
    members: dict[str, MemberAccount] = {}

    def of(self, leg: Leg) -> PartyAccount | MemberAccount:
        """The account that a payment is for. Raises ValueError if the file has none."""
        found = self.members.get(leg.payout) if leg.payout else self.parties.get(leg.party)
        if found is None:
            raise ValueError(f"{leg.payee} has no bank account in the file of accounts.")
        return found


def read_accounts(path: Path) -> Accounts:
    """Raises ValueError if the file does not read."""
    try:
        return Accounts.model_validate(json.loads(path.read_text()))
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
