"""Imports: the network operator records a partner's late purchases."""

from chalicelib.api.batches import line_by_line
from chalicelib.api.schemas.batch import PurchasesBody, PurchasesReply
from chalicelib.api.schemas.operator import PartnerParams
from chalicelib.operations import Call, Reply, Resource
from partners import bootstrap
from partners.access.model import Scope
from partners.contracts.errors import PartnerWasSuspendedError, UnknownPartnerError
from partners.till.errors import KeyNotUniqueError

resource = Resource("imports", __name__)


@resource.post(
    "/v1/partners/{partner_id}/imports",
    scope=Scope.OPERATOR,
    params=PartnerParams,
    body=PurchasesBody,
    reply=PurchasesReply,
    status=200,
    errors=(UnknownPartnerError, KeyNotUniqueError, PartnerWasSuspendedError),
)
def import_purchases(call: Call[PartnerParams, PurchasesBody]) -> Reply:
    """Record a partner's purchases, however old they are.

    Each line is the request that the partner's till made or would have made, under the same key, and has its
    own outcome. It earns by the terms in force when it occurred, is recorded now, and counts once, whoever
    sends it again. Key and receipt are compared with the member's whole history.
    """
    imports = bootstrap.services().imports
    return line_by_line(call.body, lambda lines: imports.record(call.params.partner_id, lines), call.request_id)
