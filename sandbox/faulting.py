"""``gtm sandbox fault``: a command for each fault of the catalogue, the list of them, and faults of requests by pattern.

What belongs elsewhere: which faults there are (``faults.catalogue``), what they do (``control_faults``, over HTTP).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from sandbox.asking import call, pairs, post, print_rich
from sandbox.faults.catalogue import ACTS, KINDS, Option, options_of
from sandbox.faults.kinds import Fault

fault_app = typer.Typer(
    help="Let things go wrong, to see what the engine makes of it: a fault by name, or the next requests that match.",
    invoke_without_command=True,
)


@fault_app.callback()
def fault(
    context: typer.Context,
    system: Annotated[str, typer.Option(help="superoffice, login, notion, gemini or site; empty for all.")] = "",
    method: Annotated[str, typer.Option(help="Such as PATCH; empty for all.")] = "",
    path: Annotated[str, typer.Option(metavar="REGEX", help="Of the request's path, such as 'Person/3$'.")] = "",
    kind: Annotated[str, typer.Option(help="status, reset_before or reset_after.")] = "status",
    status: Annotated[int, typer.Option(help="HTTP status of the answer.")] = 503,
    times: Annotated[int, typer.Option(help="So many requests.", min=1)] = 1,
    *,
    as_list: Annotated[bool, typer.Option("--list", help="The faults by name, a sentence each.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Take back all faults.")] = False,
) -> None:
    """Let a fault happen by its name, or the next matching requests go wrong."""
    if context.invoked_subcommand is not None:
        return
    if as_list:
        _print_list()
        return
    if clear:
        call(context, "DELETE", "faults")
        typer.echo("No fault is in force or waiting any more.")
        return
    body = {"system": system, "method": method, "path_regex": path, "kind": kind, "status": status, "times": times}
    post(context, "faults", body)
    which = " ".join(filter(None, (method, path))) or "any request"
    what = f"is answered with {status}" if kind == "status" else f"loses its connection ({kind})"
    typer.echo(f"{which}{f' to {system}' if system else ''} {what}, {times} time{'s' if times > 1 else ''}.")


@fault_app.command("clear")
def clear_one(context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="See --list.")]) -> None:
    """Take back one fault."""
    call(context, "DELETE", f"faults/{name}")
    typer.echo(f"{name} is over.")


def _print_list() -> None:
    from rich.table import Table

    table = Table("command", "what happens")
    for kind in KINDS:
        table.add_row(f"fault {kind.name}", kind.sentence)
    for act in ACTS:
        table.add_row(", ".join(act.commands), act.sentence)
    print_rich(table)


def _command_for(kind: type[Fault]) -> Callable[..., None]:
    """The command of one fault; typer reads its options from a signature, which is made from the fault's own fields."""
    options = options_of(kind)

    def command(context: typer.Context, **given: Any) -> None:
        chosen = {option.name: _value(option, given[option.name]) for option in options}
        started = post(
            context, f"faults/{kind.name}", {key: value for key, value in chosen.items() if value is not None}
        )
        shown = ", ".join(f"{key}={value}" for key, value in started["options"].items() if value not in ("", None))
        typer.echo(f"{kind.name}: {kind.sentence}\n{shown}")

    parameters = [inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)]
    for option in options:
        annotation, default = _as_option(option)
        parameters.append(
            inspect.Parameter(option.name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
        )
    # What typer asks for: the signature, and the annotations it resolves by name.
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    command.__doc__ = kind.sentence
    return command


def _as_option(option: Option) -> tuple[Any, Any]:
    """Annotation and default for typer."""
    if option.name == "fields":
        metavar = "LABEL" if option.default is not None else "LABEL=VALUE"
        return Annotated[list[str] | None, typer.Option(option.flag, metavar=metavar, help=option.help)], None
    if isinstance(option.default, bool):
        negative = option.flag.replace("--", "--no-", 1)
        return Annotated[bool, typer.Option(f"{option.flag}/{negative}", help=option.help)], option.default
    if option.default is None:
        return Annotated[float | None, typer.Option(option.flag, help=option.help)], None
    return Annotated[type(option.default), typer.Option(option.flag, help=option.help)], option.default


def _value(option: Option, given: Any) -> Any:
    if option.name != "fields":
        return given
    return pairs(given, option.flag) if option.default is None else list(given or ())


for _kind in KINDS:
    fault_app.command(_kind.name)(_command_for(_kind))
