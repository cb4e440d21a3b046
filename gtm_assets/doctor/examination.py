"""The whole look: every check, each for itself, and what only shows when two of them are put side by side."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from gtm_assets.doctor.findings import AREAS, Diagnosis, Finding
from gtm_assets.doctor.gemini import look_at_gemini
from gtm_assets.doctor.looking import TIME_LIMIT, Look, Notes, look_at_all
from gtm_assets.doctor.notion import Known, look_at_database
from gtm_assets.doctor.platform import look_at_dagster
from gtm_assets.doctor.state import Kept, look_at_store, version_remark
from gtm_assets.doctor.superoffice import Found, Pace, list_findings, look_at_superoffice, position_findings
from gtm_assets.doctor.variables import (
    Variables,
    findings_about,
    missing_finding,
    secrets_in,
    setting_rows,
    usable_settings,
)
from gtm_assets.knowledge.columns import COLUMNS
from gtm_assets.settings import PROJECT_ROOT, Settings, read_env_file
from resources.store.store import utc_now


def read_variables(
    sandbox: Mapping[str, str], environ: Mapping[str, str] | None = None, env_path: Path | None = None
) -> Variables:
    """The variables of this process and of ``.env``."""
    return Variables(dict(os.environ if environ is None else environ), read_env_file(env_path), sandbox)


def examine(
    variables: Variables,
    *,
    env_path: Path | None = None,
    seconds: float = TIME_LIMIT,
    sleep: Callable[[float], None] = time.sleep,
) -> Diagnosis:
    """Look at everything; takes at most ``seconds`` however much of it hangs.

    ``sleep`` waits between calls and repetitions; with another one than the real, the vendors' limits are not kept.
    """
    settings, findings = usable_settings(variables)
    rows = setting_rows(variables, settings)
    findings += missing_finding(settings)
    findings += findings_about(rows, variables, env_path or PROJECT_ROOT / ".env")
    if not findings:
        findings.append(Finding("Settings", "variables", "ok", "everything needed is set."))
    found, kept, known, pace = Found(), Kept(), Known(), Pace(settings, sleep)
    findings += look_at_all(_looks(settings, found, kept, known, pace), seconds)
    findings += list_findings(
        found, known.names.get("verticals", kept.vertical_names), known.names.get("campaigns", []), kept.tied
    )
    findings += position_findings(found, known.names.get("personas", list(kept.tied_positions)), kept.tied_positions)
    side_by_side = Notes("Writing")
    version_remark(side_by_side, kept, found.version)
    findings += side_by_side.close()
    if pace.store is not None:
        pace.store.close()
    secrets = secrets_in(variables)
    return Diagnosis(
        checked_at=utc_now(),
        findings=tuple(sorted((_redacted(f, secrets) for f in findings), key=lambda f: AREAS.index(f.area))),
        settings=tuple(rows),
        fields=found.rows(),
        guard=kept.guard,
        probe=kept.probe,
    )


def _looks(settings: Settings, found: Found, kept: Kept, known: Known, pace: Pace) -> list[Look]:
    def superoffice(notes: Notes) -> None:
        # The fields as last read come from the store, which is looked at meanwhile.
        pace.wait_for_store()
        look_at_superoffice(notes, settings, pace, kept.fields, found)

    databases = [
        Look("Notion", name, lambda notes, name=name: look_at_database(notes, settings, name, known, pace.sleep))  # type: ignore[misc]
        for name in COLUMNS
    ]
    return [
        Look("SuperOffice", "tenant", superoffice),
        *databases,
        Look("Gemini", "model", lambda notes: look_at_gemini(notes, settings)),
        Look(
            "Store",
            "schema",
            lambda notes: look_at_store(notes, settings, pace, kept),
            "Check the database's address; a file may be locked by a process that works on it for long.",
        ),
        Look("Dagster", "instance", lambda notes: look_at_dagster(notes, settings)),
    ]


def _redacted(finding: Finding, secrets: list[str]) -> Finding:
    said, to_do = finding.said, finding.to_do
    for secret in secrets:
        said, to_do = said.replace(secret, "***"), to_do.replace(secret, "***")
    return replace(finding, said=said, to_do=to_do)
