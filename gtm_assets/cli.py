"""The ``gtm`` command: its subcommands put together, and what they all share."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.text import Text

from gtm_assets.commands import (
    accounts,
    backfill,
    board,
    costs,
    coverage,
    doctor,
    fields,
    lineage,
    preview,
    resync,
    reviews,
    running,
    status,
    writing,
)
from gtm_assets.sandbox_mode import adopt_sandbox
from gtm_assets.settings import UserError, load_settings
from resources.errors import OutsideError
from sandbox.cli import app as sandbox_app

app = typer.Typer(help="Static, reviewed text blocks for every contact in SuperOffice CRM.", no_args_is_help=True)
for module in (running, board, status, accounts, writing, coverage, costs, preview, fields, resync, doctor):
    app.add_typer(module.app)
app.add_typer(backfill.app, name="backfill")
app.add_typer(reviews.app, name="review")
app.add_typer(lineage.app, name="lineage")
app.add_typer(sandbox_app, name="sandbox")


@contextmanager
def _errors_for_people() -> Iterator[None]:
    """Known errors as one line and exit code 2; anything else is a defect and keeps its trace."""
    try:
        yield
    except (UserError, OutsideError) as error:
        Console(stderr=True).print(Text(str(error), style="bold red"))
        raise SystemExit(2) from error


@app.callback()
def _adopt_sandbox(context: typer.Context) -> None:
    """Static, reviewed text blocks for every contact in SuperOffice CRM."""
    if context.invoked_subcommand == "sandbox":
        # The sandbox knows nothing of our settings; it looks for its place here.
        os.environ["GTM_STATE_DIR"] = str(load_settings().gtm_state_dir)
    elif context.invoked_subcommand not in {"up", "demo", "doctor", "status"}:
        adopt_sandbox()


def main() -> None:
    """Entry of the console script."""
    warnings.filterwarnings("ignore", message=".*is currently in beta.*")
    # httpx logs whole URLs at INFO; filters in them are nobody's business.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with _errors_for_people():
        app()


if __name__ == "__main__":
    main()
