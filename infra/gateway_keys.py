"""Lets API Gateway count requests by the caller that the authorizer names."""

from typing import Any

CONDITION = "LimitsPerPartner"
"""Of infra/template.yaml: false for the emulator, which knows no such callers."""
SCHEME = "api_key"


def count_by_caller(document: dict[str, Any]) -> None:
    """Demand of every guarded method of an OpenAPI 2.0 document that the authorizer names a key of the gateway."""
    document["x-amazon-apigateway-api-key-source"] = _if("AUTHORIZER", "HEADER")
    document["securityDefinitions"][SCHEME] = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    for methods in document["paths"].values():
        for method in methods.values():
            if "security" in method:
                guarded = method["security"]
                method["security"] = _if([{SCHEME: []}, *guarded], guarded)


def _if(here: Any, elsewhere: Any) -> dict[str, Any]:
    return {"Fn::If": [CONDITION, here, elsewhere]}
