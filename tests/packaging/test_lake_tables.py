"""The tables that Athena is told of have the columns and places of the files that are written."""

from typing import Any

import pytest

from partners.lake.schema import TABLES, WINDOW, Table, file_key
from partners.lake.service import Lake
from tests.fakes.lake_shelf import FakeLakeShelf
from tests.unit.partners.settlement.statement_examples import WEEK, by_day

AS_ATHENA_HAS_IT = {
    "VARCHAR": "string",
    "BIGINT": "bigint",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "BOOLEAN": "boolean",
    "BLOB": "binary",
}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_the_columns_of_its_files(template: dict[str, Any], table: Table) -> None:
    described = template["Resources"][f"Lake{table.name.title()}"]["Properties"]["TableInput"]
    lake = Lake(FakeLakeShelf(), memory_mb=256)
    assert lake.write(7, "harvest", lambda _: by_day(WEEK), lambda: True)
    with lake.opened([(7, "harvest")]) as database:
        columns = list(database.rows(f"SELECT column_name, column_type FROM (DESCRIBE {table.name})"))
    told = [*described["StorageDescriptor"]["Columns"], *described["PartitionKeys"]]
    assert [(one["Name"], one["Type"]) for one in told] == [(name, AS_ATHENA_HAS_IT[type_]) for name, type_ in columns]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_window_is_found_where_its_files_are(template: dict[str, Any], table: Table) -> None:
    described = template["Resources"][f"Lake{table.name.title()}"]["Properties"]["TableInput"]
    parameters = described["Parameters"]
    digits = int(parameters[f"projection.{WINDOW}.digits"])
    place = parameters["storage.location.template"]["Fn::Sub"].replace("${!", "${")
    place = place.replace(f"${{{WINDOW}}}", f"{7:0{digits}d}").replace("${RecordsBucket}", "records")
    assert f"s3://records/{file_key(table, 7, 'harvest', 1)}".startswith(place)
    assert place.startswith(
        described["StorageDescriptor"]["Location"]["Fn::Sub"].replace("${RecordsBucket}", "records")
    )


def test_a_query_in_athena_has_a_limit(template: dict[str, Any]) -> None:
    configuration = template["Resources"]["LakeWorkGroup"]["Properties"]["WorkGroupConfiguration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == 100 * 10**9
