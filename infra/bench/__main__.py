"""`python -m infra.bench`: SQL over a million lines, capacity, CPU, cold start and throughput, all from one run."""

import os
import sys
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from infra.bench.gateway import measure_gateway
from infra.bench.growth import growth
from infra.bench.imports import NotTimedError
from infra.bench.lake import measure_lake
from infra.bench.operations import weigh_operations
from infra.bench.partner import bring_in
from infra.bench.posting_cost import posting_costs
from infra.bench.quiet import QuietLedger
from infra.bench.tables import (
    Section,
    cpu_table,
    gateway_table,
    growth_table,
    imports_table,
    lake_table,
    operations_table,
    posting_table,
)
from infra.cloudformation import DeployError
from infra.demo.errors import DemoError
from infra.local.deployment import deployed_locally
from infra.local.server import ServerStartError
from infra.venvs import SetupError
from partners.bootstrap import Services
from shared.kernel.clock import system_clock
from shared.kernel.errors import TesseraError
from shared.kernel.settings import Settings

WIDTH_WITHOUT_TERMINAL = 110

_EXPECTED = (
    BotoCoreError,
    ClientError,
    DemoError,
    DeployError,
    NotTimedError,
    ServerStartError,
    SetupError,
    TesseraError,
)


def sections(console: Console) -> Iterator[Section]:
    """Every section, as soon as it is measured. Raises one of _EXPECTED."""

    def show(doing: str) -> None:
        console.print(f"{doing} …", style="dim")

    show("measuring statements and reconciliation of a million lines")
    yield lake_table(measure_lake())
    with deployed_locally(show) as stack:
        os.environ.update(stack.process_environment())
        services = Services(Settings.from_env(os.environ))
        api_key = bring_in(services)
        yield operations_table(weigh_operations(services))
        yield growth_table(growth(system_clock()))
        yield posting_table(posting_costs(system_clock()))
        quiet = QuietLedger.beside(stack)
        show("measuring CPU")
        yield cpu_table(quiet.earn_cpu())
        show("measuring cold starts")
        yield imports_table(quiet.import_times(show))
        show("measuring throughput")
        yield gateway_table(measure_gateway(stack.base_url, api_key))


def main() -> int:
    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else WIDTH_WITHOUT_TERMINAL, highlight=False)
    try:
        for section in sections(console):
            console.print()
            console.print(section)
    except _EXPECTED as error:
        console.print(f"[bold red]The benchmark stopped.[/bold red] {escape(str(error))}")
        return 1
    except KeyboardInterrupt:
        console.print("Stopped. Nothing is left running.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
