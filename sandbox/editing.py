"""``gtm sandbox edit``, ``create``, ``show`` and ``remove``: act as the people of the tenant and of marketing would.

What belongs elsewhere: what an edit does (``control``, over HTTP), reviews (``reviewing``), the other commands (``cli``).
"""

from __future__ import annotations

from typing import Annotated

import typer

from sandbox.asking import fail, get, pairs, post, print_record
from sandbox.reviewing import edit_review, remove_review, show_reviews

edit_app = typer.Typer(help="Edit as a person of the tenant would: in the CRM or in Notion.", no_args_is_help=True)
create_app = typer.Typer(help="Enter a company or person in the CRM, or a campaign in Notion.", no_args_is_help=True)
show_app = typer.Typer(help="Show a record of the CRM, or the reviews in Notion.", no_args_is_help=True)
remove_app = typer.Typer(help="Remove something from Notion.", no_args_is_help=True)
edit_app.command("review")(edit_review)
show_app.command("reviews")(show_reviews)
remove_app.command("review")(remove_review)

FieldOptions = Annotated[
    list[str] | None, typer.Option("--field", metavar="LABEL=VALUE", help="Any other field, by its label; repeatable.")
]


@edit_app.command("person")
def edit_person(
    context: typer.Context,
    person_id: Annotated[int, typer.Argument(metavar="ID")],
    title: Annotated[str | None, typer.Option(help="Job title.")] = None,
    position: Annotated[str | None, typer.Option(help="Item of the list Position, by name.")] = None,
    firstname: Annotated[str | None, typer.Option()] = None,
    lastname: Annotated[str | None, typer.Option()] = None,
    campaign: Annotated[str | None, typer.Option(help="Value of the field MA_Campaign.")] = None,
    company: Annotated[int | None, typer.Option(help="Id of the company the person moves to.")] = None,
    field: FieldOptions = None,
) -> None:
    """Change a person in the CRM, or move them to another company."""
    fields = {
        "Company": None if company is None else str(company),
        "Title": title,
        "Position": position,
        "Firstname": firstname,
        "Lastname": lastname,
        "MA_Campaign": campaign,
    }
    _edit(context, "Person", person_id, fields, field)


@edit_app.command("company")
def edit_company(
    context: typer.Context,
    company_id: Annotated[int, typer.Argument(metavar="ID")],
    vertical: Annotated[str | None, typer.Option(help="Item of the list Vertical, by name.")] = None,
    name: Annotated[str | None, typer.Option()] = None,
    url: Annotated[str | None, typer.Option()] = None,
    city: Annotated[str | None, typer.Option()] = None,
    field: FieldOptions = None,
) -> None:
    """Change a company in the CRM."""
    _edit(context, "Contact", company_id, {"Vertical": vertical, "Name": name, "Url": url, "City": city}, field)


ColumnOptions = Annotated[
    list[str] | None, typer.Option("--field", metavar="COLUMN=VALUE", help="Any other column; repeatable.")
]


@edit_app.command("vertical")
def edit_vertical(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The vertical's key in Notion.")],
    pains: Annotated[str | None, typer.Option(help="New pains, one per line.")] = None,
    gains: Annotated[str | None, typer.Option(help="New gains, one per line.")] = None,
    field: ColumnOptions = None,
) -> None:
    """Change a vertical in Notion."""
    _edit_notion(context, "verticals", key, {"Pains": pains, "Gains": gains}, field)


@edit_app.command("persona")
def edit_persona(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The persona's key in Notion.")],
    pains: Annotated[str | None, typer.Option(help="New pains, one per line.")] = None,
    gains: Annotated[str | None, typer.Option(help="New gains, one per line.")] = None,
    field: ColumnOptions = None,
) -> None:
    """Change a persona in Notion."""
    _edit_notion(context, "personas", key, {"Pains": pains, "Gains": gains}, field)


@edit_app.command("campaign")
def edit_campaign(
    context: typer.Context,
    tag: Annotated[str, typer.Argument(metavar="TAG", help="The campaign's tag in Notion.")],
    brief: Annotated[str | None, typer.Option(help="What the campaign is about.")] = None,
    *,
    active: Annotated[bool | None, typer.Option("--active/--ended", help="Tick or clear Active.")] = None,
    field: ColumnOptions = None,
) -> None:
    """Change a campaign in Notion, or end it."""
    _edit_notion(context, "campaigns", tag, {"Brief": brief, "Active": active}, field)


def _edit_notion(
    context: typer.Context,
    database: str,
    key: str,
    columns: dict[str, str | bool | None],
    more: list[str] | None,
) -> None:
    values = {name: value for name, value in columns.items() if value is not None} | pairs(more, "--field")
    if not values:
        fail("Nothing to change. Name a column; --help lists the options.")
    post(context, "notion/edit", {"database": database, "key": key, "values": values})
    typer.echo(f"{key} in {database}: {', '.join(values)} changed in Notion.")


@create_app.command("campaign")
def create_campaign(
    context: typer.Context,
    tag: Annotated[str, typer.Argument(metavar="TAG", help="What stands in the field MA_Campaign of its people.")],
    brief: Annotated[str, typer.Option(help="What the campaign is about.")] = "",
    name: Annotated[str | None, typer.Option(help="Default: the tag.")] = None,
) -> None:
    """Add a campaign to Notion, active at once."""
    values = {"Name": name or tag, "Tag": tag, "Brief": brief, "Active": True}
    post(context, "notion/add", {"database": "campaigns", "values": values})
    typer.echo(f"Campaign {tag} added in Notion.")


@create_app.command("company")
def create_company(
    context: typer.Context,
    name: Annotated[str, typer.Option()],
    url: Annotated[str | None, typer.Option()] = None,
    city: Annotated[str | None, typer.Option()] = None,
    field: FieldOptions = None,
) -> None:
    """Enter a company."""
    _create(context, "Contact", {"Name": name, "Url": url, "City": city}, field)


@create_app.command("person")
def create_person(
    context: typer.Context,
    company: Annotated[int, typer.Option(help="Id of the company.")],
    lastname: Annotated[str, typer.Option()],
    firstname: Annotated[str | None, typer.Option()] = None,
    mrmrs: Annotated[str | None, typer.Option(help="Herr or Frau.")] = None,
    title: Annotated[str | None, typer.Option(help="Job title.")] = None,
    position: Annotated[str | None, typer.Option(help="Item of the list Position, by name.")] = None,
    email: Annotated[str | None, typer.Option()] = None,
    field: FieldOptions = None,
) -> None:
    """Enter a person."""
    fields = {
        "Company": str(company),
        "Firstname": firstname,
        "Lastname": lastname,
        "Mrmrs": mrmrs,
        "Title": title,
        "Position": position,
        "Email": email,
    }
    _create(context, "Person", fields, field)


@show_app.command("person")
def show_person(context: typer.Context, person_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """A person as somebody in the tenant sees them."""
    print_record(get(context, f"crm/Person/{person_id}"))


@show_app.command("company")
def show_company(context: typer.Context, company_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """A company as somebody in the tenant sees it."""
    print_record(get(context, f"crm/Contact/{company_id}"))


def _edit(
    context: typer.Context, entity: str, record_id: int, fields: dict[str, str | None], more: list[str] | None
) -> None:
    values = {name: value for name, value in fields.items() if value is not None} | pairs(more, "--field")
    if not values:
        fail("Nothing to change. Name a field, such as --title, or any other with --field LABEL=VALUE.")
    print_record(post(context, "edit", {"entity": entity, "id": record_id, "fields": values}))


def _create(context: typer.Context, entity: str, fields: dict[str, str | None], more: list[str] | None) -> None:
    values = {name: value for name, value in fields.items() if value is not None} | pairs(more, "--field")
    print_record(post(context, "create", {"entity": entity, "fields": values}))
