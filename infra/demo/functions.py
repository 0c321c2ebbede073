"""The deployed functions that bill, carried out at moments of our choice, which a deployment for tests allows."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from infra.demo.errors import UnexpectedAnswerError
from infra.demo.stripe_double import SECRET_KEY, WEBHOOK_SECRET, StripeApi
from infra.stack import Stack
from infra.target import Target
from shared.kernel.clock import Clock, to_rfc3339


class BillingFunctions:
    """Each method works as of a moment (epoch milliseconds), and lets it be that moment at Stripe too.

    Raises UnexpectedAnswerError. `advance` is called after each invocation.
    """

    def __init__(self, stack: Stack, stripe: StripeApi, clock: Clock, advance: Callable[[], None]) -> None:
        self._stack = stack
        self._target = Target.local(str(stack.endpoint_url))
        self._lambda = self._target.client("lambda")
        self._stripe = stripe
        self._clock = clock
        self._advance = advance

    def give_keys(self, stripe_url: str) -> None:
        """Put what is needed of Stripe into the deployment's secret."""
        keys = {"secret_key": SECRET_KEY, "webhook_secret": WEBHOOK_SECRET, "base_url": stripe_url}
        self._target.client("secretsmanager").put_secret_value(
            SecretId=self._stack.outputs["StripeSecretId"], SecretString=json.dumps(keys)
        )

    def open_account(self, partner_id: str, moment_ms: int) -> str:
        """Bill a partner through Stripe from then on; the id of its customer there."""
        decision = {"decide": {"what": "open", "partner_id": partner_id}}
        return str(self._invoke(self._stack.metering_function, moment_ms, decision)["customer"])

    def meter(self, moment_ms: int) -> None:
        """What the schedule does every quarter of an hour."""
        self._invoke(self._stack.metering_function, moment_ms, {})

    def issue_invoices(self, moment_ms: int) -> None:
        """What the schedule does twice a day."""
        self._invoke(self._stack.invoices_function, moment_ms, {})

    def _invoke(self, function: str, moment_ms: int, event: Mapping[str, Any]) -> dict[str, Any]:
        self._stripe.set_ahead(moment_ms - self._clock())
        payload = json.dumps({**event, "as_of": to_rfc3339(moment_ms)}).encode()
        done = self._lambda.invoke(FunctionName=function, Payload=payload)
        answer: dict[str, Any] = json.loads(done["Payload"].read())
        if "FunctionError" in done:
            raise UnexpectedAnswerError(f"{function} at {to_rfc3339(moment_ms)}: {answer}")
        self._advance()
        return answer
