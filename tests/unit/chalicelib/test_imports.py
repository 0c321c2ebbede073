"""What a cold start loads before its first request: routes and types, no SDK, no store, no generator."""

import subprocess
import sys

HEAVY = (
    "aws_lambda_powertools",
    "boto3",
    "botocore",
    "chalicelib.openapi",
    "email_validator",
    "phonenumbers",
    "pynamodb",
    "stripe",
)


def test_importing_the_app_loads_nothing_that_only_some_requests_need() -> None:
    code = f"import app, sys; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_authorizer_loads_no_route_and_no_pydantic() -> None:
    code = "import chalicelib.auth, sys; print(*[name for name in ('pydantic', 'app') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
