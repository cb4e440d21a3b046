"""Which Chromium is taken, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_assets_tests.browser import chromium


def _program(path: Path, does: str) -> str:
    path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("name", chromium.NAMES)
def test_each_usual_name_is_found(name: str, tmp_path: Path) -> None:
    program = _program(tmp_path / name, "echo Chromium 1")
    assert chromium.find({"PATH": str(tmp_path)}) == program


def test_the_named_one_is_taken_before_any_other(tmp_path: Path) -> None:
    _program(tmp_path / "chromium", "echo Chromium 1")
    named = _program(tmp_path / "another", "echo Chromium 2")
    assert chromium.find({"PATH": str(tmp_path), "GTM_CHROMIUM": named}) == named


def test_without_any_it_says_what_was_looked_for_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        chromium.NoChromiumError, match=r"none of chromium, .* Install chromium, or name .* GTM_CHROMIUM"
    ):
        chromium.find({"PATH": str(tmp_path)})


def test_a_named_one_that_is_not_there_is_an_answer_although_others_are(tmp_path: Path) -> None:
    _program(tmp_path / "chromium", "echo Chromium 1")
    with pytest.raises(chromium.NoChromiumError, match="names '/no/such/chrome'"):
        chromium.find({"PATH": str(tmp_path), "GTM_CHROMIUM": "/no/such/chrome"})


def test_a_stub_that_does_not_start_is_none_and_its_words_are_told(tmp_path: Path) -> None:
    _program(tmp_path / "chromium-browser", "echo 'requires the chromium snap to be installed' >&2; exit 1")
    with pytest.raises(chromium.NoChromiumError, match=r"ended with 1: requires the chromium snap .* GTM_CHROMIUM"):
        chromium.find({"PATH": str(tmp_path)})
