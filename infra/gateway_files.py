"""The reference page's files as paths of the gateway, which Chalice knows nothing of."""

from typing import Any

from infra.reference import ROUTE, served_files

FUNCTION = "ReferenceFunction"
"""Of infra/template.yaml."""

PATHS = (ROUTE, *(f"{ROUTE}/{name}" for name in served_files()))


def serve_files(document: dict[str, Any]) -> None:
    """Give an OpenAPI 2.0 document of the gateway each of PATHS, open to everyone; any other is unknown to it."""
    at = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions"
    for path in PATHS:
        document["paths"][path] = {
            "get": {
                "responses": {"200": {"description": "a file"}},
                "x-amazon-apigateway-integration": {
                    "type": "aws_proxy",
                    "httpMethod": "POST",
                    "passthroughBehavior": "when_no_match",
                    "uri": {"Fn::Sub": f"{at}/${{{FUNCTION}.Arn}}/invocations"},
                },
            }
        }


def bounds_of_files() -> list[dict[str, Any]]:
    """What anyone may ask of them, so that nobody without a key takes what tills need: settings of the gateway."""
    return [
        {
            "ResourcePath": "/" + path.replace("/", "~1"),
            "HttpMethod": "GET",
            "ThrottlingRateLimit": 10,
            "ThrottlingBurstLimit": 20,
        }
        for path in PATHS
    ]
