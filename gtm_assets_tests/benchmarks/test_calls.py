"""What is read off the sandbox's journal, and how results are shown."""

from __future__ import annotations

from typing import Any

from benchmarks.calls import count_calls, windows
from benchmarks.measuring import percentile, section

_API = "/online3/Cust12345/api/v1"


def _entry(
    second: float, method: str, path: str, *, system: str = "superoffice", effect: bool = False
) -> dict[str, Any]:
    return {
        "time": f"2026-11-22T10:00:{second:06.3f}+00:00",
        "system": system,
        "method": method,
        "path": f"{_API}/{path}",
        "effect": effect,
    }


def test_calls_are_counted_by_kind_and_those_of_other_systems_are_not() -> None:
    calls = count_calls(
        [
            _entry(1, "GET", "Person/7"),
            _entry(2, "PATCH", "Person/7", effect=True),
            _entry(3, "GET", "Archive/Contact"),
            _entry(4, "POST", "Archive/dynamic"),
            _entry(5, "POST", "sites", system="site"),
        ]
    )
    assert calls.by_kind == {"GET Person": 1, "PATCH Person": 1, "archive queries": 2}
    assert (calls.total, calls.patches, calls.reads) == (4, 1, 3)


def test_a_window_lasts_from_the_last_reading_of_a_record_to_the_patch_that_took_effect() -> None:
    found = windows(
        [
            _entry(1, "GET", "Person/7"),
            _entry(2, "GET", "Person/7"),
            _entry(2.1, "GET", "Person/8"),
            _entry(2.25, "PATCH", "Person/7", effect=True),
            _entry(3, "PATCH", "Person/8", effect=False),
            _entry(4, "PATCH", "Contact/9", effect=True),
        ]
    )
    assert found == [0.25]


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(1, 21)]
    assert [percentile(values, share) for share in (0.5, 0.95, 1.0)] == [10.0, 19.0, 20.0]
    assert percentile([], 0.5) == 0.0


def test_a_section_is_a_table_under_its_command() -> None:
    shown = section("one change", "benchmarks.latency", ["--quick"], "Two edits.", [("seconds", "8.7")]).splitlines()
    assert shown[0].startswith("## ")
    assert shown[0].endswith(": one change")
    assert shown[2] == "`python -m benchmarks.latency --quick`"
    assert shown[-1] == "| seconds | 8.7 |"
