"""The lake's tables as Athena finds them in the Glue catalogue, made from the schema that writes the files."""

from typing import Any

from partners.lake.schema import FOLDER, TABLES, WINDOW, Table

WINDOWS_TO_COME = 5_000
"""Athena looks for no window beyond: with daily ones that is thirteen years."""


def glue_tables() -> dict[str, dict[str, Any]]:
    """CloudFormation resources by their logical id; the template has the database that they are in."""
    return {f"Lake{table.name.title()}": _resource(table) for table in TABLES}


def _resource(table: Table) -> dict[str, Any]:
    location = f"s3://${{RecordsBucket}}/{FOLDER}/{table.name}/"
    return {
        "Type": "AWS::Glue::Table",
        "Properties": {
            "CatalogId": {"Ref": "AWS::AccountId"},
            "DatabaseName": {"Ref": "LakeDatabase"},
            "TableInput": {
                "Name": table.name,
                "Description": f"A row: {table.says}",
                "TableType": "EXTERNAL_TABLE",
                "Parameters": {
                    "EXTERNAL": "TRUE",
                    "classification": "parquet",
                    # Partitions follow from numbers, so nobody has to add one when a window has closed.
                    "projection.enabled": "true",
                    f"projection.{WINDOW}.type": "integer",
                    f"projection.{WINDOW}.range": f"1,{WINDOWS_TO_COME}",
                    f"projection.{WINDOW}.digits": "8",
                    "storage.location.template": {"Fn::Sub": f"{location}{WINDOW}=${{!{WINDOW}}}/"},
                },
                "PartitionKeys": [{"Name": WINDOW, "Type": "bigint"}],
                "StorageDescriptor": {
                    "Columns": [
                        {"Name": column.name, "Type": column.athena, "Comment": column.says} for column in table.columns
                    ],
                    "Location": {"Fn::Sub": location},
                    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                    "SerdeInfo": {
                        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
                    },
                },
            },
        },
    }
