"""Making one text: a second attempt with the findings, and never a third."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from gtm_assets.research.asking import Asker
from gtm_assets.texts.generation import Generated, Task, generate
from gtm_assets.texts.models import Finding, Prompt
from gtm_assets_tests.fake_model import FakeModel
from gtm_assets_tests.stores import fresh_store, rows_of
from resources.errors import PermanentError, TransientError
from resources.store import schema

TOO_LONG = Finding("text", "too_long", "zu lang")


class Reply(BaseModel):
    id: str
    text: str


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as opened:
        yield opened


def _make(store, *answers: Any) -> tuple[Generated[str], list[tuple[tuple[Finding, ...], str | None]]]:
    """Ask a model that gives these answers; also what each prompt was told about the attempt before."""
    given = iter(answers)
    told: list[tuple[tuple[Finding, ...], str | None]] = []

    def prompt(findings, previous) -> Prompt:
        told.append((tuple(findings), previous))
        return Prompt("v7", "Anweisung", '<inputs>{"id": "k"}</inputs>')

    task: Task[str, Reply] = Task(
        kind="cell",
        key="k",
        schema=Reply,
        prompt=prompt,
        accept=lambda reply: reply.text if reply.id == "k" else (Finding("id", "other_id", "andere"),),
        check=lambda text: (TOO_LONG,) if len(text) > 4 else (),
    )
    model: Any = FakeModel(lambda _: next(given))
    return generate(Asker(store, model, "run"), task), told


def test_a_good_text_is_asked_for_once(store) -> None:
    made, told = _make(store, {"text": "gut"})
    assert made == Generated("gut", (), 1, "test-model", "v7")
    assert told == [((), None)]


def test_a_text_that_breaks_a_rule_is_asked_for_again_with_the_finding_and_the_text(store) -> None:
    made, told = _make(store, {"text": "zu lang"}, {"text": "gut"})
    assert (made.text, made.findings, made.attempts) == ("gut", (), 2)
    assert told[1] == ((TOO_LONG,), "zu lang")


def test_what_still_fails_is_kept_with_its_findings_and_not_asked_a_third_time(store) -> None:
    made, told = _make(store, {"text": "zu lang"}, {"text": "immer noch"}, {"text": "gut"})
    assert (made.text, made.findings, made.attempts) == ("immer noch", (TOO_LONG,), 2)
    assert len(told) == 2


@pytest.mark.parametrize("problem", ["truncated", "blocked", "empty", "invalid: x"])
def test_a_reply_nobody_can_read_is_asked_for_again(store, problem) -> None:
    made, told = _make(store, problem, {"text": "gut"})
    assert (made.text, made.attempts) == ("gut", 2)
    assert (told[1][0][0].rule, told[1][1]) == ("unusable", None)


def test_two_replies_nobody_can_read_say_nothing_about_the_text_and_come_again(store) -> None:
    with pytest.raises(TransientError, match=r"no usable reply for cell k after 2 attempts.*blocked"):
        _make(store, "truncated", "blocked")
    assert [row["problem"] for row in rows_of(store, schema.model_calls)] == ["truncated", "blocked"]


def test_a_reply_to_another_question_is_not_taken(store) -> None:
    with pytest.raises(TransientError, match="no usable reply"):
        _make(store, {"id": "x", "text": "gut"}, {"id": "x", "text": "gut"})
    made, _ = _make(store, {"id": "x", "text": "gut"}, {"text": "gut"})
    assert (made.text, made.attempts) == ("gut", 2)


def test_a_second_reply_nobody_can_read_never_makes_the_first_text_a_good_one(store) -> None:
    made, _ = _make(store, {"text": "zu lang"}, "empty")
    assert made.text == "zu lang"
    assert made.findings != ()


@pytest.mark.parametrize("error", [TransientError("Gemini", "503"), PermanentError("Gemini", "400")])
def test_a_model_that_can_not_be_asked_says_nothing_about_the_text_and_is_remembered(store, error) -> None:
    with pytest.raises(type(error)):
        _make(store, error)
    (row,) = rows_of(store, schema.model_calls)
    assert str(error) in row["problem"]


def test_every_attempt_is_a_row(store) -> None:
    _make(store, {"text": "zu lang"}, "blocked")
    rows = rows_of(store, schema.model_calls)
    assert [(row["kind"], row["key"], row["attempt"], row["prompt_version"], row["problem"]) for row in rows] == [
        ("cell", "k", 1, "v7", ""),
        ("cell", "k", 2, "v7", "blocked"),
    ]
