"""The sandbox in a process of its own, whose Gemini takes a fixed time for each answer, as a real one does.

``python -m benchmarks.slow_sandbox SECONDS`` prints the environment that leads there as one line of JSON, and serves until its input ends.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.app import build_app
from sandbox.environment import environment
from sandbox.world import World


@contextmanager
def slow_sandbox(answer_seconds: float) -> Iterator[dict[str, str]]:
    """Serve while the block works; gives the environment that leads there."""
    command = [sys.executable, "-m", "benchmarks.slow_sandbox", str(answer_seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.stdin.close()


class _Slow:
    """Lets no answer of the model go before its time; the stand-in's own work is part of it."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ends = time.monotonic() + self._seconds
        asks_the_model = scope["path"].endswith(":generateContent")

        async def later(message: Message) -> None:
            if asks_the_model:
                await asyncio.sleep(max(0.0, ends - time.monotonic()))
            await send(message)

        await self._app(scope, receive, later)


def main() -> None:
    """Serve until the input ends."""
    world = World(None, companies=1)
    with socket.create_server(("127.0.0.1", 0)) as place:
        world.base_url = f"http://127.0.0.1:{place.getsockname()[1]}"
        app = _Slow(build_app(world), float(sys.argv[1]))
        config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", timeout_keep_alive=60)
        server = uvicorn.Server(config)
        threading.Thread(target=_stop_at_the_end_of_input, args=(server,), daemon=True).start()
        print(json.dumps(environment(world.base_url, world)), flush=True)
        server.run(sockets=[place])


def _stop_at_the_end_of_input(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main()
