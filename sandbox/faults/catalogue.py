"""The catalogue: faults by name, what can be chosen of each, and checking what somebody chose.

The command line, ``/control``, the documentation's table and tests read it. What belongs elsewhere: the faults (``kinds``), starting them
(``arranging``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from sandbox.faults.kinds import (
    DuplicateTimestamps,
    EditBetween,
    Fault,
    IgnoredPatch,
    LateTimestamps,
    Maintenance,
    MovedHost,
    OnRecord,
    OnRequests,
    RateLimit,
    ResetAfter,
    ResetBefore,
    ServerError,
    Slow,
    SoftDelete,
    StaleRead,
    Timeout,
    TokenExpiry,
)

KINDS: tuple[type[Fault], ...] = (
    RateLimit,
    ServerError,
    ResetBefore,
    ResetAfter,
    Timeout,
    Slow,
    IgnoredPatch,
    StaleRead,
    TokenExpiry,
    MovedHost,
    Maintenance,
    EditBetween,
    DuplicateTimestamps,
    LateTimestamps,
    SoftDelete,
)
BY_NAME: Mapping[str, type[Fault]] = MappingProxyType({kind.name: kind for kind in KINDS})


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen: its name in Python, its default (None: nothing, or a mapping), and a sentence."""

    name: str
    default: Any
    help: str

    @property
    def flag(self) -> str:
        """As the command line writes it; what may be named again and again stands there in the singular."""
        return f"--{'field' if self.name == 'fields' else self.name.replace('_', '-')}"


@dataclass(frozen=True)
class Act:
    """What befalls a tenant by a command of its own, because it is a deed of people and stays."""

    name: str
    sentence: str
    commands: tuple[str, ...]


ACTS: tuple[Act, ...] = (
    Act("merge", "Somebody merges two records; what goes is gone for good, and only MergeMoveLog tells.", ("merge",)),
    Act("move", "Somebody moves a person to another company.", ("edit person --company",)),
    Act(
        "restored-backup",
        "A backup is put back: records, times and the next ids are those of then.",
        ("backup", "restore"),
    ),
)


def options_of(kind: type[Fault]) -> tuple[Option, ...]:
    """What can be chosen of a fault; the sentence stands beside the type."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        Option(
            item.name,
            None if item.default is MISSING else item.default,
            next(text for text in hints[item.name].__metadata__ if isinstance(text, str)),
        )
        for item in fields(kind)
    )


def checked(kind: type[Fault], options: Mapping[str, Any]) -> Fault:
    """A fault with these options.

    Raises:
        ValueError: An option that does not exist or cannot have that value, or one that is missing; the message says which.
    """
    try:
        made: Fault = TypeAdapter(kind).validate_python(dict(options))
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors())
        known = ", ".join(item.name for item in options_of(kind))
        raise ValueError(f"{kind.name}: {found}. It knows: {known}.") from None
    if isinstance(made, OnRequests):
        _check_pattern(made)
    if isinstance(made, OnRecord) and made.person and made.company:
        raise ValueError(f"{kind.name} needs one record: name a person or a company.")
    if isinstance(made, EditBetween | SoftDelete) and made.record is None:
        raise ValueError(f"{kind.name} needs a record: name a person or a company.")
    if isinstance(made, EditBetween) and not made.fields:
        raise ValueError(f"{kind.name} needs a field and what is entered there.")
    return made


def _check_pattern(fault: OnRequests) -> None:
    try:
        re.compile(fault.path)
    except re.error as error:
        raise ValueError(f"{fault.name}: path {fault.path!r} is no regular expression: {error}.") from None
