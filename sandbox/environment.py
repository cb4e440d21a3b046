"""The environment variables that point a client at a running sandbox.

Only here live writing and automatic review are switched on.

What belongs elsewhere: what the variables mean (``.env.example``).
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from sandbox.gemini.app import SANDBOX_API_KEY
from sandbox.notion.app import SANDBOX_TOKEN
from sandbox.world import World

PRIVATE_KEY_FILE = "system_user.pem"


def environment(base_url: str, world: World, *, system_user: bool = False) -> dict[str, str]:
    """Variables by name.

    Args:
        base_url: Where the sandbox answers.
        world: Whose credentials and database ids they are.
        system_user: The system user's credentials instead of the refresh token; the key is written beside the
            sandbox's data (mode 0600), or given as text where the sandbox has no directory.
    """
    known = world.credentials
    return {
        "SUPEROFFICE_ENVIRONMENT": "sod",
        "SUPEROFFICE_TENANT": known.tenant,
        "SUPEROFFICE_CLIENT_ID": known.client_id,
        "SUPEROFFICE_CLIENT_SECRET": known.client_secret,
        **(_system_user(world) if system_user else {"SUPEROFFICE_REFRESH_TOKEN": known.refresh_token}),
        "SUPEROFFICE_LOGIN_URL": f"{base_url}/superoffice",
        "SUPEROFFICE_ALLOW_LIVE_WRITE": "true",
        "NOTION_TOKEN": SANDBOX_TOKEN,
        "NOTION_BASE_URL": f"{base_url}/notion",
        "NOTION_VERTICALS_DATABASE_ID": world.notion.verticals_id,
        "NOTION_PERSONAS_DATABASE_ID": world.notion.personas_id,
        "NOTION_CAMPAIGNS_DATABASE_ID": world.notion.campaigns_id,
        "NOTION_REVIEWS_DATABASE_ID": world.notion.reviews_id,
        "GEMINI_API_KEY": SANDBOX_API_KEY,
        "GOOGLE_GEMINI_BASE_URL": f"{base_url}/gemini",
        "GTM_REVIEW_POLICY": "auto",
        "GTM_ALLOW_PRIVATE_HOSTS": "true",
        "GTM_PUBLIC_URL": f"{base_url}/unsubscribe",
        "GTM_SECRET_KEY": world.secret_key,
    }


def shell_lines(variables: Mapping[str, str]) -> str:
    """``export`` lines for a shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def env_file(variables: Mapping[str, str]) -> str:
    """Lines for a ``.env`` file."""
    return "".join(
        f'{name}="{value}"\n' if any(c in value for c in " #'\n") else f"{name}={value}\n"
        for name, value in variables.items()
    )


def _system_user(world: World) -> dict[str, str]:
    key = world.credentials.system_user_key
    if world.directory is not None:
        path = (world.directory / PRIVATE_KEY_FILE).resolve()
        path.touch(mode=0o600)
        path.write_text(key, encoding="utf-8")
        key = str(path)
    return {"SUPEROFFICE_SYSTEM_TOKEN": world.credentials.system_token, "SUPEROFFICE_PRIVATE_KEY": key}
