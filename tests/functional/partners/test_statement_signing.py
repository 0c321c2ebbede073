"""The key service signs with a key that never leaves it, and files of lines come and go in parts; on the emulator."""

import random
import urllib.request
import zlib
from typing import TYPE_CHECKING

import pytest

from partners.settlement.statements import files_gateway
from partners.settlement.statements.files import LinesForm, lines_key
from partners.settlement.statements.files_gateway import LinesFiles
from partners.settlement.statements.signing_gateway import KmsSigner
from shared.kernel.aws import kms_client, s3_bulk_client, s3_client
from tests.unit.partners.settlement.statement_examples import holds

if TYPE_CHECKING:
    from partners.bootstrap import Services


def test_what_the_key_service_signs_holds_under_the_key_it_publishes(services: "Services") -> None:
    signer = KmsSigner(kms_client(services.settings.region), services.settings.statement_key_id)
    key, signature = signer.key(), signer.sign(b"tessera-statement-v1:00")
    assert signer.sign(b"tessera-statement-v1:00") == signature
    assert holds(key.public_key, signature, b"tessera-statement-v1:00")
    assert not holds(key.public_key, signature, b"tessera-statement-v1:01")


MANY = random.Random(7).randbytes(6_000_000)
"""More than one part, however it is compressed."""


@pytest.fixture(autouse=True)
def smallest_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_gateway, "PART_BYTES", 5 * 1024 * 1024)


@pytest.fixture
def files(services: "Services") -> LinesFiles:
    return LinesFiles(s3_bulk_client(services.settings.region), services.settings.records_bucket)


@pytest.mark.parametrize("whole", [b"", b"line\n", MANY], ids=["empty", "small", "in parts"])
def test_a_file_of_lines_is_what_was_written_and_comes_under_its_name(files: LinesFiles, whole: bytes) -> None:
    where = "harvest", 7, LinesForm.JSONL
    with files.writing(*where) as write:
        for start in range(0, len(whole), 1_000_000):
            write(whole[start : start + 1_000_000])
    with urllib.request.urlopen(files.link(*where, 60)) as answer:
        assert zlib.decompress(answer.read(), wbits=31) == whole
        assert answer.headers["Content-Disposition"] == 'attachment; filename="harvest-7-lines.jsonl.gz"'


@pytest.mark.parametrize("whole", [b"line\n", MANY], ids=["small", "in parts"])
def test_what_fails_on_the_way_leaves_no_file_and_no_part(
    services: "Services", files: LinesFiles, whole: bytes
) -> None:
    client, bucket = s3_client(services.settings.region), services.settings.records_bucket

    def fail() -> None:
        with files.writing("harvest", 99, LinesForm.JSONL) as write:
            write(whole)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert client.list_objects_v2(Bucket=bucket, Prefix=lines_key("harvest", 99, LinesForm.JSONL))["KeyCount"] == 0
    assert client.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []
