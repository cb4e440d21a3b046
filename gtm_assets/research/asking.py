"""One question to the model, kept as a row whatever came of it: model, tokens, price, seconds, for which block.

What belongs elsewhere: what is asked (prompts) and what the answer is worth (rules).
"""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from pydantic import BaseModel

from gtm_assets.research.model_inputs import Prompt
from resources.errors import OutsideError, TransientError
from resources.gemini.client import GeminiClient
from resources.gemini.replies import ModelReply
from resources.store import schema
from resources.store.store import Store, utc_now

M = TypeVar("M", bound=BaseModel)

#: USD for a million tokens, input and output (thinking included), from the given day on. Source: Google's price page as transcribed
#: on 2026-10-07; gemini-3.8-flash doubles on 2027-01-01.
PRICES: dict[str, tuple[tuple[date, float, float], ...]] = {
    "gemini-3.8-flash": ((date(2026, 9, 2), 0.75, 3.75), (date(2027, 1, 1), 1.50, 7.50)),
    "gemini-3.5-flash": ((date(2026, 5, 19), 1.50, 9.00),),
    "gemini-3.5-flash-lite": ((date(2026, 7, 21), 0.30, 2.50),),
}


class UnusableReplyError(TransientError):
    """The model answered, and no answer could be used. It says nothing about the company or the cell; it is asked for again later."""


def price_usd(model: str, prompt_tokens: int, output_tokens: int, day: date) -> float:
    """What a call cost in USD; 0.0 for a model that is not in :data:`PRICES`."""
    valid = [entry for entry in PRICES.get(model, ()) if entry[0] <= day]
    if not valid:
        return 0.0
    _, per_input, per_output = valid[-1]
    return (prompt_tokens * per_input + output_tokens * per_output) / 1_000_000


def ask(
    store: Store,
    gemini: GeminiClient,
    prompt: Prompt,
    schema_model: type[M],
    *,
    kind: str,
    key: str,
    attempt: int,
    run_id: str,
) -> ModelReply[M]:
    """Ask once and remember the call.

    Raises:
        OutsideError: The call failed; it is remembered too.
    """
    try:
        reply = gemini.generate(system=prompt.system, user=prompt.user, schema=schema_model)
    except OutsideError as error:
        _remember(store, gemini.model, prompt, kind, key, attempt, run_id, problem=str(error))
        raise
    _remember(store, gemini.model, prompt, kind, key, attempt, run_id, problem=reply.problem or "", reply=reply)
    return reply


def _remember(
    store: Store,
    model: str,
    prompt: Prompt,
    kind: str,
    key: str,
    attempt: int,
    run_id: str,
    *,
    problem: str,
    reply: ModelReply[M] | None = None,
) -> None:
    now = utc_now()
    prompt_tokens = reply.prompt_tokens if reply else 0
    output_tokens = reply.output_tokens if reply else 0
    with store.write() as connection:
        connection.execute(
            schema.model_calls.insert().values(
                kind=kind,
                key=key,
                attempt=attempt,
                model=model,
                prompt_version=prompt.version,
                prompt_tokens=prompt_tokens,
                output_tokens=output_tokens,
                price=price_usd(model, prompt_tokens, output_tokens, now.date()),
                seconds=reply.seconds if reply else 0.0,
                problem=problem[:500],
                called_at=now,
                run_id=run_id,
            )
        )
