"""Gemini over the official SDK, asked for structured replies: one request, one validated model or a named problem.

The SDK's own retries are off because they ignore both ``Retry-After`` and RetryInfo; its default is no time-out at all. A request is sent
once: whoever asks keeps a book of every attempt, and repeats it as :meth:`GeminiClient.patience` says.

What belongs elsewhere: prompts and rules (``gtm_assets.texts``), attempts, prices and budgets (``gtm_assets.research.asking``).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import tenacity

from resources.errors import AuthError, OutsideError, PermanentError, TransientError
from resources.gemini.failures import SYSTEM, LostReplyError, from_status
from resources.gemini.replies import M, ModelFacts, ModelReply, read_reply

if TYPE_CHECKING:
    import httpx2
    from google.genai import Client
    from google.genai.types import GenerateContentResponse

# A longer wait (a daily quota, say) isn't slept through inside a run: the caller is told and comes back.
_LONGEST_WAIT = 60.0


class GeminiClient:
    """Asks one model for structured replies; nothing is imported or sent before the first call.

    Args:
        api_key: The key; environment variables of the SDK are not used.
        base_url: Where Gemini is; None for Google itself. A path prefix is kept.
        model: Name of the model, such as ``gemini-3.8-flash``.
        timeout: Seconds for connecting, and for each wait for data; also sent to the server.
        attempts: Requests for one reply, the first one included, where Google asks for patience (:meth:`patience`).
        transport: Seam for tests: a transport of httpx2 (the SDK's own fork of httpx, not httpx).
        api_version: ``v1``, ``v1beta``; None for the SDK's default.
        sleep: Waits the given seconds.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str | None,
        model: str,
        timeout: float = 60.0,
        attempts: int = 3,
        transport: httpx2.BaseTransport | None = None,
        api_version: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api_key = api_key
        self._base_url = (base_url or "").strip() or None
        self.model = model
        self._timeout = timeout
        self._attempts = max(1, attempts)
        self._transport = transport
        self._api_version = api_version
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._sdk: Client | None = None
        self.calls = 0

    def generate(self, *, system: str, user: str, schema: type[M], max_output_tokens: int) -> ModelReply[M]:
        """One structured reply to one request.

        Args:
            system: The fixed instructions.
            user: The request, inputs included.
            schema: What the reply must look like; it goes into the request and validates what comes back.
            max_output_tokens: The most the model may say, thinking included; what is cut off there is ``truncated``.

        Raises:
            AuthError: The key is missing, wrong or not allowed.
            PermanentError: The request is refused, such as for a model that doesn't exist.
            LostReplyError: The request went out and no answer came back; Google may have worked on it, and charge it.
            TransientError: Quota, overload, no connection (``retry_after`` is the wait that Google asks for).
        """
        response, seconds = self._once(system, user, schema, max_output_tokens)
        return read_reply(response, schema, model=self.model, seconds=seconds)

    def patience(self) -> tenacity.Retrying:
        """How often a request is worth sending, and the waits between: as Google asks, else longer each time.

        A longer wait than a run should sleep is not waited for: the error goes to the caller at once.
        """
        return tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._attempts),
            wait=_wait,
            retry=tenacity.retry_if_exception(_is_worth_waiting),
            sleep=self._sleep,
            reraise=True,
        )

    def look_up(self) -> ModelFacts:
        """What Google says about the model: proves address, key and name, and costs nothing. Sent once.

        Raises:
            AuthError, PermanentError, TransientError: As :meth:`generate`.
        """
        sdk = self._client()
        with self._lock:
            self.calls += 1
        try:
            model = sdk.models.get(model=self.model)
        except Exception as error:
            typed = self._translate(error)
            if typed is None:
                raise
            raise typed from error
        actions = model.supported_actions
        return ModelFacts(
            name=str(model.name or self.model).removeprefix("models/"),
            generates=None if actions is None else "generateContent" in actions,
            input_tokens=model.input_token_limit,
            output_tokens=model.output_token_limit,
        )

    def close(self) -> None:
        """Close the connections; the client can be used again afterwards."""
        with self._lock:
            sdk, self._sdk = self._sdk, None
        if sdk is not None:
            sdk.close()

    def _once(
        self, system: str, user: str, schema: type[M], max_output_tokens: int
    ) -> tuple[GenerateContentResponse, float]:
        from google.genai import types

        sdk = self._client()
        # No temperature: Gemini 3 deprecates it, and it wouldn't make replies reproducible.
        config = types.GenerateContentConfig(
            system_instruction=system,
            max_output_tokens=max_output_tokens,
            response_mime_type="application/json",
            response_schema=schema,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        )
        with self._lock:
            self.calls += 1
        start = self._clock()
        try:
            response = sdk.models.generate_content(model=self.model, contents=user, config=config)
        except Exception as error:
            typed = self._translate(error)
            if typed is None:
                raise
            raise typed from error
        return response, self._clock() - start

    def _translate(self, error: Exception) -> OutsideError | None:
        """The typed error for whatever the SDK or its transport raised; None for what is no failure of the outside."""
        import httpx2
        from google.genai import errors

        if isinstance(error, errors.APIError):
            return from_status(self.model, error.code, error.details, getattr(error.response, "headers", None) or {})
        # What never got a connection was never sent, and costs nothing.
        not_sent = isinstance(
            error, httpx2.ConnectTimeout | httpx2.PoolTimeout | httpx2.ConnectError | httpx2.ProxyError
        )
        failure = TransientError if not_sent else LostReplyError
        if isinstance(error, httpx2.TimeoutException):
            came_back = f"asking {self.model} got no reply within {self._timeout:g} s."
            return failure(SYSTEM, came_back, "It is tried again later.")
        if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
            return PermanentError(SYSTEM, f"nothing was sent: {error}.", "Check GOOGLE_GEMINI_BASE_URL.")
        if isinstance(error, httpx2.HTTPError):
            came_back = f"asking {self.model} did not get through ({type(error).__name__}: {error})."
            return failure(SYSTEM, came_back, "Check the network and GOOGLE_GEMINI_BASE_URL.")
        if isinstance(
            error, errors.UnknownApiResponseError | json.JSONDecodeError
        ):  # 200 with a body that isn't Gemini's JSON
            came_back = f"asking {self.model} came back with something that is not Gemini's JSON."
            return LostReplyError(SYSTEM, came_back, "Check GOOGLE_GEMINI_BASE_URL.")
        return None

    def _client(self) -> Client:
        with self._lock:
            if self._sdk is None:
                self._sdk = self._new_client()
            return self._sdk

    def _new_client(self) -> Client:
        from google import genai
        from google.genai import types

        if not self._api_key:
            # The SDK would look for other variables, or fail with a message that names none of ours.
            raise AuthError(SYSTEM, f"asking {self.model} needs a key, and there is none.", "Set GEMINI_API_KEY.")
        client_args: dict[str, Any] = {"transport": self._transport} if self._transport is not None else {}
        options = types.HttpOptions(
            base_url=self._base_url,
            api_version=self._api_version,
            timeout=round(self._timeout * 1000),
            client_args=client_args or None,
        )
        # `vertexai=False`: otherwise an environment variable could send company data to another Google service.
        return genai.Client(api_key=self._api_key, vertexai=False, http_options=options)


def _is_worth_waiting(error: BaseException) -> bool:
    return isinstance(error, TransientError) and (error.retry_after or 0.0) <= _LONGEST_WAIT


_backoff = tenacity.wait_exponential_jitter(initial=1.0, max=30.0, jitter=1.0)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, TransientError) and error.retry_after is not None:
        return error.retry_after
    return float(_backoff(state))
