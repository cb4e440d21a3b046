"""Commands in a second terminal, while ``gtm up`` runs on the sandbox: they find its environment by themselves.

``gtm up`` leaves the environment of its sandbox in a file (mode 0600). Where no variable of an outside system is set and that sandbox
answers, other commands use it, so that `gtm board` shows the board that people see.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from gtm_assets.settings import Settings, load_settings, read_environment, vendor_variables

_FILE = "environment.json"
#: Variables that are about the person at the terminal or this machine, not about a tenant.
_OWN = {"gtm_notion_cron", "gtm_language"}


_PRICES = "GTM_MODEL_PRICES"
#: What people try out in the sandbox; only from the terminal, because `.env` is about the real tenant.
_TRIED: tuple[str, ...] = (
    "GTM_REVIEW_POLICY",
    "GTM_MODEL_BUDGET_PER_RUN",
    "GTM_MODEL_BUDGET_PER_DAY",
    _PRICES,
    "GTM_MODEL_CONCURRENCY",
)


def tried_in_sandbox(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables of the terminal that count in the sandbox, too; a path from its root, because runs start in another folder."""
    found = {name: environ[name].strip() for name in _TRIED if environ.get(name, "").strip()}
    if _PRICES in found:
        found[_PRICES] = str(Path(found[_PRICES]).expanduser().absolute())
    return found


def write_environment(directory: Path, variables: Mapping[str, str]) -> None:
    """Leave the environment of a running sandbox in its directory."""
    path = directory / _FILE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(dict(variables), file, indent=1)


def enter_sandbox(variables: Mapping[str, str]) -> None:
    """Make this process and its children see the sandbox's environment and nothing else of ours.

    What is not named is emptied, not removed: a ``.env`` of the project must not add a real database or a real credential.
    """
    for name in Settings.model_fields.keys() - _OWN:
        os.environ[name.upper()] = ""
    os.environ.update(variables)
    load_settings.cache_clear()


def adopted_variables() -> dict[str, str]:
    """The environment of the sandbox that this process took over, with what this terminal tries; empty if it did not."""
    directory = os.environ.get("GTM_STATE_DIR", "")
    path = Path(directory).parent / _FILE
    if not directory or not path.is_file():
        return {}
    variables: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    tried = {name: os.environ[name] for name in _TRIED if os.environ.get(name)}
    found = variables | tried
    return found if all(os.environ.get(name) == value for name, value in found.items()) else {}


def adopt_sandbox() -> bool:
    """Use the running sandbox's environment where nothing else is configured, and what the terminal tries; answers whether it did."""
    if vendor_variables(read_environment()):
        return False
    directory = load_settings().gtm_state_dir / "sandbox"
    path = directory / _FILE
    if not path.is_file():
        return False
    from sandbox.server import running_at

    address = running_at(directory)
    if address is None:
        return False
    variables = json.loads(path.read_text(encoding="utf-8"))
    if not variables["SUPEROFFICE_LOGIN_URL"].startswith(address):
        return False  # left by an earlier `gtm up`; another sandbox serves the directory now
    enter_sandbox({**variables, **tried_in_sandbox(os.environ)})
    return True
