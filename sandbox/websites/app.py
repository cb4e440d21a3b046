"""Company websites under ``/sites/{slug}/``: most are ordinary, some are awkward in one way each (``SampleCompany.site_kind``).

What belongs elsewhere: the pages (``pages``), who has which site (``sandbox.data.company_table``).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.data.samples import SampleCompany, find_company, sample_companies
from sandbox.websites.pages import english_page, home_page, imprint_page, imprint_path, javascript_page

HUGE_BYTES = 6_000_000
# Long enough for any sensible time-out to strike first, and an end for clients that have none.
TRICKLE_SECONDS = 120
TRICKLE_PAUSE_SECONDS = 0.5
_CHUNK_BYTES = 64 * 1024
_PRIVATE_ADDRESS = "http://169.254.169.254/latest/meta-data/"

_MINIMAL_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def sites_app(world: Any) -> Starlette:
    """The app for ``/sites``. Sites depend on nothing the world knows, so that any number of them can be served."""
    app = Starlette(
        routes=[
            Route("/{slug}", _to_home, methods=["GET"]),
            Route("/{slug}/{path:path}", _site, methods=["GET"]),
        ]
    )
    app.state.world = world
    return app


def robots_txt(world: Any) -> str:  # noqa: ARG001 - every part of the sandbox is made from the world
    """The robots.txt of the whole host: one site asks robots to stay away."""
    closed = [company.slug for company in sample_companies() if company.site_kind == "robots_disallowed"]
    lines = ["User-agent: *", *(f"Disallow: /sites/{slug}/" for slug in closed), "Allow: /", ""]
    return "\n".join(lines)


async def _to_home(request: Request) -> Response:
    return RedirectResponse(f"{request.url.path}/", status_code=301)


async def _site(request: Request) -> Response:
    company = find_company(request.path_params["slug"])
    if company is None:
        return _not_found()
    path = request.path_params["path"]
    base = request.url.path[: len(request.url.path) - len(path)].rstrip("/")
    if path == "":
        return _home(company, base)
    if path == imprint_path(company) and company.site_kind not in {"redirect_loop", "redirect_private", "unavailable"}:
        return HTMLResponse(imprint_page(company, base))
    if path == "de/" and company.site_kind == "redirect_de":
        return HTMLResponse(home_page(company, base))
    if path == "willkommen" and company.site_kind == "redirect_loop":
        return RedirectResponse(f"{base}/", status_code=302)
    return _not_found()


def _home(company: SampleCompany, base: str) -> Response:
    kind = company.site_kind
    fixed: dict[str, Callable[[], Response]] = {
        "home_404": _not_found,
        "unavailable": _unavailable,
        "pdf": lambda: Response(_MINIMAL_PDF, media_type="application/pdf"),
        "latin1": lambda: _latin1(company, base),
        "slow": lambda: StreamingResponse(_trickle(home_page(company, base).encode()), media_type="text/html"),
        "huge": lambda: StreamingResponse(_padded(home_page(company, base).encode()), media_type="text/html"),
    }
    if kind in fixed:
        return fixed[kind]()
    redirects = {
        "redirect_de": f"{base}/de/",
        "redirect_loop": f"{base}/willkommen",
        "redirect_private": _PRIVATE_ADDRESS,
    }
    if kind in redirects:
        return RedirectResponse(redirects[kind], status_code=302)
    pages = {"english": english_page, "javascript": javascript_page}
    return HTMLResponse(pages.get(kind, home_page)(company, base))


def _latin1(company: SampleCompany, base: str) -> Response:
    """An old page: ISO-8859-1, and neither the header nor the page says so."""
    page = home_page(company, base).replace('<meta charset="utf-8">', "").encode("iso-8859-1", "xmlcharrefreplace")
    response = Response(page)
    response.headers["content-type"] = "text/html"
    return response


async def _trickle(page: bytes) -> AsyncIterator[bytes]:
    """A few bytes at a time, so that no time-out between two bytes strikes, only one for the whole."""
    for start in range(int(TRICKLE_SECONDS / TRICKLE_PAUSE_SECONDS)):
        yield page[start * 8 : start * 8 + 8] or b" "
        await asyncio.sleep(TRICKLE_PAUSE_SECONDS)


async def _padded(page: bytes) -> AsyncIterator[bytes]:
    """A page behind megabytes of comments, without a Content-Length that would give it away."""
    filler = b"<!-- " + b"Musterdaten " * (_CHUNK_BYTES // 12) + b"-->"
    head, _, rest = page.partition(b"<body>")
    yield head + b"<body>"
    for _ in range(HUGE_BYTES // len(filler) + 1):
        yield filler
    yield rest


def _unavailable() -> Response:
    return PlainTextResponse("Service Unavailable", status_code=503, headers={"Retry-After": "3600"})


def _not_found() -> Response:
    return HTMLResponse("<!doctype html><title>404</title><h1>Seite nicht gefunden</h1>", status_code=404)
