"""Who edited a page last: a page carries only the user's id, the name is asked for once per user."""

from __future__ import annotations

from typing import Any

from resources.errors import PermanentError
from resources.notion.exchange import Exchange


class Editors:
    """Users of the workspace, each asked for once.

    An integration needs the capability to read user information for names; without it there are ids, and only the
    integration's own edits are recognised as a bot's.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._known: dict[str, dict[str, Any]] = {}
        self._own_id: str | None = None

    def with_editor(self, page: dict[str, Any]) -> dict[str, Any]:
        """The page with all that is known about who edited it last.

        Raises:
            TransientError: Notion is overloaded or unreachable.
            AuthError: The token is refused.
        """
        editor = page.get("last_edited_by") or {}
        user_id = str(editor.get("id") or "")
        if not user_id or editor.get("type"):
            return page
        if user_id not in self._known:
            self._known[user_id] = self._ask(user_id)
        return {**page, "last_edited_by": {**editor, **self._known[user_id]}}

    def _ask(self, user_id: str) -> dict[str, Any]:
        try:
            user = self._exchange.repeatable(f"reading user {user_id}", lambda sdk: sdk.users.retrieve(user_id))
        except PermanentError as error:
            if error.status not in (403, 404):
                raise
            return {"type": "bot"} if user_id == self._own() else {}
        return {"name": str(user.get("name") or ""), "type": str(user.get("type") or "")}

    def _own(self) -> str:
        """The id under which the integration itself edits."""
        if self._own_id is None:
            user = self._exchange.repeatable("reading the integration's own user", lambda sdk: sdk.users.me())
            self._own_id = str(user.get("id") or "")
        return self._own_id


def as_bot(page: dict[str, Any]) -> dict[str, Any]:
    """The object of a page that was written just now, by this integration."""
    return {**page, "last_edited_by": {**(page.get("last_edited_by") or {}), "type": "bot"}}
