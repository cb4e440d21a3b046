"""``gtm review``: verdicts on text blocks."""

from __future__ import annotations

import os
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
    from resources.store.store import Store

app = typer.Typer(help="Verdicts on text blocks that wait for one.", no_args_is_help=True)
Kind = Annotated[str, typer.Option(help="cell or opener.", autocompletion=lambda: ["cell", "opener"])]
Campaign = Annotated[
    str, typer.Option(help='Only texts of this campaign, such as "Messe 2026".', autocompletion=complete_campaign)
]
Vertical = Annotated[str, typer.Option(help="Only texts of this vertical's key.", autocompletion=complete_vertical)]
Comment = Annotated[str, typer.Option(help="Kept with the verdict.")]


@app.command("list")
def review_list(
    kind: Kind = "cell",
    campaign: Campaign = "",
    vertical: Vertical = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    lang: LanguageOption = None,
) -> None:
    """Show blocks that pass every rule and wait for a verdict."""
    from gtm_assets import clients

    settings = load_settings()
    language = language_of(lang, settings)
    found = _waiting(clients.open_store(settings), kind, campaign, vertical)
    if as_json:
        texts = [{"kind": b.kind, "key": b.key, "version": b.version, "content": dict(b.content)} for b in found]
        print_json({"waiting": len(found), "texts": texts})
        return
    if not found:
        console.print(_nothing(campaign, vertical, language))
        return
    table = Table(*(say(language, f"review.{head}") for head in ("key", "version", "text")))
    for block in found:
        content = "\n".join(str(text) for text in block.content.values() if text)
        table.add_row(Text(_shown(block.key)), str(block.version), Text(content))
    console.print(table)
    console.print(say(language, "review.waiting", count=len(found)), markup=False)


@app.command("approve")
def review_approve(
    keys: Annotated[
        list[str] | None,
        typer.Argument(help="Keys as `gtm review list` shows them.", autocompletion=complete_waiting),
    ] = None,
    kind: Kind = "cell",
    comment: Comment = "",
    campaign: Campaign = "",
    vertical: Vertical = "",
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every block that waits.")] = False,
    lang: LanguageOption = None,
) -> None:
    """Approve blocks; whoever waits for them becomes due. --campaign and --vertical approve all that wait there."""
    ways = [bool(keys), everything, bool(campaign or vertical)]
    if sum(ways) != 1:
        raise ConfigurationError(
            "Name the keys to approve (`gtm review list` shows them), or say --all, or --campaign and --vertical; one of the three."
        )
    from gtm_assets import clients

    settings = load_settings()
    language = language_of(lang, settings)
    store = clients.open_store(settings)
    chosen = list(keys or ()) or [block.key for block in _waiting(store, kind, campaign, vertical)]
    if not chosen:
        console.print(_nothing(campaign, vertical, language))
        return
    _decide(store, chosen, kind, "approved", comment, language)


@app.command("reject")
def review_reject(
    keys: Annotated[
        list[str], typer.Argument(help="Keys as `gtm review list` shows them.", autocompletion=complete_text)
    ],
    kind: Kind = "cell",
    comment: Comment = "",
    *,
    lang: LanguageOption = None,
) -> None:
    """Reject blocks; whoever carries them loses them at the next pass."""
    from gtm_assets import clients

    settings = load_settings()
    _decide(clients.open_store(settings), keys, kind, "rejected", comment, language_of(lang, settings))


def _decide(store: Store, keys: list[str], kind: str, verdict: Verdict, comment: str, language: Language) -> None:
    from gtm_assets.texts.reviews import decide

    reviewer = os.environ.get("USER") or "terminal"
    wanted = [_key(key) for key in dict.fromkeys(keys)]
    try:
        decided = decide(store, _kind(kind), wanted, verdict, reviewer=reviewer, comment=comment)
    except KeyError as error:
        raise ConfigurationError(str(error.args[0])) from error
    console.print(say(language, f"review.{verdict}", count=decided.blocks, due=decided.accounts_due))


def _waiting(store: Store, kind: str, campaign: str, vertical: str) -> list[Block]:
    from gtm_assets.texts.reviews import waiting

    return waiting(store, _kind(kind), campaign=campaign, vertical=vertical)


def _nothing(campaign: str, vertical: str, language: Language) -> str:
    what = ", ".join(filter(None, (campaign, vertical)))
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
