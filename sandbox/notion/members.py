"""Who is in the workspace: the integration's bot and a sample person of marketing, who makes all edits by hand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

_NAMESPACE = uuid.UUID("6f1d0c1e-9b0a-4a53-8a57-0d5c3f6b2a10")


def stable_id(*parts: str) -> str:
    """A UUID that is the same in each fresh sandbox."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))


@dataclass(frozen=True)
class Member:
    """One user; ``is_bot`` for an integration. A bot has no e-mail."""

    id: str
    name: str
    is_bot: bool = False
    email: str = ""


BOT = Member(stable_id("user", "bot"), "gtm-Sandbox", is_bot=True)
MARKETER = Member(
    stable_id("user", "marketer"), "Marlene Muster (Musterdaten)", email="marlene.muster@beispiel.example"
)
_MEMBERS = {member.id: member for member in (BOT, MARKETER)}


def member(user_id: str) -> Member | None:
    """By id, with or without dashes."""
    return _MEMBERS.get(str(uuid.UUID(user_id))) if _is_uuid(user_id) else None


def name_of(user_id: str) -> str:
    """The name for people, the id of somebody unknown."""
    found = member(user_id)
    return found.name if found else user_id


def partial_json(user_id: str) -> dict[str, Any]:
    """What pages and blocks carry of a user: no name (Notion's API reference, partial user)."""
    return {"object": "user", "id": user_id}


def user_json(found: Member) -> dict[str, Any]:
    """The whole user."""
    kind: dict[str, Any] = (
        {
            "type": "bot",
            "bot": {"owner": {"type": "workspace", "workspace": True}, "workspace_name": "Musterdaten der Sandbox"},
        }
        if found.is_bot
        else {"type": "person", "person": {"email": found.email}}
    )
    return {"object": "user", "id": found.id, "name": found.name, "avatar_url": None, **kind}


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
