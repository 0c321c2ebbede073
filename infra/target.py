"""Where to deploy: an AWS account or the local cloud. Nothing else in infra/ knows the difference."""

import os
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from infra.local.cloud import CREDENTIALS, REGION


@dataclass(frozen=True, slots=True)
class Target:
    """An AWS endpoint with credentials; `endpoint_url` is None for AWS itself."""

    session: boto3.Session
    endpoint_url: str | None = None

    @classmethod
    def aws(cls) -> "Target":
        """The account and region of the usual AWS settings (environment, profile, role)."""
        # The SDK itself reads the region from AWS_DEFAULT_REGION only.
        return cls(boto3.Session(region_name=os.environ.get("AWS_REGION")))

    @classmethod
    def local(cls, endpoint_url: str) -> "Target":
        session = boto3.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )
        return cls(session, endpoint_url)

    @property
    def is_local(self) -> bool:
        return self.endpoint_url is not None

    @property
    def region(self) -> str:
        """Raises ValueError if the AWS settings name no region."""
        if self.session.region_name is None:
            raise ValueError("no AWS region is set: set AWS_REGION or a profile's region")
        return self.session.region_name

    def client(self, service: Any) -> Any:
        return self.session.client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint_url,
            config=Config(retries={"mode": "standard"}),
        )
