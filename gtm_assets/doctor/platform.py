"""Looking at Dagster's instance: whether it was made, whether a daemon lives, and which sensors somebody stopped. Reads only.

Heartbeats say whether the platform runs, on whatever machine: the webserver leaves no sign in the instance. What belongs elsewhere:
asking the instance (``monitoring.status_facts``), what monitors are told (``monitoring.status``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gtm_assets.doctor.looking import Notes
from gtm_assets.settings import Settings
from resources.store.store import utc_now

if TYPE_CHECKING:
    from gtm_assets.monitoring.status_facts import PlatformFacts


def look_at_dagster(notes: Notes, settings: Settings) -> None:
    """The instance that ``gtm status`` looks at too; it is not made where it is missing."""
    from gtm_assets.monitoring.status_facts import existing_home, read_platform

    home = existing_home(settings.gtm_state_dir)
    if home is None:
        expected = settings.gtm_state_dir / "dagster"
        notes.remark("instance", f"not made yet ({expected}).", "The first gtm once or gtm up makes it.")
        return
    import dagster as dg

    with dg.DagsterInstance.from_config(str(home)) as instance:
        platform = read_platform(instance)
    _look_at_daemons(notes, platform, home)
    _look_at_sensors(notes, platform)


def _look_at_daemons(notes: Notes, platform: PlatformFacts, home: Path) -> None:
    from gtm_assets.monitoring.status import DAEMON_CRITICAL, TICK_CRITICAL

    beats, now = platform.heartbeats, utc_now()
    last = max(beats.values(), default=None)
    if last is None or now - last > DAEMON_CRITICAL:
        since = f" since {last:%Y-%m-%d %H:%M} UTC" if last else ""
        notes.remark(
            "daemon",
            f"none lives{since}: nothing happens by itself.",
            "Start the platform with gtm up, or work by hand with gtm once.",
        )
        return
    # One of them alone may be busy with a long tick.
    alive = sorted(kind for kind, beat in beats.items() if now - beat <= TICK_CRITICAL)
    dead = sorted({*beats, *platform.silent} - set(alive))
    for kind in alive:
        for complaint in platform.complaints.get(kind, ()):
            notes.wrong(
                "daemon",
                f"{kind}: {' '.join(complaint.split())[:200]}",
                "See the daemon's log (gtm up prints its folder).",
            )
    if dead:
        notes.wrong(
            "daemon",
            f"{', '.join(dead)} gave no sign of life lately, {', '.join(alive)} did.",
            "Start the platform anew: gtm up.",
        )
    else:
        notes.ok("daemon", f"the platform runs ({len(alive)} daemons alive, instance {home}).")


def _look_at_sensors(notes: Notes, platform: PlatformFacts) -> None:
    stopped = sorted(waker.name for waker in platform.wakers if not waker.is_on)
    if stopped:
        said = f"{', '.join(stopped)}: stopped by somebody, so what they start does not happen by itself."
        notes.remark("sensors", said, "Switch them on in Dagster under Automation.")
