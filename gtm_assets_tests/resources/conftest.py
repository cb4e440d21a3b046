"""Fixtures of the resources' tests: a website and Gemini on real sockets, the clock that visits go by, and a holder of leases that died."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from gtm_assets_tests.resources.gemini_stub import Gemini
from gtm_assets_tests.resources.website_stubs import PUBLIC, Clock, Names, Network, Site
from resources.store import queue
from resources.website import WebsiteClient


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(httpserver: HTTPServer, clock: Clock) -> Iterator[Site]:
    # What nobody serves is missing; the server's own answer would be an error of its own.
    httpserver.no_handler_status_code = 404
    names = Names(firma_example=PUBLIC, other_example=PUBLIC, intern_example="10.0.0.5", meta_example="169.254.169.254")
    network = Network()
    client = WebsiteClient(resolve=names, network=network, clock=clock, timeout=5.0)
    yield Site(httpserver, names, network, client, f"http://firma.example:{httpserver.port}")
    client.close()
    httpserver.no_handler_status_code = 500


@pytest.fixture
def gemini(httpserver: HTTPServer) -> Gemini:
    return Gemini(httpserver)


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def dead_owner() -> str:
    """A holder whose process of this machine is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    host = queue.new_owner().partition("/")[0]
    return f"{host}/{process.pid}/0badcafe"
