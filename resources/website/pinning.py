"""Connections that go to the address that was checked, and end when the visit's time is over.

Checking a name and then letting the HTTP library resolve it again leaves a gap: a name server can answer with a public
address first and with 127.0.0.1 a moment later (DNS rebinding). So name resolution is moved to the one place where
sockets are opened: httpcore's network backend. It is handed the host name, resolves it once, checks, and connects to an
address as a literal. The request itself still carries the name, so the Host header, the TLS server name, the
certificate check and the key of the connection pool are those of the name. A pooled connection stays with the address
it was opened to.

The environment's proxies are not used: a proxy would resolve the name itself, and the check would mean nothing.

What belongs elsewhere: which addresses are allowed (``hosts``), redirects and limits (``fetching``).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from resources.website.hosts import HostGuard

# A name may have dozens of addresses; the first few decide.
_ADDRESSES_TRIED = 4


class Deadline:
    """The moment at which a visit is over.

    Args:
        clock: Monotonic seconds.
        seconds: How long the visit may take.
    """

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def remaining(self) -> float:
        """Seconds that are left; never negative."""
        return max(0.0, self._end - self._clock())

    def cap(self, timeout: float | None) -> float:
        """The time-out for one operation: what was asked for, but no more than is left.

        Raises:
            httpcore.ReadTimeout: Nothing is left.
        """
        left = self.remaining()
        if left <= 0:
            raise httpcore.ReadTimeout("the visit's time is over")
        return left if timeout is None else min(timeout, left)


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every operation ends with the visit: bytes that drip in one by one don't renew the time."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.cap(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.cap(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, self._deadline.cap(timeout))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _GuardedBackend(httpcore.NetworkBackend):
    """Opens sockets, and only to addresses that the guard has just checked."""

    def __init__(self, guard: HostGuard, deadline: Deadline, inner: httpcore.NetworkBackend) -> None:
        self._guard = guard
        self._deadline = deadline
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"no address of {host} could be tried")
        for address in self._guard.addresses(host, port)[:_ADDRESSES_TRIED]:
            limit = self._deadline.cap(timeout)
            try:
                stream = self._inner.connect_tcp(address, port, limit, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure


class PinnedTransport(httpx.BaseTransport):
    """httpx's HTTP/1.1 transport over the guarded backend; made for one visit. ``network`` opens the sockets.

    Raises ``RefusedHostError`` and ``UnknownHostError`` beside httpx's transport errors.
    """

    def __init__(
        self,
        guard: HostGuard,
        deadline: Deadline,
        ssl_context: ssl.SSLContext,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        backend = _GuardedBackend(guard, deadline, network or httpcore.SyncBackend())
        self._pool = httpcore.ConnectionPool(ssl_context=ssl_context, max_connections=4, network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body is read by whoever consumes the response."""
        url = request.url
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _httpx_errors():
            reply = self._pool.handle_request(sent)
        return httpx.Response(
            reply.status, headers=reply.headers, stream=_Body(reply.stream), extensions=reply.extensions
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class CheckedTransport(httpx.BaseTransport):
    """Somebody else's transport behind the same check of every host; closing it leaves theirs open.

    The check precedes the transport's own resolving here, so that only ``PinnedTransport`` is safe against rebinding.
    """

    def __init__(self, inner: httpx.BaseTransport, guard: HostGuard) -> None:
        self._inner = inner
        self._guard = guard

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check the host, then hand the request on."""
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        self._guard.addresses(request.url.host, port)
        return self._inner.handle_request(request)


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _httpx_errors():
            yield from self._stream

    def close(self) -> None:
        self._stream.close()


@contextmanager
def _httpx_errors() -> Iterator[None]:
    """Errors of httpcore under httpx's names, which are the same ones, as httpx's own transport does it."""
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
    ) as error:
        kind = getattr(httpx, type(error).__name__, httpx.TransportError)
        raise kind(str(error)) from error
