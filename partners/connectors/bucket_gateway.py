"""Partners' files and events on S3."""

import json
from base64 import b64encode
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.kernel.aws import outage_as_unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class BucketGateway:
    """Every method may raise StoreUnavailableError."""

    def __init__(self, client: "S3Client", bucket: str, key_id: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key_id = key_id

    def read(self, key: str, limit_bytes: int, tag: str = "") -> bytes | None:
        """The object, or one byte more of it than `limit_bytes`; None if there is none, or none with this ETag."""
        asked: dict[str, Any] = {"IfMatch": f'"{tag}"'} if tag else {}
        with outage_as_unavailable():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=key, **asked)
            except self._client.exceptions.NoSuchKey:
                return None
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.PRECONDITION_FAILED:
                    return None
                raise
            return answer["Body"].read(limit_bytes + 1)

    def write(self, key: str, text: str) -> None:
        with outage_as_unavailable():
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=text.encode(), ContentType="text/csv; charset=utf-8"
            )

    def write_sealed(self, key: str, content: bytes, bound_to: Mapping[str, str]) -> None:
        """Write an object under our key of KMS; each use of the key tells its trail what the object is `bound_to`."""
        context = b64encode(json.dumps(dict(bound_to)).encode()).decode()
        with outage_as_unavailable():
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=content,
                ContentType="application/json",
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=self._key_id,
                SSEKMSEncryptionContext=context,
            )

    def names(self, prefix: str, after: str, limit: int) -> list[str]:
        """What follows `prefix` in up to `limit` keys that begin with it, in order, from behind `after` on."""
        with outage_as_unavailable():
            listed = self._client.list_objects_v2(
                Bucket=self._bucket, Prefix=prefix, MaxKeys=limit, StartAfter=prefix + after
            )
        return [one["Key"].removeprefix(prefix) for one in listed.get("Contents", [])]

    def delete(self, key: str) -> None:
        """Delete an object; what is not there is a success."""
        with outage_as_unavailable():
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def link_to_put(self, key: str, seconds: int, size_bytes: int | None = None) -> str:
        """A URL to which anyone may PUT this object for so long, and of exactly this size if one is given."""
        return self._link("put_object", key, seconds, {} if size_bytes is None else {"ContentLength": size_bytes})

    def link_to_get(self, key: str, seconds: int) -> str:
        """A URL from which anyone may GET this object for so long."""
        return self._link("get_object", key, seconds, {})

    def _link(self, method: str, key: str, seconds: int, more: Mapping[str, int]) -> str:
        params = {"Bucket": self._bucket, "Key": key, **more}
        return self._client.generate_presigned_url(method, Params=params, ExpiresIn=seconds)
