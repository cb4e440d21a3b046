"""``gtm review``: which texts wait, one text as a reviewer wants to see it, verdicts, and a person's own wording.

What belongs elsewhere: how a text is shown (``review_text``), what becomes of it (``gtm_assets.texts``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from gtm_assets.commands.completion import complete_campaign, complete_text, complete_vertical, complete_waiting
from gtm_assets.commands.console import console, print_json
from gtm_assets.language import LanguageOption, language_of, say
from gtm_assets.settings import BlockKind, ConfigurationError, Language, load_settings

if TYPE_CHECKING:
    from gtm_assets.texts.blocks import Block, Verdict
    from gtm_assets.texts.reviews import Where
    from resources.store.store import Store

app = typer.Typer(help="Texts that wait for a verdict: list, show, approve, reject, edit.", no_args_is_help=True)
Kind = Annotated[str, typer.Option(help="cell or opener.", autocompletion=lambda: ["cell", "opener"])]
Campaign = Annotated[
    str, typer.Option(help='Only texts of this campaign, such as "Messe 2026".', autocompletion=complete_campaign)
]
Vertical = Annotated[str, typer.Option(help="Only texts of this vertical's key.", autocompletion=complete_vertical)]
Persona = Annotated[str, typer.Option(help="Only texts of this persona's key.")]
Match = Annotated[str, typer.Option(help="Only texts that contain these words.")]
Comment = Annotated[str, typer.Option(help="Kept with the verdict.")]
Everything = Annotated[bool, typer.Option("--all", help="Every text that waits.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Key = Annotated[str, typer.Argument(help="As `gtm review list` shows it.", autocompletion=complete_text)]


@app.command("list")
def review_list(
    kind: Kind = "cell",
    campaign: Campaign = "",
    vertical: Vertical = "",
    persona: Persona = "",
    match: Match = "",
    *,
    failed: Annotated[
        bool, typer.Option("--failed", help="Texts that break rules instead: edit them, or write them anew.")
    ] = False,
    as_json: Json = False,
    lang: LanguageOption = None,
) -> None:
    """Show texts that pass every rule and wait for a verdict."""
    from gtm_assets import clients
    from gtm_assets.texts.reviews import Where

    settings = load_settings()
    language = language_of(lang, settings)
    where = Where(campaign, vertical, persona, match)
    found = _waiting(clients.open_store(settings), kind, where, failed=failed)
    if as_json:
        texts = [
            {
                "kind": b.kind,
                "key": b.key,
                "version": b.version,
                "content": dict(b.content),
                "findings": [finding.message for finding in b.findings],
            }
            for b in found
        ]
        print_json({"failed" if failed else "waiting": len(found), "texts": texts})
        return
    if not found:
        console.print(_nothing(where, language, failed=failed), markup=False)
        return
    table = Table(*(say(language, f"review.{head}") for head in ("key", "text")))
    for block in found:
        content = "\n".join([str(text) for text in block.content.values() if text])
        said = "".join(f"\n! {finding.message}" for finding in block.findings)
        table.add_row(Text(f"{_shown(block.key)}@{block.version}"), Text(content + said))
    console.print(table)
    console.print(say(language, "review.failed" if failed else "review.waiting", count=len(found)), markup=False)


@app.command("show")
def review_show(
    key: Key,
    kind: Kind = "cell",
    *,
    as_json: Json = False,
    lang: LanguageOption = None,
) -> None:
    """Show one text beside the version that was approved last, with findings, inputs and earlier verdicts."""
    from gtm_assets import clients
    from gtm_assets.commands.review_text import as_json_shape, print_shown
    from gtm_assets.texts.reviews import show

    settings = load_settings()
    shown = show(clients.open_store(settings), _kind(kind), _named(key)[0])
    if as_json:
        print_json(as_json_shape(shown))
    else:
        print_shown(shown, language_of(lang, settings))


@app.command("approve")
def review_approve(
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            help="Keys as `gtm review list` shows them; @VERSION decides about exactly that one.",
            autocompletion=complete_waiting,
        ),
    ] = None,
    kind: Kind = "cell",
    comment: Comment = "",
    campaign: Campaign = "",
    vertical: Vertical = "",
    persona: Persona = "",
    match: Match = "",
    *,
    everything: Everything = False,
    lang: LanguageOption = None,
) -> None:
    """Approve texts; whoever waits for them becomes due. Name keys, or say --all, or filter with --campaign, --vertical, …."""
    _decide_many(keys, kind, (campaign, vertical, persona, match), "approved", comment, lang, everything=everything)


@app.command("reject")
def review_reject(
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            help="Keys as `gtm review list` shows them; @VERSION decides about exactly that one.",
            autocompletion=complete_text,
        ),
    ] = None,
    kind: Kind = "cell",
    comment: Comment = "",
    campaign: Campaign = "",
    vertical: Vertical = "",
    persona: Persona = "",
    match: Match = "",
    *,
    everything: Everything = False,
    lang: LanguageOption = None,
) -> None:
    """Reject texts; whoever carries them loses them at the next pass. Filters reject texts that wait, keys any text."""
    _decide_many(keys, kind, (campaign, vertical, persona, match), "rejected", comment, lang, everything=everything)


@app.command("edit")
def review_edit(
    key: Key,
    kind: Kind = "cell",
    subject: Annotated[str | None, typer.Option(help="The new subject.")] = None,
    intro: Annotated[str | None, typer.Option(help="The new bridge.")] = None,
    social_proof: Annotated[str | None, typer.Option(help="The new social proof.")] = None,
    opener: Annotated[str | None, typer.Option(help="The new opener.")] = None,
    opener_secondary: Annotated[str | None, typer.Option(help="The new second opener.")] = None,
    *,
    approve: Annotated[bool, typer.Option("--approve", help="Approve it at once if it keeps every rule.")] = False,
    lang: LanguageOption = None,
) -> None:
    """Write a text yourself: a new version, checked by the same rules. Without an option your editor ($EDITOR) opens."""
    from gtm_assets import clients
    from gtm_assets.commands.review_text import edit_in_editor, save

    settings = load_settings()
    given = {
        "subject": subject,
        "intro": intro,
        "social_proof": social_proof,
        "opener": opener,
        "opener_secondary": opener_secondary,
    }
    texts = {field: text for field, text in given.items() if text is not None}
    store = clients.open_store(settings)
    of_kind, of_key = _kind(kind), _named(key)[0]
    if not texts:
        texts = edit_in_editor(store, of_kind, of_key)
    edited = save(store, settings, of_kind, of_key, texts, _reviewer())
    language = language_of(lang, settings)
    console.print(say(language, "review.edited", key=_shown(of_key)), markup=False)
    for finding in edited.findings:
        console.print(f"! {finding.message}", markup=False)
    if edited.findings:
        raise typer.Exit(1)
    if approve:
        _decide(store, {of_key: edited.version}, kind, "approved", "", language)


def _decide_many(
    keys: list[str] | None,
    kind: str,
    filters: tuple[str, str, str, str],
    verdict: Verdict,
    comment: str,
    lang: Language | None,
    *,
    everything: bool,
) -> None:
    from gtm_assets import clients
    from gtm_assets.texts.reviews import Where

    where = Where(*filters)
    if sum((bool(keys), everything, bool(where))) != 1:
        raise ConfigurationError(
            "Name the keys (`gtm review list` shows them), or say --all, or --campaign, --vertical, --persona, --match; one of the three."
        )
    settings = load_settings()
    language = language_of(lang, settings)
    store = clients.open_store(settings)
    chosen: dict[str, int | None] = dict(_named(key) for key in keys or ())
    chosen = chosen or {block.key: block.version for block in _waiting(store, kind, where)}
    if not chosen:
        console.print(_nothing(where, language), markup=False)
        return
    _decide(store, chosen, kind, verdict, comment, language)


def _decide(
    store: Store, chosen: Mapping[str, int | None], kind: str, verdict: Verdict, comment: str, language: Language
) -> None:
    from gtm_assets.texts.reviews import decide

    seen = {key: version for key, version in chosen.items() if version is not None}
    decided = decide(store, _kind(kind), list(chosen), verdict, reviewer=_reviewer(), comment=comment, versions=seen)
    console.print(say(language, f"review.{verdict}", count=decided.blocks, due=decided.accounts_due))


def _named(text: str) -> tuple[str, int | None]:
    """``produktion/maschinenbau@2``: the key, and the version that is meant, if one is named."""
    key, at, version = text.rpartition("@")
    if not at:
        return _key(text), None
    if not version.isdigit():
        raise ConfigurationError(f"{text!r}: behind the @ stands the version's number, as `gtm review list` shows it.")
    return _key(key), int(version)


def _reviewer() -> str:
    return os.environ.get("USER") or "terminal"


def _waiting(store: Store, kind: str, where: Where, *, failed: bool = False) -> list[Block]:
    from gtm_assets.texts.reviews import waiting

    return waiting(store, _kind(kind), where, failed=failed)


def _nothing(where: Where, language: Language, *, failed: bool = False) -> str:
    what = ", ".join(filter(None, (where.campaign, where.vertical, where.persona, where.words)))
    if failed:
        return say(language, "review.nothing_failed")
    return say(language, "review.nothing_waits_there", what=what) if what else say(language, "review.nothing_waits")


def _shown(key: str) -> str:
    """A cell's key as people can paste it: a shell takes ``|`` for a pipe."""
    return key.replace("|", "/")


def _key(text: str) -> str:
    return text.replace("/", "|")


def _kind(text: str) -> BlockKind:
    if text not in {"cell", "opener"}:
        raise ConfigurationError(f"--kind is {text!r}; expects cell or opener.")
    return "cell" if text == "cell" else "opener"
