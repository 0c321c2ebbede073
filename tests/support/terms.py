"""Terms put straight into the table, for worlds that are not about how terms are agreed on."""

from dataclasses import fields
from typing import Any

from partners.contracts.agreement_store import TermsRow, row_of
from partners.contracts.model import NewTerms, Terms


def put_terms(client: Any, table: str, partner_id: str, new: NewTerms) -> None:
    """The first terms of a partner whose currency is USD."""
    agreed = {field.name: getattr(new, field.name) for field in fields(NewTerms)}
    terms = Terms(partner_id=partner_id, version=1, currency="USD", **agreed)
    client.put_item(TableName=table, Item=row_of(TermsRow, terms).serialize())
