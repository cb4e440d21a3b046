"""Questions to the model, every attempt a row: model, tokens, price, seconds, for which block, and what went wrong.

A row is there before its request leaves, with the most it can cost; so a process that is killed leaves a trace, and a budget holds over all
processes. What belongs elsewhere: what is asked (prompts), what the answer is worth (rules), limits (``budget``), rates (``prices``).
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from gtm_assets.research.budget import Budget, Work, money, reserve, settle
from gtm_assets.research.model_inputs import Prompt
from gtm_assets.research.prices import PriceTable, Rate, load_prices
from gtm_assets.settings import MODEL_CONCURRENCY, ConfigurationError, Settings
from resources.errors import OutsideError, TransientError
from resources.gemini.client import GeminiClient
from resources.gemini.failures import LostReplyError
from resources.gemini.replies import ModelReply
from resources.store.store import Store, utc_now

M = TypeVar("M", bound=BaseModel)
_log = logging.getLogger(__name__)

#: The most the model may say in one reply, thinking included. Texts need some 300 tokens; the rest is room for thoughts.
MAX_OUTPUT_TOKENS = 8192
#: Tokens of a request beside its words: roles, turns.
_FRAME_TOKENS = 256


class UnusableReplyError(TransientError):
    """The model answered, and no answer could be used. It says nothing about the company or the cell; it is asked for again later."""


class NoPriceError(ConfigurationError):
    """There is a budget, and the price table does not say what the model costs."""


@dataclass(frozen=True)
class Terms:
    """On what terms the model is asked: at which prices, within which budget, how many requests at once."""

    prices: PriceTable = field(default_factory=load_prices)
    budget: Budget = field(default_factory=Budget)
    at_once: int = MODEL_CONCURRENCY

    def rate(self, model: str) -> Rate | None:
        """What the model costs today.

        Raises:
            NoPriceError: The table does not say, and there is a budget.
        """
        rate = self.prices.rate(model, utc_now().date())
        if rate is None and self.budget.is_set:
            raise NoPriceError(
                f"No price of {model} is known, so a budget can't be kept. Add the model to a price table and name that in "
                "GTM_MODEL_PRICES (see docs/costs.md), or leave GTM_MODEL_BUDGET_PER_RUN and GTM_MODEL_BUDGET_PER_DAY empty."
            )
        return rate


def most_price(prices: PriceTable, model: str, prompt_tokens: int, today: date) -> float:
    """The most a request can cost; it may be answered on the day after, at that day's price. 0 where the table does not know the model."""
    rates = (prices.rate(model, day) for day in (today, today + timedelta(days=1)))
    return max((rate.price(prompt_tokens, MAX_OUTPUT_TOKENS) for rate in rates if rate), default=0.0)


def budget_of(settings: Settings, work: Work, *, asked_for: bool = True) -> Budget:
    """The limits that are set, for some work; ``asked_for`` is False for runs that a sensor started.

    Raises:
        PriceTableError: The price table can't be used, so nobody knows in which currency they are.
    """
    currency = load_prices(settings.gtm_model_prices).currency
    return Budget(settings.gtm_model_budget_per_run, settings.gtm_model_budget_per_day, currency, work, asked_for)


def terms_of(settings: Settings, work: Work, *, asked_for: bool = True) -> Terms:
    """The settings' terms for some work; ``asked_for`` is False for runs that a sensor started.

    Raises:
        ConfigurationError: The price table can't be used, or lacks the model while there is a budget.
    """
    budget = budget_of(settings, work, asked_for=asked_for)
    terms = Terms(load_prices(settings.gtm_model_prices), budget, settings.gtm_model_concurrency)
    terms.rate(settings.gemini_model)
    return terms


@dataclass(frozen=True)
class Asked(Generic[M]):
    """A reply, and the rows of ``model_calls`` that it took: failed requests before it included."""

    reply: ModelReply[M]
    call_ids: tuple[int, ...]


@dataclass(frozen=True)
class Asker:
    """Who asks; one for a run."""

    store: Store
    gemini: GeminiClient
    run_id: str
    terms: Terms = field(default_factory=Terms)

    def ask(self, prompt: Prompt, schema: type[M], *, kind: str, key: str, attempt: int) -> Asked[M]:
        """Ask until there is an answer, as often as the client has patience.

        Args:
            prompt: Instructions and request.
            schema: What the reply must look like.
            kind: ``cell``, ``opener`` or ``profile``.
            key: The cell's key, or the contact id.
            attempt: Of the same block, from 1 on.

        Raises:
            BudgetReachedError: Nothing was sent: it could cost more than is left.
            OutsideError: The model could not be asked.
        """
        call_ids: list[int] = []
        for repetition in self.gemini.patience():
            with repetition:
                call: dict[str, Any] = {
                    "kind": kind,
                    "key": key,
                    "attempt": attempt,
                    "repetition": repetition.retry_state.attempt_number - 1,
                    "model": self.gemini.model,
                    "prompt_version": prompt.version,
                    "run_id": self.run_id,
                }
                return Asked(self._request(prompt, schema, call, call_ids), tuple(call_ids))
        raise AssertionError("the last repetition raises")

    def _request(self, prompt: Prompt, schema: type[M], call: dict[str, Any], call_ids: list[int]) -> ModelReply[M]:
        """One request: reserved, sent, settled."""
        rate = self.terms.rate(self.gemini.model)
        tokens = most_prompt_tokens(prompt, schema)
        most = most_price(self.terms.prices, self.gemini.model, tokens, utc_now().date())
        nothing_yet = {"prompt_tokens": 0, "output_tokens": 0, "seconds": 0.0}
        call_id = reserve(self.store, self.terms.budget, call | nothing_yet, most)
        call_ids.append(call_id)
        start = time.monotonic()
        try:
            reply = self.gemini.generate(
                system=prompt.system, user=prompt.user, schema=schema, max_output_tokens=MAX_OUTPUT_TOKENS
            )
        except Exception as error:
            failed = {"state": "failed", "problem": str(error)[:500], "seconds": time.monotonic() - start}
            # Google charges nothing for a request that it answers with an error; whatever else happened, it may have been charged.
            free = isinstance(error, OutsideError) and not isinstance(error, LostReplyError)
            settle(self.store, call_id, **failed, **({"price": 0.0} if free else {}))
            raise
        answered = self._answered(reply, rate)
        if answered.get("price", 0.0) > most:
            _log.warning(
                "%s answered for %s and cost %s, more than the %s that were reserved: a budget can be passed by the difference",
                reply.model_version,
                self.gemini.model,
                money(answered["price"], self.terms.prices.currency),
                money(most, self.terms.prices.currency),
            )
        settle(self.store, call_id, **answered)
        return reply

    def _answered(self, reply: ModelReply[M], rate: Rate | None) -> dict[str, Any]:
        # Who answered may be another model than was asked: a name can stand for the newest version.
        answering = self.terms.prices.rate(reply.model_version, utc_now().date()) or rate
        counted = reply.prompt_tokens or reply.output_tokens
        price = answering.price(reply.prompt_tokens, reply.output_tokens) if answering else 0.0
        return {
            "state": "answered",
            "prompt_tokens": reply.prompt_tokens,
            "output_tokens": reply.output_tokens,
            "thinking_tokens": reply.thinking_tokens,
            "seconds": reply.seconds,
            "problem": (reply.problem or "")[:500],
            # An answer without its tokens was charged all the same.
            **({"price": price} if counted else {}),
        }


def most_prompt_tokens(prompt: Prompt, schema: type[BaseModel]) -> int:
    """More tokens than a request can have: a token stands for at least one byte of UTF-8.

    The schema counts twice: the SDK writes it with more words than Pydantic does.
    """
    words = len(prompt.system.encode()) + len(prompt.user.encode())
    return words + 2 * len(json.dumps(schema.model_json_schema()).encode()) + _FRAME_TOKENS
