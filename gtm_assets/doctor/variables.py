"""The settings as they are, also where some are wrong or missing: each value, where it comes from, and what hides what.

Containers keep the environment they were made with, so a corrected ``.env`` may count for nothing. What belongs elsewhere:
what the variables mean (``gtm_assets.settings``, ``.env.example``).
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args

from pydantic import SecretStr

from gtm_assets.doctor.findings import Finding, SettingRow
from gtm_assets.settings import ConfigurationError, Settings, parse_settings, wrong_values

Source = Literal["environment", ".env", "sandbox", "default", "not set"]
#: Families of variables that are ours; one that is set and unknown is most likely misspelt.
FAMILIES = ("SUPEROFFICE_", "NOTION_", "GEMINI_", "GTM_")
#: Read by the project's own tests and CI.
_OTHERS = frozenset({"GTM_CONTRACTS"})
_SHORTEST_SECRET = 6


@dataclass(frozen=True)
class Variables:
    """Where variables come from. ``sandbox`` is the environment of a running sandbox that this process took over, if it did."""

    environment: Mapping[str, str]
    env_file: Mapping[str, str]
    sandbox: Mapping[str, str]

    @property
    def counting(self) -> dict[str, str]:
        """The values that count."""
        return {**self.env_file, **self.environment}


def usable_settings(variables: Variables) -> tuple[Settings, list[Finding]]:
    """Settings made of everything that is right, and what is wrong with the rest."""
    values = variables.counting
    wrong = wrong_values(values)
    good = {name: value for name, value in values.items() if name not in wrong}
    findings = [
        Finding("Settings", name, "wrong", f"its value is not accepted: {expectation}", "See .env.example.")
        for name, expectation in wrong.items()
    ]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            settings = parse_settings(good)
        except ConfigurationError as error:
            findings.append(Finding("Settings", "together", "wrong", str(error), "See .env.example."))
            settings = Settings(**{name: good[name.upper()] for name in Settings.model_fields if name.upper() in good})  # type: ignore[arg-type]
    findings += [Finding("Settings", "together", "remark", str(warning.message)) for warning in caught]
    return settings, findings


def setting_rows(variables: Variables, settings: Settings) -> list[SettingRow]:
    """One row a variable, in the order of ``.env.example``."""
    return [_row(name, variables, settings) for name in Settings.model_fields]


def _row(field: str, variables: Variables, settings: Settings) -> SettingRow:
    name = field.upper()
    source = _source(name, variables)
    value = getattr(settings, field)
    note = ""
    if name in wrong_values(variables.counting):
        return SettingRow(name, "not accepted", source)
    if not variables.sandbox:  # the sandbox hides the project's .env on purpose
        note = _hidden(name, variables, secret=_is_secret(field))
    return SettingRow(name, "" if source == "not set" else shown(field, value), source, note)


def _source(name: str, variables: Variables) -> Source:
    given = variables.environment.get(name)
    if given is not None and given.strip():
        return "sandbox" if variables.sandbox.get(name) == given else "environment"
    if given is None and variables.env_file.get(name, "").strip():
        return ".env"
    default = Settings.model_fields[name.lower()].get_default(call_default_factory=True)
    return "not set" if default is None else "default"


def _hidden(name: str, variables: Variables, *, secret: bool) -> str:
    """What ``.env`` says and does not count."""
    given, filed = variables.environment.get(name), variables.env_file.get(name)
    if given is None or filed is None or given == filed:
        return ""
    if not given.strip():
        return "empty in the environment, which hides the value of .env" if filed.strip() else ""
    if not filed.strip():
        return ""
    return f".env says otherwise ({mask(filed) if secret else filed}) and does not count"


def shown(field: str, value: Any) -> str:
    """A value for people."""
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        return _without_password(secret) if field == "gtm_database_url" else mask(secret)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return ",".join(f"{key}={item}" for key, item in value.items())
    return str(value)


def mask(secret: str) -> str:
    """A secret that can be compared with another one, and not read."""
    fingerprint = hashlib.sha256(secret.encode()).hexdigest()[:6]
    return f"*** ({len(secret)} characters, fingerprint {fingerprint})"


def _without_password(url: str) -> str:
    import sqlalchemy as sa

    return sa.make_url(url).render_as_string(hide_password=True)


def _is_secret(field: str) -> bool:
    annotation = Settings.model_fields[field].annotation
    return SecretStr in {part for part in get_args(annotation) if part is not NoneType} or annotation is SecretStr


def findings_about(rows: Iterable[SettingRow], variables: Variables, env_path: Path) -> list[Finding]:
    """Values that are hidden, names nobody knows, and a ``.env`` that others may read."""
    findings = [
        Finding(
            "Settings",
            row.name,
            "remark",
            row.note,
            "Unset it where it is set (a shell, a container made before .env changed), or correct .env.",
        )
        for row in rows
        if row.note
    ]
    names = [name.upper() for name in Settings.model_fields]
    for name in sorted({*variables.environment, *variables.env_file}):
        if name.startswith(FAMILIES) and name not in names and name not in _OTHERS:
            close = get_close_matches(name, names, n=1)
            hint = f"Did you mean {close[0]}?" if close else "See .env.example for those there are."
            findings.append(
                Finding("Settings", name, "remark", "is set, and nothing reads a variable of that name.", hint)
            )
    if env_path.is_file() and env_path.stat().st_mode & 0o077:
        findings.append(
            Finding("Settings", ".env", "remark", "other users of this machine may read it.", "Run: chmod 600 .env")
        )
    return findings


def missing_finding(settings: Settings) -> list[Finding]:
    """The variables that each outside system still needs."""
    return [
        Finding(
            "Settings",
            system,
            "wrong",
            f"missing: {', '.join(names)}.",
            "Set them in the environment or in .env (see .env.example), or try everything without an account: gtm up.",
        )
        for system, names in settings.missing().items()
    ]


def secrets_in(variables: Variables) -> list[str]:
    """Values that must not be printed, whoever repeats them; the longest first."""
    fields = [name.upper() for name in Settings.model_fields if _is_secret(name)]
    found = {
        source[name].strip()
        for source in (variables.environment, variables.env_file)
        for name in fields
        if name != "GTM_DATABASE_URL" and len(source.get(name, "").strip()) >= _SHORTEST_SECRET
    }
    return sorted(found, key=len, reverse=True)
