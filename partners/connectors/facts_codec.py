"""Facts and connections as JSON text, for the store. Pure."""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict
from typing import Any

from partners.connectors.facts import Fact, Plan, Reason, Run
from partners.connectors.foreign import FailedRefund, Refund, Sale, TillFile, Told
from partners.connectors.model import CardSource, Connection, SigningKey
from partners.connectors.words import CardPlace, Kind, State
from partners.till.model import PurchaseRequest, ReturnRequest

_TOLD: dict[str, type[Told]] = {"sale": Sale, "refund": Refund, "failed_refund": FailedRefund, "file": TillFile}
_PLANS: dict[str, type[Plan]] = {"purchase": PurchaseRequest, "return": ReturnRequest}


def fact_to_json(fact: Fact) -> str:
    """The fact without its version, which the store keeps beside it."""
    plain = asdict(fact)
    del plain["version"]
    for place, told in (("told", fact.told), ("told_since", fact.told_since)):
        if told is not None:
            plain[place]["is"] = next(name for name, kind in _TOLD.items() if isinstance(told, kind))
    if fact.plan is not None:
        plain["plan"]["is"] = next(name for name, kind in _PLANS.items() if isinstance(fact.plan, kind))
    return _text({name: value for name, value in plain.items() if value is not None and value != ()})


def fact_from_json(text: str, version: int) -> Fact:
    plain: dict[str, Any] = json.loads(text)
    told, since = plain.pop("told"), plain.pop("told_since", None)
    plan, reason, runs = plain.pop("plan", None), plain.pop("reason", None), plain.pop("runs", ())
    return Fact(
        **{**plain, "state": State(plain["state"])},
        told=_told(told),
        told_since=None if since is None else _told(since),
        plan=None if plan is None else _PLANS[plan.pop("is")](**plan),
        runs=tuple(Run(**one) for one in runs),
        reason=None if reason is None else Reason(**reason),
        version=version,
    )


def _told(plain: dict[str, Any]) -> Told:
    kind = _TOLD[plain.pop("is")]
    if kind is Refund:
        # Refunds that were kept before their transactions were have none.
        plain["transactions"] = tuple((one, cents) for one, cents in plain.get("transactions", ()))
    return kind(**plain)


def connection_to_json(connection: Connection) -> str:
    """The connection without its version. Its secrets are sealed already."""
    plain = asdict(connection)
    del plain["version"]
    plain["keys"] = [{**asdict(key), "sealed": b64encode(key.sealed).decode()} for key in connection.keys]
    return _text(plain)


def connection_from_json(text: str, version: int) -> Connection:
    plain: dict[str, Any] = json.loads(text)
    keys, source = plain.pop("keys"), plain.pop("card_source")
    return Connection(
        **{**plain, "kind": Kind(plain["kind"])},
        card_source=None if source is None else CardSource(CardPlace(source["place"]), source["name"]),
        keys=tuple(SigningKey(**{**key, "sealed": b64decode(key["sealed"])}) for key in keys),
        version=version,
    )


def _text(plain: dict[str, Any]) -> str:
    return json.dumps(plain, separators=(",", ":"))
