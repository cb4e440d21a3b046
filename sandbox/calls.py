"""One request as the stand-ins' handlers see it, and the adapter that runs a handler in Starlette's thread pool.

What belongs elsewhere: what happens to a request before and after (``sandbox.gate``).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from sandbox.world import World


@dataclass(frozen=True)
class Call:
    """A request with its whole body. Header names are in lower case; ``notes`` is what the journal learns about it."""

    method: str
    url_path: str
    path: dict[str, Any]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    notes: dict[str, Any]

    def note(self, *, effect: bool | None = None, associate: int | None = None) -> None:
        """Tell the journal whether the request took effect and who sent it."""
        if effect is not None:
            self.notes["effect"] = effect
        if associate is not None:
            self.notes["associate"] = associate

    def form(self) -> dict[str, str]:
        """A form body, empty if it is none."""
        if "json" in self.headers.get("content-type", ""):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> Any:
        """A JSON body; None if there is none or it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def json_object(self) -> dict[str, Any]:
        """A JSON body that is an object.

        Raises:
            ValueError: It is none.
        """
        body = self.json()
        if not isinstance(body, dict):
            raise ValueError("The body must be a JSON object.")  # noqa: TRY004 - answered as 400, like every bad request
        return body


Handler = Callable[["World", Call], Response]


def endpoint(world: World, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A Starlette endpoint for a plain function, which may block: it runs in the thread pool."""

    async def handle(request: Request) -> Response:
        call = Call(
            method=request.method,
            url_path=request.url.path,
            path=dict(request.path_params),
            query=dict(request.query_params),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
            notes=request.scope.setdefault("sandbox", {}),
        )
        return await run_in_threadpool(handler, world, call)

    return handle
