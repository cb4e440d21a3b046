"""Looking at Dagster's instance: whether it was made, whether a daemon lives, and which sensors somebody stopped. Reads only.

Heartbeats say whether the platform runs, on whatever machine: the webserver leaves no sign in the instance.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gtm_assets.doctor.looking import Notes
from gtm_assets.settings import Settings

if TYPE_CHECKING:
    import dagster as dg


def look_at_dagster(notes: Notes, settings: Settings) -> None:
    """The instance in the state directory; it is not made where it is missing."""
    home = settings.gtm_state_dir / "dagster"
    if not (home / "prepared").exists():
        notes.remark("instance", f"not made yet ({home}).", "The first gtm once or gtm up makes it.")
        return
    import dagster as dg

    with dg.DagsterInstance.from_config(str(home)) as instance:
        _look_at_daemons(notes, instance, home)
        _look_at_sensors(notes, instance)


def _look_at_daemons(notes: Notes, instance: dg.DagsterInstance, home: Path) -> None:
    statuses = {name: status for name, status in instance.get_daemon_statuses().items() if status.required}
    beats = [status.last_heartbeat for status in statuses.values() if status.last_heartbeat is not None]
    alive = [
        name
        for name, status in statuses.items()
        if status.last_heartbeat is not None and _is_recent(status.last_heartbeat.timestamp)
    ]
    if not alive:
        last = max((beat.timestamp for beat in beats), default=None)
        since = f" since {datetime.fromtimestamp(last, UTC):%Y-%m-%d %H:%M} UTC" if last else ""
        notes.remark(
            "daemon",
            f"none lives{since}: nothing happens by itself.",
            "Start the platform with gtm up, or work by hand with gtm once.",
        )
        return
    dead = sorted(set(statuses) - set(alive))
    for name, status in statuses.items():
        for error in (
            (status.last_heartbeat.errors or ()) if status.last_heartbeat is not None and name in alive else ()
        ):
            notes.wrong(
                "daemon",
                f"{name}: {' '.join(error.message.split())[:200]}",
                "See the daemon's log (gtm up prints its folder).",
            )
    if dead:
        notes.wrong(
            "daemon",
            f"{', '.join(dead)} gave no sign of life lately, {', '.join(sorted(alive))} did.",
            "Start the platform anew: gtm up.",
        )
    else:
        notes.ok("daemon", f"the platform runs ({len(alive)} daemons alive, instance {home}).")


def _is_recent(timestamp: float) -> bool:
    from dagster._daemon.controller import DEFAULT_DAEMON_HEARTBEAT_TOLERANCE_SECONDS

    return datetime.now(UTC).timestamp() - timestamp < DEFAULT_DAEMON_HEARTBEAT_TOLERANCE_SECONDS


def _look_at_sensors(notes: Notes, instance: dg.DagsterInstance) -> None:
    from dagster._core.scheduler.instigation import InstigatorStatus

    stopped = sorted(
        state.name for state in instance.all_instigator_state() if state.status is InstigatorStatus.STOPPED
    )
    if stopped:
        said = f"{', '.join(stopped)}: stopped by somebody, so what they start does not happen by itself."
        notes.remark("sensors", said, "Switch them on in Dagster under Automation.")
