"""``gtm demo``: the whole path against the sandbox, first as a draft, then with writing allowed.

It uses a state directory of its own, begun anew each time, so that it never meets the state of ``gtm up``.
"""

from __future__ import annotations

import os
import shutil

import dagster as dg
import sqlalchemy as sa

from gtm_assets import board_views, clients, views
from gtm_assets.commands.console import console
from gtm_assets.commands.preview_terminal import print_email
from gtm_assets.commands.preview_words import recipient
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.language import language_of
from gtm_assets.monitoring import board
from gtm_assets.monitoring.plans import count_plans, load_plans
from gtm_assets.once import OnceResult, run_once
from gtm_assets.platform import dagster_home
from gtm_assets.progress import shown_progress
from gtm_assets.sandbox_mode import enter_sandbox
from gtm_assets.settings import PROJECT_ROOT, Settings, load_settings
from gtm_assets.writeback.email import read_email
from resources.store import schema
from resources.store.store import Store

NEXT = """What to try next:
  make up
      opens the platform on a sandbox of its own: webserver, daemon, sensors; then, in a second terminal:
  .venv/bin/gtm sandbox edit person 1 --title "Leiter Einkauf"
      a human changes a job title; the new texts arrive without another command
  .venv/bin/gtm sandbox show person 1
      what the CRM carries now
  .venv/bin/gtm board
      where every account stands
  .venv/bin/gtm backfill campaign "Messe 2026"
      writes a campaign's texts and brings its people up to date
docs/marketing.md and docs/revops.md lead through all of it, step by step."""


def run_demo(*, companies: int = 40) -> bool:
    """Run the demo and print it; answers whether everything went well."""
    from sandbox.environment import environment
    from sandbox.server import SandboxServer

    state = PROJECT_ROOT / ".state" / "demo"
    shutil.rmtree(state, ignore_errors=True)
    with SandboxServer(None, companies=companies) as server:
        console.print(
            f"The sandbox answers at {server.base_url}: {companies} sample companies, nobody of them exists.",
            soft_wrap=True,
        )
        enter_sandbox({**environment(server.base_url, server.world), "GTM_STATE_DIR": str(state)})
        console.rule("1. Draft: nothing is written to the CRM")
        draft = _pass(allow=False)
        store = clients.open_store(load_settings())
        with store.read() as connection:
            plans, planned = load_plans(connection, limit=3), count_plans(connection)
        console.print(views.plans_table(plans))
        console.print(
            f"{planned} records would change; three of them are shown. In your own state `gtm plan` shows all.",
            soft_wrap=True,
        )
        console.rule("2. The same with SUPEROFFICE_ALLOW_LIVE_WRITE=true")
        written = _pass(allow=True)
        console.rule("3. Three e-mails, joined from what now stands in the CRM")
        _print_emails(load_settings(), store)
        console.rule("4. The board")
        with store.read() as connection:
            counts, lines = board.phase_counts(connection), board.load_lines(connection, board.Wanted(), limit=45)
        console.print(board_views.board_table(counts, lines))
        store.close()
    console.print(NEXT, soft_wrap=True, highlight=False)
    errors = draft.errors + written.errors
    for error in errors:
        console.print(error, style="red", markup=False)
    return not (draft.failed or written.failed)


def _pass(*, allow: bool) -> OnceResult:
    os.environ["SUPEROFFICE_ALLOW_LIVE_WRITE"] = "true" if allow else "false"
    load_settings.cache_clear()
    settings = load_settings()
    dagster_home(settings)
    store = clients.open_store(settings)
    with dg.DagsterInstance.get() as instance, shown_progress(store, quiet=False) as progress:
        result = run_once(instance, store, settings, progress=progress)
    store.close()
    console.print(views.result_table(result))
    return result


def _print_emails(settings: Settings, store: Store) -> None:
    fields = stored_fields(store)
    crm = clients.open_superoffice(settings, store)
    for person_id in _three_persons(store):
        email = read_email(crm, fields, person_id)
        if email is not None:
            to = recipient(email.person, email.title, email.company)
            print_email(to, email.subject, email.text, "", language_of(None, settings))
    crm.close()


def _three_persons(store: Store) -> list[int]:
    """Three persons of different personas in different verticals who carry a text and whose company carries an opener."""
    persons, profiles, written = schema.persons, schema.profiles, schema.written_values
    opener = written.alias("opener")
    query = (
        sa.select(persons.c.person_id, persons.c.persona_key, profiles.c.vertical_key)
        .join(profiles, profiles.c.contact_id == persons.c.contact_id)
        .join(
            written,
            sa.and_(
                written.c.entity == "Person", written.c.entity_id == persons.c.person_id, written.c.field == "intro"
            ),
        )
        .join(
            opener,
            sa.and_(
                opener.c.entity == "Contact", opener.c.entity_id == persons.c.contact_id, opener.c.field == "opener"
            ),
        )
        .order_by(persons.c.person_id)
    )
    chosen: list[int] = []
    personas: set[str] = set()
    verticals: set[str] = set()
    with store.read() as connection:
        for person_id, persona, vertical in connection.execute(query):
            if persona not in personas and vertical not in verticals and len(chosen) < 3:
                chosen.append(person_id)
                personas.add(persona)
                verticals.add(vertical)
    return chosen
