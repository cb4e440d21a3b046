"""What a reply of Gemini says: the parsed model, or in one word why there is none. Pure.

A structured reply fails silently in the SDK: truncation, a blocked prompt, Markdown fences, wrong types and an empty
body all come back as ``parsed is None`` without an exception. Here each of them gets its name.

What belongs elsewhere: sending (``client``), what a good text is (``gtm_assets.texts.rules``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from google.genai.types import GenerateContentResponse

M = TypeVar("M", bound=BaseModel)

_TRUNCATED = frozenset({"MAX_TOKENS", "CONTINUATION"})
_BLOCKED = frozenset(
    {
        "BLOCKLIST",
        "ESCALATION",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "IMAGE_SAFETY",
        "LANGUAGE",
        "MODEL_ARMOR",
        "PROHIBITED_CONTENT",
        "PUP_LIMITED_DISABLED",
        "RECITATION",
        "SAFETY",
        "SPII",
    }
)
_FENCE = re.compile(r"```[A-Za-z]*\s*\n?(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class ModelFacts:
    """What Google says about a model. ``generates`` is None where it does not say what the model can do; limits are in tokens."""

    name: str
    generates: bool | None
    input_tokens: int | None
    output_tokens: int | None


@dataclass(frozen=True)
class ModelReply(Generic[M]):
    """One answer of the model, good or not.

    Attributes:
        parsed: The validated reply; None exactly where ``problem`` is set.
        text: What the model said, without its thoughts.
        problem: ``truncated``, ``blocked``, ``empty`` or ``invalid: <what is wrong>``; None for a good reply.
        prompt_tokens: Tokens of the request, cached ones included.
        output_tokens: Tokens billed as output: the answer's and the thoughts'.
        seconds: How long the answer took, without failed attempts and waiting.
        model_version: The model that answered, by its own account; the requested name where it doesn't say.
        thinking_tokens: Tokens of thoughts, which are part of ``output_tokens``.
    """

    parsed: M | None
    text: str
    problem: str | None
    prompt_tokens: int
    output_tokens: int
    seconds: float
    model_version: str
    thinking_tokens: int = 0


def read_reply(response: GenerateContentResponse, schema: type[M], *, model: str, seconds: float) -> ModelReply[M]:
    """The SDK's response as a reply; never raises for what the model said."""
    text = _text(response)
    parsed: M | None = None
    problem = _stopped(response) or (None if text.strip() else "empty")
    if problem is None:
        parsed, problem = parse(text, schema)
    usage = response.usage_metadata
    thoughts = (usage.thoughts_token_count or 0) if usage else 0
    return ModelReply(
        parsed=parsed,
        text=text,
        problem=problem,
        prompt_tokens=(usage.prompt_token_count or 0) if usage else 0,
        output_tokens=((usage.candidates_token_count or 0) + thoughts) if usage else 0,
        seconds=seconds,
        model_version=response.model_version or model,
        thinking_tokens=thoughts,
    )


def parse(text: str, schema: type[M]) -> tuple[M | None, str | None]:
    """Validate a reply's text; fences and words around the JSON object are forgiven, its content is not.

    Returns:
        The model and None, or None and ``invalid: <what is wrong>``, which never repeats the text.
    """
    problem = ""
    for candidate in _json_candidates(text):
        try:
            return schema.model_validate_json(candidate), None
        except ValidationError as error:
            # What is wrong inside the object says more than "this is no JSON", whichever attempt found it.
            found = _describe(error)
            if not problem or not found.startswith("no JSON"):
                problem = found
        except (ValueError, RecursionError) as error:  # a validator of the schema that raises something else
            problem = problem or type(error).__name__
    return None, f"invalid: {problem or 'no JSON'}"


def _json_candidates(text: str) -> Iterator[str]:
    stripped = text.strip()
    yield stripped
    for match in _FENCE.finditer(stripped):
        yield match.group(1).strip()
    start, end = stripped.find("{"), stripped.rfind("}")
    if 0 <= start < end and (start, end) != (0, len(stripped) - 1):
        yield stripped[start : end + 1]


def _describe(error: ValidationError) -> str:
    """The first three errors by field; the input itself stays out, it may hold a person's data."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    if details and details[0]["type"] == "json_invalid":
        return "no JSON"
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'reply'}: {one['msg']}" for one in details[:3])


def _text(response: GenerateContentResponse) -> str:
    """All text parts of the first candidate but its thoughts. Not ``response.text``: that logs about other parts."""
    candidates = response.candidates or []
    content = candidates[0].content if candidates else None
    parts: list[Any] = list(content.parts or []) if content else []
    return "".join(part.text for part in parts if part.text and not part.thought)


def _stopped(response: GenerateContentResponse) -> str | None:
    """Why the model stopped before its end, where it did."""
    if response.prompt_feedback and response.prompt_feedback.block_reason:
        return "blocked"
    candidates = response.candidates or []
    reason = candidates[0].finish_reason if candidates else None
    # The SDK makes members for reasons that it doesn't know yet; their value is the reason's name.
    name = str(getattr(reason, "value", reason or "")).upper()
    if name in _TRUNCATED:
        return "truncated"
    return "blocked" if name in _BLOCKED else None
