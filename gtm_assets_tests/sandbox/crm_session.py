"""A logged-in HTTP client for tests of the CRM's stand-in. It knows nothing of the product's own client."""

from __future__ import annotations

import itertools
from typing import Any

import httpx

from sandbox.server import SandboxServer
from sandbox.superoffice.crm import Kind
from sandbox.superoffice.records import with_changes

_names = itertools.count(1)


class CrmSession:
    """Requests to one sandbox as its API user; ``language`` is the SO-Language header."""

    def __init__(self, server: SandboxServer, language: str = "*") -> None:
        self.server = server
        self.world = server.world
        self.http = httpx.Client(timeout=10)
        self.headers = {"Authorization": f"Bearer {self.refresh().json()['access_token']}", "SO-Language": language}
        self.api = f"{server.base_url}/online3/{self.world.credentials.tenant}/api/v1"

    def refresh(self, **changes: str) -> httpx.Response:
        known = self.world.credentials
        form = {
            "grant_type": "refresh_token",
            "client_id": known.client_id,
            "client_secret": known.client_secret,
            "refresh_token": known.refresh_token,
        }
        return self.http.post(f"{self.server.base_url}/superoffice/login/common/oauth/tokens", data={**form, **changes})

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.http.request(method, f"{self.api}/{path}", headers=headers, **options)

    def get(self, path: str, **query: Any) -> Any:
        response = self.request("GET", path, params={name.replace("_", "$", 1): value for name, value in query.items()})
        assert response.status_code == 200, response.text
        return response.json()

    def refused(self, path: str, **query: Any) -> httpx.Response:
        response = self.request("GET", path, params={name.replace("_", "$", 1): value for name, value in query.items()})
        assert response.status_code == 400, response.text
        return response

    def rows(self, provider: str, **query: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.get(f"Archive/{provider}", **query)["value"]
        return rows

    def patch(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.request("PATCH", path, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def replace(self, path: str, **values: Any) -> httpx.Response:
        return self.patch(path, [{"op": "replace", "path": name, "value": value} for name, value in values.items()])

    def switch(self, **positions: str) -> None:
        self.world.switches.set(positions)

    def new_company(self, **values: Any) -> int:
        body = {"Name": f"Prüfwerk {next(_names)} GmbH", **values}
        response = self.request("POST", "Contact", json=body)
        assert response.status_code == 200, response.text
        return int(response.json()["ContactId"])

    def new_person(self, **values: Any) -> int:
        body = {"Firstname": "Prüf", "Lastname": f"Person {next(_names)}", **values}
        response = self.request("POST", "Person", json=body)
        assert response.status_code == 200, response.text
        return int(response.json()["PersonId"])

    def entity(self, path: str) -> dict[str, Any]:
        entity: dict[str, Any] = self.get(path)
        return entity

    def fields(self, path: str) -> dict[str, str]:
        fields: dict[str, str] = self.entity(path)["CustomFields"]
        return fields

    def aged(self, entity: Kind, record_id: int, updated: str = "2026-01-02T03:04:05") -> str:
        """Set a record's UpdatedDate, so that a test sees whether a write moves it. Returns it."""
        table = self.world.crm.table(entity)
        record = table.get(record_id)
        assert record is not None
        table.put(with_changes(record, {"updated": updated, "updated_by": 1}))
        return updated

    def control(self, method: str, path: str, **options: Any) -> Any:
        response = self.http.request(method, f"{self.server.base_url}/control/{path}", **options)
        assert response.status_code == 200, response.text
        return response.json()
