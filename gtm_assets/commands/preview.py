"""``gtm preview``: the e-mail one person would get, in the terminal, as JSON, or as a page in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gtm_assets.commands import preview_terminal as terminal
from gtm_assets.commands.completion import complete_person
from gtm_assets.commands.console import open_file, print_json
from gtm_assets.language import LanguageOption, language_of, phrase, say
from gtm_assets.settings import ConfigurationError, Language, Settings, load_settings

if TYPE_CHECKING:
    from gtm_assets.writeback.email import ReadEmail
    from gtm_assets.writeback.preview import Preview
    from gtm_assets.writeback.preview_record import Record
    from resources.store.store import Store

app = typer.Typer()
#: Seconds for one answer of the CRM: somebody waits, and the preview does without it.
_PATIENCE = 5.0


@app.command()
def preview(
    person: Annotated[int, typer.Argument(help="Person id of the CRM.", autocompletion=complete_person)],
    *,
    from_crm: Annotated[bool, typer.Option("--crm", help="What stands in the CRM now, instead of what would.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the CRM for anything.")] = False,
    open_page: Annotated[bool, typer.Option("--open", help="As a page in the browser.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON and nothing else.")] = False,
    lang: LanguageOption = None,
) -> None:
    """Show the whole e-mail that a person would get: where each part comes from, what is missing and why."""
    if from_crm and offline:
        raise ConfigurationError("--crm reads from the CRM, --offline does not ask it: leave one of them out.")
    from gtm_assets import clients

    settings = load_settings()
    store = clients.open_store(settings)
    shown = _Shown(settings, person, language_of(lang, settings), open_page=open_page, as_json=as_json)
    if from_crm:
        _show_crm(store, shown)
    else:
        _show(_preview(store, settings, person, offline=offline), shown)


class _Shown:
    """How the answer is shown."""

    def __init__(
        self, settings: Settings, person_id: int, language: Language, *, open_page: bool, as_json: bool
    ) -> None:
        self.settings = settings
        self.person_id = person_id
        self.language = language
        self.open_page = open_page
        self.as_json = as_json

    def browser(self, html: str) -> None:
        """Keep the page and open it; the next preview of the same person replaces it."""
        path = self.settings.gtm_state_dir / "previews" / f"person-{self.person_id}.html"
        open_file(path, html.encode(), self.language, quiet=self.as_json)


def _preview(store: Store, settings: Settings, person_id: int, *, offline: bool) -> Preview:
    from gtm_assets.batch.stages import target_policy
    from gtm_assets.crm.field_map import stored_fields
    from gtm_assets.writeback.preview import preview_person
    from gtm_assets.writeback.preview_facts import load_facts
    from gtm_assets.writeback.preview_record import find_person, unknown_person

    row = find_person(store, person_id)
    record = _record(store, settings, person_id, offline=offline)
    fields = stored_fields(store)
    if row is None or not fields:
        raise unknown_person(store, person_id, None if record.unread else not record.gone)
    policy = target_policy(settings, fields)
    return preview_person(load_facts(store, policy, row, record, may_write=settings.superoffice_allow_live_write))


def _record(store: Store, settings: Settings, person_id: int, *, offline: bool) -> Record:
    """What only the CRM knows of the person; where it can't be asked, why."""
    from gtm_assets import clients
    from gtm_assets.tenancy import bind_store
    from gtm_assets.writeback.preview_record import NOT_ASKED, NOT_CONFIGURED, UNREACHABLE, Record, read_record
    from resources.errors import OutsideError

    if offline:
        return Record(unread=NOT_ASKED)
    if "SuperOffice" in settings.missing():
        return Record(unread=NOT_CONFIGURED)
    bind_store(store, settings)
    crm = clients.open_superoffice(settings, store, timeout=_PATIENCE)
    try:
        return read_record(crm, person_id)
    except OutsideError as error:
        return Record(unread=f"{UNREACHABLE}: {error}")
    finally:
        crm.close()


def _show(found: Preview, shown: _Shown) -> None:
    from gtm_assets.commands.preview_words import in_words

    words = in_words(found, shown.language)
    if shown.as_json:
        from gtm_assets.commands.preview_json import as_values

        print_json(as_values(found))
    if shown.open_page:
        from gtm_assets.commands.preview_page import page

        shown.browser(page(found, words, shown.language))
    elif not shown.as_json:
        terminal.print_preview(found, words, shown.language)


def _show_crm(store: Store, shown: _Shown) -> None:
    from gtm_assets.commands.preview_words import recipient
    from gtm_assets.writeback.preview_record import listed

    email = _read_email(store, shown)
    blocked = email.blocked or listed(store, email.contact_id, shown.person_id)
    if shown.as_json:
        from gtm_assets.commands.preview_json import email_values

        print_json(email_values(email, shown.person_id, blocked))
    if shown.open_page:
        from gtm_assets.commands.preview_page import crm_page

        shown.browser(crm_page(email, blocked, shown.person_id, shown.language))
    elif not shown.as_json:
        if blocked:
            alert = say(shown.language, "preview.no_mail", reason=phrase(shown.language, blocked))
            terminal.print_alert(alert, say(shown.language, "preview.crm_no_mail_why"))
        to = recipient(email.person, email.title, email.company)
        terminal.print_email(to, email.subject, email.text, "", shown.language)
        terminal.print_notes([say(shown.language, "preview.crm_now"), say(shown.language, "preview.permission")])


def _read_email(store: Store, shown: _Shown) -> ReadEmail:
    from gtm_assets import clients
    from gtm_assets.crm.field_map import current_fields
    from gtm_assets.tenancy import bind_store
    from gtm_assets.writeback.email import read_email

    shown.settings.require("SuperOffice")
    bind_store(store, shown.settings)
    crm = clients.open_superoffice(shown.settings, store)
    try:
        fields = current_fields(store, crm, shown.settings.configured_fields)
        email = read_email(crm, fields, shown.person_id)
    finally:
        crm.close()
    if email is None:
        raise ConfigurationError(
            f"There is no person {shown.person_id} in the CRM. The id stands in the person's record."
        )
    return email
