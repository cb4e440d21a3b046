"""Dagster's instance looked at both ways: daemons, sensors, and which instance it is. Looking makes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from gtm_assets_tests.doctor.looking import Installation, statuses, told, wrong
from resources.store.store import utc_now


def _instance(installation: Installation) -> Any:
    from gtm_assets.platform import dagster_home

    dagster_home(installation.settings)
    return dg.DagsterInstance.get()


def _beat(instance: Any, daemon: str, *, seconds_ago: float = 0.0, errors: list[Any] | None = None) -> None:
    from dagster._daemon.types import DaemonHeartbeat

    instance.add_daemon_heartbeat(DaemonHeartbeat(utc_now().timestamp() - seconds_ago, daemon, "x", errors))


def test_an_instance_without_daemon_is_a_remark(installation: Installation) -> None:
    with _instance(installation):
        pass
    diagnosis = installation.look()
    assert statuses(diagnosis, "Dagster") == {"daemon": "remark"}
    assert "gtm up" in told(diagnosis, "Dagster", "daemon")


def test_daemons_that_live_that_died_and_that_complain(installation: Installation) -> None:
    with _instance(installation) as instance:
        required = sorted(instance.get_required_daemon_types())
        for daemon in required:
            _beat(instance, daemon)
        diagnosis = installation.look()
        assert statuses(diagnosis, "Dagster") == {"daemon": "ok"}
        assert "the platform runs" in told(diagnosis, "Dagster", "daemon")
        _beat(instance, required[0], seconds_ago=86_400)
        diagnosis = installation.look()
        assert wrong(diagnosis) == {("Dagster", "daemon")}
        assert required[0] in told(diagnosis, "Dagster", "daemon")
        for daemon in required:
            _beat(instance, daemon, seconds_ago=86_400)
        assert "none lives since" in told(installation.look(), "Dagster", "daemon")


def test_a_daemon_that_reports_errors(installation: Installation) -> None:
    from dagster._utils.error import SerializableErrorInfo

    with _instance(installation) as instance:
        for daemon in instance.get_required_daemon_types():
            _beat(instance, daemon, errors=[SerializableErrorInfo("the code location does not load", [], None)])
    diagnosis = installation.look()
    assert ("Dagster", "daemon") in wrong(diagnosis)
    assert "the code location does not load" in told(diagnosis, "Dagster", "daemon")


def test_a_sensor_that_somebody_stopped_is_a_remark(installation: Installation) -> None:
    from dagster._core.definitions.run_request import InstigatorType
    from dagster._core.remote_origin import InProcessCodeLocationOrigin, RemoteInstigatorOrigin, RemoteRepositoryOrigin
    from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, SensorInstigatorData
    from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

    target = LoadableTargetOrigin(module_name="gtm_assets.definitions")
    repository = RemoteRepositoryOrigin(InProcessCodeLocationOrigin(target), "__repository__")
    origin = RemoteInstigatorOrigin(repository, "superoffice_changes")
    state = InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.STOPPED, SensorInstigatorData())
    with _instance(installation) as instance:
        instance.add_instigator_state(state)
    diagnosis = installation.look()
    assert statuses(diagnosis, "Dagster")["sensors"] == "remark"
    assert "superoffice_changes: stopped" in told(diagnosis, "Dagster", "sensors")


def test_the_instance_is_the_one_that_the_status_looks_at(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _instance(installation):
        pass
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(installation.state / "dagster", elsewhere)
    monkeypatch.setenv("DAGSTER_HOME", str(elsewhere))
    with dg.DagsterInstance.get() as instance:
        for daemon in instance.get_required_daemon_types():
            _beat(instance, daemon)
    assert f"instance {elsewhere})" in told(installation.look(), "Dagster", "daemon")


def test_a_home_whose_databases_are_just_being_made_is_left_alone(installation: Installation) -> None:
    home = installation.state / "dagster"
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_text("{}\n")
    assert statuses(installation.look(), "Dagster") == {"instance": "remark"}
    assert [path.name for path in home.iterdir()] == ["dagster.yaml"]


def test_an_instance_that_cannot_be_read_keeps_nothing_else_from_being_seen(installation: Installation) -> None:
    with _instance(installation):
        pass
    home = installation.state / "dagster"
    for name in ("runs", "schedules", "storage", "history"):
        if (home / name).is_dir():
            shutil.rmtree(home / name)
    (home / "dagster.yaml").write_text("storage: {this: is no storage}\n")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Dagster", "instance")}
    assert statuses(diagnosis, "SuperOffice")["records"] == "ok"
