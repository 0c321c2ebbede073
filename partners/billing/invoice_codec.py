"""An invoice as the compressed JSON that is stored of it, and back."""

import json
import zlib
from dataclasses import asdict
from typing import Any

from partners.billing.invoice import Adjustment, Invoice
from partners.billing.model import Bill, BillLine, LineKind
from partners.billing.usage import Usage


def pack_invoice(invoice: Invoice) -> bytes:
    return zlib.compress(json.dumps(asdict(invoice), separators=(",", ":")).encode(), level=9)


def unpack_invoice(packed: bytes) -> Invoice:
    row: dict[str, Any] = json.loads(zlib.decompress(packed))
    bill = row["bill"]
    lines = tuple(BillLine(**{**line, "kind": LineKind(line["kind"])}) for line in bill["lines"])
    return Invoice(
        partner_name=row["partner_name"],
        issued_at_ms=row["issued_at_ms"],
        bill=Bill(**{**bill, "usage": Usage(**bill["usage"]), "lines": lines}),
        adjustments=tuple(Adjustment(**one) for one in row["adjustments"]),
        nothing_due=row.get("nothing_due", False),
    )
