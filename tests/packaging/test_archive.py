"""The zip holds what runs, all of it and nothing else, and comes out the same each time."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from infra.package import ROOMS_BESIDE_THE_APP, Package, build_package
from infra.paths import BUILD, ROOT

# Lambda refuses more than 250 MB unpacked and starts slower with every one.
LARGEST_ZIP_MB = 15
LARGEST_UNPACKED_MB = 60
LARGEST_LAYER_MB = 25
LARGEST_LAYER_UNPACKED_MB = 65

_IMPORT_EVERYTHING = """
import importlib, pathlib, sys
root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root))
rooms = ["chalicelib", "functions", "partners", "shared"]
files = [root / "app.py"] + [file for room in rooms for file in sorted((root / room).rglob("*.py"))]
for file in files:
    name = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    importlib.import_module(name)
    print(name)
"""


def test_every_module_imports_with_nothing_but_the_package_on_the_path(unpacked: Path) -> None:
    python = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    done = subprocess.run(
        [str(python), "-I", "-S", "-B", "-c", _IMPORT_EVERYTHING, str(unpacked)],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "us-east-1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    imported = done.stdout.split()
    assert "app" in imported
    handlers = {f"functions.{path.stem}" for path in (ROOT / "functions").glob("[!_]*.py")}
    assert handlers
    assert handlers <= set(imported)


def test_all_product_code_is_in_the_package_unchanged(unpacked: Path) -> None:
    for room in ("chalicelib", *ROOMS_BESIDE_THE_APP):
        for source in [file for kind in ("*.py", "*.sql") for file in (ROOT / room).rglob(kind)]:
            assert (unpacked / source.relative_to(ROOT)).read_bytes() == source.read_bytes()


def test_tests_tools_and_compiled_files_stay_out(package: Package) -> None:
    names = zipfile.ZipFile(package.archive).namelist()
    assert len(names) == len(set(names))
    assert not [name for name in names if name.endswith((".pyc", ".pyo")) or "__pycache__" in name]
    top = {name.split("/")[0] for name in names}
    assert not top & {"tests", "infra", "docs", "bin", ".venv", ".chalice", "pip", "setuptools", "vendor", "duckdb"}


def test_the_package_stays_small(package: Package) -> None:
    unpacked_bytes = sum(entry.file_size for entry in zipfile.ZipFile(package.archive).infolist())
    assert package.archive.stat().st_size < LARGEST_ZIP_MB * 1e6
    assert unpacked_bytes < LARGEST_UNPACKED_MB * 1e6


def test_the_layer_holds_duckdb_alone_and_stays_small(package: Package) -> None:
    with zipfile.ZipFile(package.layer) as layer:
        unpacked_bytes = sum(entry.file_size for entry in layer.infolist())
        assert {name.split("/")[0] for name in layer.namelist()} == {"python"}
        packages = {name.split("/")[1].partition(".")[0].partition("-")[0] for name in layer.namelist()}
    assert packages == {"duckdb", "_duckdb", "adbc_driver_duckdb"}
    assert package.layer.stat().st_size < LARGEST_LAYER_MB * 1e6
    assert unpacked_bytes < LARGEST_LAYER_UNPACKED_MB * 1e6


def test_the_layer_answers_sql_and_reads_parquet_with_nothing_fetched(package: Package, tmp_path: Path) -> None:
    with zipfile.ZipFile(package.layer) as layer:
        layer.extractall(tmp_path)
    python = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    program = f"""import sys; sys.path.insert(0, {str(tmp_path / "python")!r}); import duckdb
database = duckdb.connect(config={{"autoinstall_known_extensions": "false"}})
database.execute("COPY (SELECT 42 AS n) TO '{tmp_path}/n.parquet'")
print(database.execute("SELECT n FROM '{tmp_path}/n.parquet'").fetchone()[0])"""
    done = subprocess.run([str(python), "-I", "-S", "-B", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "42\n"), done.stderr


def test_building_again_elsewhere_gives_the_same_bytes(package: Package, tmp_path: Path) -> None:
    shutil.copytree(BUILD / "dependencies", tmp_path / "dependencies")
    again = build_package(print, build=tmp_path)
    assert again.layer.read_bytes() == package.layer.read_bytes()
    assert again.archive_digest() == package.archive_digest()
    assert again.template_digest() == package.template_digest()
