"""An installation to look at: a sandbox, the variables that point at it, a state directory. What belongs elsewhere: assertions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gtm_assets import clients
from gtm_assets.doctor.examination import examine
from gtm_assets.doctor.findings import Diagnosis, Finding
from gtm_assets.doctor.variables import Variables
from gtm_assets.settings import Settings, parse_settings
from resources.store.store import Store
from sandbox.server import SandboxServer

#: An address of this machine where nobody listens.
NOBODY = "http://127.0.0.1:9"


@dataclass
class Installation:
    """What the doctor looks at; change ``environment`` and look again."""

    server: SandboxServer
    state: Path
    environment: dict[str, str]
    env_file: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """As a command would read them."""
        return parse_settings({**self.env_file, **self.environment})

    def look(self, seconds: float = 60.0) -> Diagnosis:
        """What the doctor finds."""
        variables = Variables(self.environment, self.env_file, {})
        return examine(variables, env_path=self.state.parent / ".env", seconds=seconds, sleep=lambda _: None)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The engine's store, made where it is missing."""
        store = clients.open_store(self.settings)
        try:
            yield store
        finally:
            store.close()

    def writes(self) -> list[str]:
        """Requests to the CRM that may change something, and requests to Notion and Gemini that write or cost."""
        return [
            f"{e['method']} {e['path']}"
            for e in self.server.world.journal.as_json()
            if (e["system"] in {"superoffice", "login"} and e["method"] in {"PATCH", "PUT", "DELETE"})
            or (e["system"] == "superoffice" and e["method"] == "POST" and "/Archive/" not in e["path"])
            or (e["system"] == "notion" and e["method"] != "GET" and not e["path"].endswith("/query"))
            or (e["system"] == "gemini" and e["method"] != "GET")
        ]


def about(diagnosis: Diagnosis, area: str, name: str = "") -> list[Finding]:
    """Findings of an area, by name where one is given."""
    return [f for f in diagnosis.findings if f.area == area and name in {"", f.name}]


def statuses(diagnosis: Diagnosis, area: str) -> dict[str, str]:
    """Name to the worst status of an area's findings."""
    order = ["ok", "remark", "unknown", "wrong"]
    found: dict[str, str] = {}
    for finding in about(diagnosis, area):
        found[finding.name] = max(found.get(finding.name, "ok"), finding.status, key=order.index)
    return found


def wrong(diagnosis: Diagnosis) -> set[tuple[str, str]]:
    """Area and name of everything that is wrong."""
    return {(f.area, f.name) for f in diagnosis.wrong}


def told(diagnosis: Diagnosis, area: str, name: str) -> str:
    """What the findings of an area and name say and advise, in one string."""
    return " ".join(f"{f.said} {f.to_do}" for f in about(diagnosis, area, name))
