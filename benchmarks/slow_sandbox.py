"""The sandbox in a process of its own; its Gemini takes a fixed time for each answer, as a real one does.

``python -m benchmarks.slow_sandbox`` prints the environment that leads there as one line of JSON, and serves until its input ends. Where
it is told to even its companies out, each has an ordinary website and each person a job title that names a persona: everybody gets texts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.app import build_app
from sandbox.data.generator import generated_company
from sandbox.data.knowledge import PERSONAS
from sandbox.environment import environment
from sandbox.superoffice.records import SITE_ROOT, CompanyRecord
from sandbox.world import World

#: Made companies of another series than those that a large sandbox has already.
_SERIES = 1


@dataclass(frozen=True)
class RunningSandbox:
    """One that serves: the environment that leads there, its process."""

    variables: dict[str, str]
    process_id: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.variables["NOTION_BASE_URL"].removesuffix("/notion")

    def cpu_seconds(self) -> float:
        """What its process has computed so far (Linux; 0 elsewhere)."""
        stat = Path(f"/proc/{self.process_id}/stat")
        if not stat.exists():
            return 0.0
        user, system = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def sandbox_process(
    *, companies: int = 1, answer_seconds: float = 0.0, directory: Path | None = None, port: int = 0, even: bool = False
) -> Iterator[RunningSandbox]:
    """Serve while the block works; with a ``directory`` what it holds outlives the process."""
    command = [sys.executable, "-m", "benchmarks.slow_sandbox", f"--companies={companies}", f"--port={port}"]
    command += [f"--answer-seconds={answer_seconds}"]
    command += [f"--directory={directory}"] if directory is not None else []
    command += ["--even"] if even else []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield RunningSandbox(json.loads(process.stdout.readline()), process.pid)
        finally:
            process.stdin.close()


@contextmanager
def slow_sandbox(answer_seconds: float) -> Iterator[dict[str, str]]:
    """Serve while the block works; gives the environment that leads there."""
    with sandbox_process(answer_seconds=answer_seconds) as running:
        yield running.variables


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
    options = _options()
    world = World(options.directory, companies=options.companies)
    if options.even and world.is_new:
        _even_out(world)
    with socket.create_server(("127.0.0.1", options.port)) as place:
        world.base_url = f"http://127.0.0.1:{place.getsockname()[1]}"
        app = _Slow(build_app(world), options.answer_seconds)
        config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", timeout_keep_alive=60)
        server = uvicorn.Server(config)
        threading.Thread(target=_stop_at_the_end_of_input, args=(server,), daemon=True).start()
        print(json.dumps(environment(world.base_url, world)), flush=True)
        server.run(sockets=[place])
    world.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slow_sandbox")
    parser.add_argument("--companies", type=int, default=1)
    parser.add_argument("--answer-seconds", type=float, default=0.0)
    parser.add_argument("--directory", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--even", action="store_true")
    return parser.parse_args()


def _even_out(world: World) -> None:
    companies = (world.crm.companies.get(i) for i in world.crm.companies.ids_above(0))
    persons = (world.crm.persons.get(i) for i in world.crm.persons.ids_above(0))
    world.crm.load_samples(
        [_ordinary(company) for company in companies if company is not None],
        [replace(person, title=title_of(person.id), position=0) for person in persons if person is not None],
    )


def _ordinary(company: CompanyRecord) -> CompanyRecord:
    """The record with the name and website of a made company: those made by hand are awkward in one way each."""
    made = generated_company(company.id, _SERIES)
    return replace(company, name=made.name, urls=((f"{SITE_ROOT}/sites/{made.slug}/", ""),))


def title_of(person_id: int, *, promoted: int = 0) -> str:
    """A job title that names a persona; another persona's after each promotion."""
    return PERSONAS[(person_id + promoted) % len(PERSONAS)].job_titles[0]


def _stop_at_the_end_of_input(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main()
