"""``gtm sandbox merge``, ``delete``, ``undelete``, ``backup`` and ``restore``: what befalls records, at somebody's hand.

What belongs elsewhere: what happens then (``control_accidents``, over HTTP), edits (``editing``), the other commands (``cli``).
"""

from __future__ import annotations

from typing import Annotated

import typer

from sandbox.asking import post, print_record

merge_app = typer.Typer(help="Merge two records of the CRM, as a person of the tenant would.", no_args_is_help=True)
delete_app = typer.Typer(help="Put a record of the CRM into its recycle bin.", no_args_is_help=True)
undelete_app = typer.Typer(help="Take a record out of the recycle bin.", no_args_is_help=True)

From = Annotated[int, typer.Argument(metavar="FROM", help="What goes.")]
Into = Annotated[int, typer.Argument(metavar="INTO", help="What stays.")]
Id = Annotated[int, typer.Argument(metavar="ID")]
FillOption = Annotated[
    bool, typer.Option("--fill-empty/--leave-empty", help="Fill empty fields of what stays from what goes.")
]


@merge_app.command("company")
def merge_company(context: typer.Context, source: From, destination: Into, *, fill_empty: FillOption = True) -> None:
    """Merge a company into another; its persons go with it."""
    body = {"entity": "Contact", "id": source, "into": destination, "fill_empty": fill_empty}
    print_record(post(context, "merge", body))


@merge_app.command("person")
def merge_person(
    context: typer.Context,
    source: From,
    destination: Into,
    *,
    fill_empty: FillOption = True,
    keep: Annotated[bool, typer.Option("--keep", help="Leave what goes, marked as retired.")] = False,
) -> None:
    """Merge a person into another."""
    body = {"entity": "Person", "id": source, "into": destination, "fill_empty": fill_empty, "keep_source": keep}
    print_record(post(context, "merge", body))


@delete_app.command("company")
def delete_company(context: typer.Context, company_id: Id) -> None:
    """Delete a company."""
    _delete(context, "Contact", company_id)


@delete_app.command("person")
def delete_person(context: typer.Context, person_id: Id) -> None:
    """Delete a person."""
    _delete(context, "Person", person_id)


def _delete(context: typer.Context, entity: str, entity_id: int) -> None:
    post(context, "delete", {"entity": entity, "id": entity_id})
    typer.echo(f"{entity} {entity_id} is in the recycle bin.")


@undelete_app.command("company")
def undelete_company(context: typer.Context, company_id: Id) -> None:
    """Take a company out of the recycle bin."""
    print_record(post(context, "undelete", {"entity": "Contact", "id": company_id}))


@undelete_app.command("person")
def undelete_person(context: typer.Context, person_id: Id) -> None:
    """Take a person out of the recycle bin."""
    print_record(post(context, "undelete", {"entity": "Person", "id": person_id}))


def backup(context: typer.Context) -> None:
    """Keep the CRM as it is now, in place of an earlier backup; `restore` puts it back."""
    typer.echo(f"Backup of {post(context, 'backup', {})['taken']} UTC.")


def restore(context: typer.Context) -> None:
    """Put the last backup of the CRM back: records, times and the next ids are those of then."""
    typer.echo(f"The CRM is as it was at {post(context, 'restore', {})['restored']} UTC; Notion is as it is.")
