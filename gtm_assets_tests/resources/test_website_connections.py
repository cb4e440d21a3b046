"""Which addresses a visit connects to: none that are private, and with TLS the name that was asked for."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_httpserver import HTTPServer

from gtm_assets_tests.resources.website_stubs import PUBLIC, SENTENCES, Names, Network, Site, html
from resources.tls import shared_context
from resources.website import WebsiteClient

# --- hosts that must not be connected to ---


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "0.0.0.0",  # noqa: S104 - not bound to
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "2002:7f00:1::1",
        f"{PUBLIC} 10.0.0.1",
    ],
)
def test_a_name_that_resolves_to_a_private_address_is_refused_without_a_connection(site: Site, address: str) -> None:
    site.names.hosts["firma.example"] = address
    visit = site.visit()
    assert (visit.outcome, visit.transient) == ("private_host", False)
    assert address.rpartition(" ")[2].partition("%")[0] in visit.reason
    assert site.network.connected == []
    assert site.paths == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "127.0.0.1:{port}", "http://[::1]:{port}/"])
def test_an_address_typed_into_the_field_is_checked_like_a_name(site: Site, url: str) -> None:
    assert site.client.visit(url.format(port=site.server.port)).outcome == "private_host"
    assert site.network.connected == []


def test_private_hosts_can_be_allowed_but_link_local_ones_never(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", content_type="text/plain")
    httpserver.expect_request("/").respond_with_data(html(SENTENCES), content_type="text/html")
    names = Names(firma_example="127.0.0.1", meta_example="169.254.169.254")
    client = WebsiteClient(allow_private_hosts=True, resolve=names)
    assert client.visit(f"http://firma.example:{httpserver.port}/").outcome == "ok"
    assert client.visit("http://meta.example/").outcome == "private_host"


def test_the_connection_goes_to_the_address_that_was_checked(site: Site) -> None:
    site.serve("/", html(SENTENCES))
    assert site.visit().outcome == "ok"
    assert set(site.network.connected) == {PUBLIC}
    assert len(site.names.asked) == len(site.network.connected)


def test_a_name_that_turns_private_between_two_requests_gets_no_connection(site: Site) -> None:
    site.names.hosts["firma.example"] = [PUBLIC, "127.0.0.1"]
    site.serve("/", html(SENTENCES))
    visit = site.visit()
    assert visit.outcome == "private_host"
    assert site.network.connected == [PUBLIC]
    assert site.paths == ["/robots.txt"]


@pytest.mark.parametrize("target", ["http://intern.example/", "http://127.0.0.1/", "http://meta.example/x", "//[::1]/"])
def test_a_redirect_to_a_private_host_is_refused(site: Site, target: str) -> None:
    site.redirect("/", target)
    visit = site.visit()
    assert (visit.outcome, visit.transient) == ("redirect_refused", False)
    assert set(site.network.connected) == {PUBLIC}


def test_a_transport_of_somebody_else_is_behind_the_same_check() -> None:
    sent: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.host)
        return httpx.Response(200, html=html(SENTENCES))

    client = WebsiteClient(
        transport=httpx.MockTransport(handler), resolve=Names(firma_example=PUBLIC, intern_example="10.0.0.5")
    )
    assert client.visit("firma.example").outcome == "ok"
    assert client.visit("intern.example").outcome == "private_host"
    assert set(sent) == {"firma.example"}
    client.close()


# --- names and servers that do not answer ---


def test_a_name_that_does_not_exist_is_unreachable_for_good(site: Site) -> None:
    visit = site.client.visit("https://gibtesnicht.example")
    assert (visit.outcome, visit.transient) == ("unreachable", False)


def test_a_name_service_that_does_not_answer_is_transient(site: Site) -> None:
    def down(host: str, port: int, **options: Any) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    visit = WebsiteClient(resolve=down).visit("https://firma.example")
    assert (visit.outcome, visit.transient) == ("unreachable", True)


def test_nothing_listening_is_unreachable_and_transient() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    visit = WebsiteClient(allow_private_hosts=True, timeout=1.0).visit(f"http://127.0.0.1:{port}/")
    assert (visit.outcome, visit.transient) == ("unreachable", True)


# --- TLS ---


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[HTTPServer, list[str | None]]]:
    """A server with a certificate for ``firma.example``, which is trusted meanwhile, and the names it was asked for."""
    certificate = self_signed(tmp_path, "firma.example")
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(certificate)
    asked: list[str | None] = []
    served.sni_callback = lambda connection, name, context: asked.append(name)
    server = HTTPServer(host="127.0.0.1", ssl_context=served)
    server.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    shared_context.cache_clear()
    yield server, asked
    shared_context.cache_clear()
    server.stop()


def self_signed(folder: Path, name: str) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_tls_asks_for_and_checks_the_name_while_the_connection_goes_to_the_address(
    tls: tuple[HTTPServer, list[str | None]],
) -> None:
    server, asked = tls
    server.no_handler_status_code = 404
    server.expect_request("/").respond_with_data(html(SENTENCES), content_type="text/html")
    network = Network()
    client = WebsiteClient(resolve=Names(firma_example=PUBLIC, other_example=PUBLIC), network=network, timeout=5.0)
    assert client.visit(f"firma.example:{server.port}").final_url == f"https://firma.example:{server.port}"
    assert set(asked) == {"firma.example"}
    assert set(network.connected) == {PUBLIC}
    visit = client.visit(f"https://other.example:{server.port}/")
    assert (visit.outcome, visit.text) == ("unreachable", "")
    assert "certificate" in visit.reason.lower()
