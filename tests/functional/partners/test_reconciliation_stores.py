"""Reconciliations and their files on the engines."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from partners.bootstrap import Services
from partners.reconciliation.bucket_gateway import ReconciliationBucket
from partners.reconciliation.model import (
    Amounts,
    Asked,
    Format,
    Mistake,
    Outcome,
    Reconciliation,
    ReconciliationState,
    Result,
    Total,
)
from partners.reconciliation.store import ReconciliationStore
from shared.kernel.aws import s3_client
from tests.support.clouds import DynamoEngine

FIRST = Reconciliation(1, "stored", Asked(7, Format.CSV, 12), "key1", 5)


def test_a_reconciliation_is_begun_once_and_changed_by_who_read_it(dynamodb_engine: DynamoEngine) -> None:
    store = ReconciliationStore(dynamodb_engine.client, dynamodb_engine.tables["SettlementTable"])
    assert store.add(FIRST, "request-1")
    assert not store.add(replace(FIRST, number=9), "request-1")
    assert not store.add(FIRST, "request-2")
    second, third = replace(FIRST, number=2), replace(FIRST, number=3)
    assert store.add(second, "request-2")
    assert store.add(third, "request-3")
    assert (store.begun_by("stored", "request-2"), store.begun_by("stored", "request-9")) == (2, None)
    assert store.newest("stored", 99, 2) == [third, second]
    assert store.newest("stored", 2, 2) == [FIRST]
    assert store.get("another", 1) is None
    total = Total(Outcome.MATCHED, "earn", 3, Amounts(points=1), Amounts(amount_cents=2))
    done = replace(
        FIRST,
        state=ReconciliationState.DONE,
        version_id="v",
        result=Result((total,), ("points",), 4),
        mistakes=(Mistake(2, "kind: schreib's um"),),
        version=2,
    )
    assert store.replace(done)
    assert not store.replace(done)
    assert store.get("stored", 1) == done


def test_the_version_that_was_there_is_read_whatever_is_put_later(services: Services, tmp_path: Path) -> None:
    client, name = s3_client(services.settings.region), services.settings.records_bucket
    bucket = ReconciliationBucket(client, name)
    key = "reconciliation/uploads/stored/1"
    assert bucket.uploaded(key) is None
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    httpx.put(bucket.link_to_put(key, 5, 60), content=b"first").raise_for_status()
    first = bucket.uploaded(key)
    assert first is not None
    assert first.size_bytes == 5
    bucket.put(key, b"second!")
    file = tmp_path / "file"
    bucket.fetch(key, first.version_id, file)
    assert file.read_bytes() == b"first"
    bucket.put_file(key, file)
    assert bucket.read(key) == b"first"
    assert httpx.get(bucket.link_to_get(key, "lines.csv", 60)).raise_for_status().content == b"first"


@pytest.mark.parametrize("size", [1, 48_213])
def test_the_link_is_good_for_the_announced_size_alone(services: Services, size: int) -> None:
    bucket = ReconciliationBucket(s3_client(services.settings.region), "records")
    link = httpx.URL(bucket.link_to_put("reconciliation/uploads/stored/1", size, 3_600))
    assert "content-length" in link.params["X-Amz-SignedHeaders"].split(";")
    assert link.params["X-Amz-Expires"] == "3600"
