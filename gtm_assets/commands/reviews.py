"""``gtm review``: verdicts on text blocks."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.table import Table

from gtm_assets.commands.console import console
from gtm_assets.settings import BlockKind, ConfigurationError, load_settings

app = typer.Typer(help="Verdicts on text blocks that wait for one.", no_args_is_help=True)


@app.command("list")
def review_list(kind: Annotated[str, typer.Option(help="cell or opener.")] = "cell") -> None:
    """Show blocks that pass every rule and wait for a verdict."""
    from gtm_assets import clients
    from gtm_assets.texts import blocks

    store = clients.open_store(load_settings())
    with store.read() as connection:
        found = blocks.current_blocks(connection, _kind(kind)).values()
    waiting = [block for block in found if block.passed and block.verdict is None]
    table = Table("Key", "Version", "Text")
    for block in waiting:
        table.add_row(block.key, str(block.version), "\n".join(str(text) for text in block.content.values() if text))
    console.print(table)
    console.print(f"{len(waiting)} wait. Approve with: gtm review approve <key> … (or --all)")


@app.command("approve")
def review_approve(
    keys: Annotated[list[str] | None, typer.Argument(help="Keys as `gtm review list` shows them.")] = None,
    kind: Annotated[str, typer.Option(help="cell or opener.")] = "cell",
    comment: Annotated[str, typer.Option(help="Kept with the verdict.")] = "",
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every block that waits.")] = False,
) -> None:
    """Approve blocks; whoever waits for them becomes due."""
    if not keys and not everything:
        raise ConfigurationError("Name the keys to approve (`gtm review list` shows them), or say --all.")
    _decide(keys or [], kind, "approved", comment, everything=everything)


@app.command("reject")
def review_reject(
    keys: Annotated[list[str], typer.Argument(help="Keys as `gtm review list` shows them.")],
    kind: Annotated[str, typer.Option(help="cell or opener.")] = "cell",
    comment: Annotated[str, typer.Option(help="Kept with the verdict.")] = "",
) -> None:
    """Reject blocks; whoever carries them loses them at the next pass."""
    _decide(keys, kind, "rejected", comment, everything=False)


def _decide(keys: list[str], kind: str, verdict: str, comment: str, *, everything: bool) -> None:
    from gtm_assets import clients
    from gtm_assets.texts.reviews import decide

    reviewer = os.environ.get("USER") or "terminal"
    store = clients.open_store(load_settings())
    try:
        decided = decide(
            store,
            _kind(kind),
            keys,
            "approved" if verdict == "approved" else "rejected",
            reviewer=reviewer,
            comment=comment,
            everything=everything,
        )
    except KeyError as error:
        raise ConfigurationError(str(error.args[0])) from error
    console.print(f"{decided.blocks} {verdict}, {decided.accounts_due} accounts are due because of it.")


def _kind(text: str) -> BlockKind:
    if text not in {"cell", "opener"}:
        raise ConfigurationError(f"--kind is {text!r}; expects cell or opener.")
    return "cell" if text == "cell" else "opener"
