"""The demo's bank: carries out the payments of an ISO 20022 file, and tells of them in a statement of account."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring

_STATEMENT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
_TRANSACTIONS = {"DrctDbtTxInf": "CRDT", "CdtTrfTxInf": "DBIT"}
"""What a payment is called in pain.008 and pain.001, and which way its money moves on the account of who sends it."""
_OTHER_WAY = {"CRDT": "DBIT", "DBIT": "CRDT"}


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a file. `side` is CRDT for money that comes to the account of who sent the file, else DBIT."""

    end_to_end_id: str
    amount: str
    currency: str
    side: str


def payments(file: bytes) -> list[Payment]:
    """The payments of a pain.008 or pain.001 file."""
    return [
        Payment(_text(one, "EndToEndId"), amount.text or "", amount.get("Ccy", ""), side)
        for tag, side in _TRANSACTIONS.items()
        for one in _all(fromstring(file), tag)
        for amount in _all(one, "InstdAmt")
    ]


def statement_of_account(file: bytes, iban: str, bounces: Callable[[Payment], bool]) -> bytes:
    """A camt.053 of this account in which each payment of `file` is booked, or comes back at once if it `bounces`."""
    document = ET.Element("Document", xmlns=_STATEMENT)
    statement = ET.SubElement(ET.SubElement(document, "BkToCstmrStmt"), "Stmt")
    ET.SubElement(ET.SubElement(ET.SubElement(statement, "Acct"), "Id"), "IBAN").text = iban
    for number, payment in enumerate(payments(file), 1):
        entry = ET.SubElement(statement, "Ntry")
        ET.SubElement(entry, "Amt", Ccy=payment.currency).text = payment.amount
        side = _OTHER_WAY[payment.side] if bounces(payment) else payment.side
        ET.SubElement(entry, "CdtDbtInd").text = side
        ET.SubElement(entry, "Sts").text = "BOOK"
        ET.SubElement(entry, "AcctSvcrRef").text = f"{payment.end_to_end_id[-20:]}/{number}"
        details = ET.SubElement(ET.SubElement(entry, "NtryDtls"), "TxDtls")
        ET.SubElement(ET.SubElement(details, "Refs"), "EndToEndId").text = payment.end_to_end_id
    written: bytes = ET.tostring(document, "utf-8", xml_declaration=True)
    return written


def _all(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (one for one in element.iter() if one.tag.rpartition("}")[2] == name)


def _text(element: ET.Element, name: str) -> str:
    return next((one.text or "" for one in _all(element, name)), "")
