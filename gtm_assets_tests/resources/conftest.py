"""Fixtures of the resources' tests: a website on a real socket, and the clock that its visits go by."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from gtm_assets_tests.resources.website_stubs import PUBLIC, Clock, Names, Network, Site
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
