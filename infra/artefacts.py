"""The bucket a stack is deployed from: private, named after the account, made when it is missing."""

import json
from typing import Any

from botocore.exceptions import ClientError

from infra.package import LAYER_TYPE, Package, digest_of
from infra.target import Target


def upload(target: Target, package: Package) -> str:
    """Put zips and template where CloudFormation reads them; the same zip is not sent twice.

    Returns the template's URL.
    """
    s3 = target.client("s3")
    account = target.client("sts").get_caller_identity()["Account"]
    bucket = f"tessera-artefacts-{account}-{target.region}"
    _ensure_bucket(s3, bucket, target.region)
    keys = {}
    for archive in (package.archive, package.layer):
        keys[archive] = f"{digest_of(archive)}/{archive.name}"
        if not _exists(s3, bucket, keys[archive]):
            s3.upload_file(str(archive), bucket, keys[archive])
    template_key = f"{package.archive_digest()}/template-{package.template_digest()}.json"
    template = json.loads(package.template.read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": keys[package.archive]}
        elif resource["Type"] == LAYER_TYPE:
            resource["Properties"]["ContentUri"] = {"Bucket": bucket, "Key": keys[package.layer]}
    s3.put_object(Bucket=bucket, Key=template_key, Body=json.dumps(template).encode())
    base = target.endpoint_url or f"https://s3.{target.region}.amazonaws.com"
    return f"{base}/{bucket}/{template_key}"


def _ensure_bucket(s3: Any, bucket: str, region: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket)
        return
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
    # S3 refuses its first region as an explicit location.
    elsewhere = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **elsewhere)
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )


def _exists(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return False
        raise
    return True
