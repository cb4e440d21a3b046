"""Errors as SuperOffice's REST API sends them.

Source: SuperOffice's developer documentation, "Errors". The bodies of 401, 403 and 5xx are not documented: switch ``error_body``.
"""

from __future__ import annotations

import json

from starlette.responses import Response

from sandbox.switches import Switches

UNDOCUMENTED = frozenset({401, 403, 429, 500, 502, 503, 504})


class ApiError(Exception):
    """A request that the API refuses, with the documented parts of its body."""

    def __init__(
        self, status: int, message: str, error_type: str = "ArgumentException", *, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.status = status
        self.message = message
        self.error_type = error_type


def not_found(entity: str, entity_id: int) -> ApiError:
    """The 404 of the documentation's example."""
    return ApiError(404, f"{entity} id {entity_id} not found", "SoNotFoundException")


def error_content(switches: Switches, status: int, message: str, error_type: str) -> tuple[bytes, str]:
    """Body and content type of an error."""
    position = switches["error_body"] if status in UNDOCUMENTED else "rest"
    if position == "empty":
        return b"", "text/plain"
    if position == "html":
        return f"<html><head><title>{status}</title></head><body><h2>{status}</h2></body></html>".encode(), "text/html"
    body = {
        "Error": True,
        "ErrorType": error_type,
        "ErrorMessage": message,
        "ErrorSource": "SuperOffice.Services.Implementation",
    }
    return json.dumps(body, ensure_ascii=False).encode(), "application/json"


def error_response(switches: Switches, error: ApiError) -> Response:
    """The answer to a refused request."""
    content, media_type = error_content(switches, error.status, error.message, error.error_type)
    headers = None if error.retry_after is None else {"Retry-After": f"{error.retry_after:g}"}
    return Response(content, status_code=error.status, media_type=media_type, headers=headers)
