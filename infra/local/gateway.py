"""Gives the local cloud's API gateway the errors that AWS reads from the OpenAPI document."""

from typing import Any

from infra.gateway_errors import gateway_responses


def apply_gateway_errors(apigateway: Any, api_id: str, gateway_stage: str) -> None:
    """The emulator knows gateway responses as resources but does not read them from the document."""
    for response_type, response in gateway_responses().items():
        apigateway.put_gateway_response(restApiId=api_id, responseType=response_type, **response)
    apigateway.create_deployment(restApiId=api_id, stageName=gateway_stage)
