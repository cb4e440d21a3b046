"""What a command tells about a run in its own process that failed."""

from __future__ import annotations

import dagster as dg

from gtm_assets.inprocess import error_messages

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def _messages(*errors: Exception) -> list[str]:
    """What is told of a job whose steps fail like this."""

    def failing(place: int, error: Exception) -> dg.OpDefinition:
        @dg.op(name=f"step_{place}")
        def step() -> None:
            raise error

        return step

    steps = [failing(place, error) for place, error in enumerate(errors)]

    @dg.job
    def failing_job() -> None:
        for step in steps:
            step()

    with dg.DagsterInstance.ephemeral() as instance:
        return error_messages(failing_job.execute_in_process(run_config=QUIET, instance=instance, raise_on_error=False))


def test_the_error_of_a_run_is_told_once_and_in_our_words_only() -> None:
    assert _messages(dg.Failure("2 cells could not be written: a|b: refused")) == [
        "2 cells could not be written: a|b: refused"
    ]


def test_an_error_that_nobody_expected_is_told_once_by_its_cause() -> None:
    (told,) = _messages(ZeroDivisionError("nothing to divide by"))
    assert told == "ZeroDivisionError: nothing to divide by"


def test_each_step_that_failed_is_told_and_the_same_error_only_once() -> None:
    assert _messages(dg.Failure("first"), dg.Failure("second"), dg.Failure("first")) == ["first", "second"]
