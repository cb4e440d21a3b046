"""``gtm fields``: the CRM's user-defined fields and their roles."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import asdict
from typing import Annotated, get_args

import typer

from gtm_assets.commands.console import console, print_json
from gtm_assets.settings import load_settings

app = typer.Typer()


@app.command()
def fields(
    *,
    accept: Annotated[bool, typer.Option("--accept", help="Accept that the CRM's layout changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Show which user-defined field of the CRM plays which role; confirm a changed layout."""
    from gtm_assets import clients
    from gtm_assets.crm.field_map import current_fields
    from gtm_assets.doctor.screen import fields_table
    from gtm_assets.runs import clear_pauses
    from gtm_assets.texts.limits import TextField, field_finding

    settings = load_settings()
    with ExitStack() as opened:
        store = opened.enter_context(closing(clients.open_store(settings)))
        crm = opened.enter_context(closing(clients.open_superoffice(settings, store)))
        found = current_fields(store, crm, settings.configured_fields, accept_drift=accept, fresh=True)
        clear_pauses(store)
    findings = {name: field_finding(name, found[name].text_length) for name in get_args(TextField)}
    rows = [asdict(field) for field in found.values()]
    if as_json:
        print_json(
            {
                "fields": rows,
                "findings": {name: finding.message for name, finding in findings.items() if finding is not None},
            }
        )
        return
    console.print(fields_table(rows))
    for name, finding in findings.items():
        if finding is not None:
            console.print(f"{name}: {finding.message}", style="yellow", markup=False)
