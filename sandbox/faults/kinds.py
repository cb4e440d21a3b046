"""The faults as frozen values: name, a sentence, and what can be chosen.

``person`` and ``company`` name one record, 0 any; ``times`` and ``changes`` 0 stand for "until it is taken back". What belongs elsewhere:
reading them by name (``catalogue``), what is in force (``board``), what a fault does (``traffic``, ``sandbox.superoffice``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

Entity = Literal["Contact", "Person"]
Times = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]
RetryAfter = Annotated[Seconds | None, "Seconds in the header Retry-After; without it the header is missing."]
ValidSeconds = Annotated[Seconds, "How far ahead ValidUntil of the tenant's state lies."]
When = Literal["before-patch", "after-read"]
By = Literal["human", "engine", "anyone"]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What all faults have: ``alone`` ones replace an older one of the same name."""

    # Pydantic's, for ``catalogue.checked``: an option that does not exist is refused.
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}
    name: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    alone: ClassVar[bool] = False

    @property
    def limit(self) -> int:
        """How often it happens; 0 until it is taken back."""
        return int(getattr(self, "times", 0))


@dataclass(frozen=True, kw_only=True)
class OnRequests(Fault):
    """A fault of requests that match."""

    system: Annotated[str, "superoffice, login, notion, gemini or site; empty for all."] = "superoffice"
    method: Annotated[str, "Such as PATCH; empty for all."] = ""
    path: Annotated[str, "Regular expression for the request's path, such as 'Person/3$'."] = ""
    times: Annotated[Times, "So many requests; 0 until it is taken back."] = 1


@dataclass(frozen=True, kw_only=True)
class OnRecord(Fault):
    """A fault of one record, or of any."""

    person: Annotated[Times, "Id of a person; without one and without --company: any record."] = 0
    company: Annotated[Times, "Id of a company."] = 0

    @property
    def record(self) -> tuple[Entity, int] | None:
        """The record that is meant; None for any."""
        if self.person:
            return ("Person", self.person)
        return ("Contact", self.company) if self.company else None

    def means(self, entity: str, record_id: int) -> bool:
        """Whether a record is meant."""
        return self.record in (None, (entity, record_id))


@dataclass(frozen=True, kw_only=True)
class RateLimit(Fault):
    """Whether refused calls count is not known of any vendor here: they do, unless ``count_refused`` says otherwise."""

    name: ClassVar[str] = "rate-limit"
    sentence: ClassVar[str] = "The CRM counts the calls of each sliding second and answers 429 beyond the limit."
    alone: ClassVar[bool] = True
    per_second: Annotated[int, Field(ge=1), "Calls in any second."] = 10
    retry_after: RetryAfter = None
    count_refused: Annotated[bool, "Whether refused calls count, too."] = True


@dataclass(frozen=True, kw_only=True)
class ServerError(OnRequests):
    """Nothing was done."""

    name: ClassVar[str] = "server-error"
    sentence: ClassVar[str] = "The answer is an error, such as 503, and nothing was done."
    status: Annotated[int, Field(ge=400), "HTTP status of the answer."] = 503
    retry_after: RetryAfter = None


@dataclass(frozen=True, kw_only=True)
class ResetBefore(OnRequests):
    """Nothing was done."""

    name: ClassVar[str] = "reset-before"
    sentence: ClassVar[str] = "The connection breaks before anything was done."


@dataclass(frozen=True, kw_only=True)
class ResetAfter(OnRequests):
    """The client cannot tell it from ``reset-before``."""

    name: ClassVar[str] = "reset-after"
    sentence: ClassVar[str] = "The work is done, then the connection breaks; the client learns nothing."


@dataclass(frozen=True, kw_only=True)
class Timeout(OnRequests):
    """Silence, until the client gives up; after ``seconds`` the line is cut, as a proxy in between would do."""

    name: ClassVar[str] = "timeout"
    sentence: ClassVar[str] = "No answer comes, longer than a client waits."
    seconds: Annotated[Seconds, "Silence; then the connection is cut."] = 60.0
    after_work: Annotated[bool, "Whether the work is done first."] = False


@dataclass(frozen=True, kw_only=True)
class Slow(OnRequests):
    """The work is done before the wait: who gives up meanwhile has written all the same."""

    name: ClassVar[str] = "slow"
    sentence: ClassVar[str] = "Every answer takes so many seconds."
    seconds: Annotated[Seconds, "For each answer."] = 2.0
    times: Annotated[Times, "So many requests; 0 until it is taken back."] = 0


@dataclass(frozen=True, kw_only=True)
class IgnoredPatch(OnRecord):
    """Documented for paths that do not exist; here for fields that do."""

    name: ClassVar[str] = "ignored-patch"
    sentence: ClassVar[str] = "A PATCH is answered with 200, and all or some fields stay as they were."
    fields: Annotated[
        tuple[str, ...], "Only this field (label, ProgId, or such as Title, OrgNr, Address); repeatable."
    ] = ()
    answer: Annotated[
        Literal["asked", "stored"], "What the 200 shows: 'asked' looks as if it had worked, or 'stored'."
    ] = "asked"
    times: Annotated[Times, "So many PATCH requests; 0 until it is taken back."] = 0


@dataclass(frozen=True, kw_only=True)
class StaleRead(OnRecord):
    """As a copy of the database that lags behind, or a cache."""

    name: ClassVar[str] = "stale-read"
    sentence: ClassVar[str] = "Reads answer what the CRM held some changes or seconds ago."
    changes: Annotated[Times, "So many saves are missing in the answer."] = 1
    seconds: Annotated[Seconds, "Instead: everything that was saved within so many seconds is missing."] = 0.0
    reads: Annotated[Literal["all", "archive", "single"], "'archive' queries, 'single' records, or 'all'."] = "all"
    times: Annotated[Times, "So many reads; 0 until it is taken back."] = 0


@dataclass(frozen=True, kw_only=True)
class TokenExpiry(Fault):
    """As a night's maintenance does; with ``revoked`` as an administrator does."""

    name: ClassVar[str] = "token-expiry"
    sentence: ClassVar[str] = "Access tokens and tickets that were given out are void now."
    alone: ClassVar[bool] = True
    revoked: Annotated[
        bool, "The tenant withdrew its consent: no new ones are given out, until that is taken back."
    ] = False


@dataclass(frozen=True, kw_only=True)
class MovedHost(Fault):
    """How soon the state document knows is not documented: ``late`` lets it lag."""

    name: ClassVar[str] = "moved-host"
    sentence: ClassVar[str] = (
        "The tenant moves to another API host; the old one answers 421, the tenant's state names the new one."
    )
    alone: ClassVar[bool] = True
    to: Annotated[
        Literal["", "online3", "online4"], "online3 or online4; without it the one where the tenant is not."
    ] = ""
    late: Annotated[Times, "So many readings of the tenant's state still name the old host."] = 0
    valid_seconds: ValidSeconds = 300.0


@dataclass(frozen=True, kw_only=True)
class Maintenance(Fault):
    """What the API answers then is not documented: here 503."""

    name: ClassVar[str] = "maintenance"
    sentence: ClassVar[str] = "The tenant's state says maintenance; API calls are answered with 503."
    alone: ClassVar[bool] = True
    state: Annotated[
        Literal["OfflineMaintenance", "OnlineMaintenance", "Suspended", "Deleted"],
        "OfflineMaintenance, OnlineMaintenance (calls are answered), Suspended or Deleted.",
    ] = "OfflineMaintenance"
    retry_after: RetryAfter = None
    valid_seconds: ValidSeconds = 300.0


@dataclass(frozen=True, kw_only=True)
class EditBetween(OnRecord):
    """``engine`` edits under the very login whose request it comes between."""

    name: ClassVar[str] = "edit-between"
    sentence: ClassVar[str] = (
        "Somebody edits a record right before our next PATCH of it takes effect, or right after our next read."
    )
    fields: Annotated[Mapping[str, str], "What is edited, LABEL=VALUE; repeatable."] = field(default_factory=dict)
    when: Annotated[When, "before-patch or after-read."] = "before-patch"
    by: Annotated[Literal["human", "engine"], "human, or engine: somebody who uses the integration's own login."] = (
        "human"
    )
    skip: Annotated[Times, "So many PATCH requests or reads pass first."] = 0
    times: Annotated[Times, "So often; 0 until it is taken back."] = 1


@dataclass(frozen=True, kw_only=True)
class DuplicateTimestamps(Fault):
    """The database's clock has whole seconds; a mass update gives thousands of rows the same one."""

    name: ClassVar[str] = "duplicate-timestamps"
    sentence: ClassVar[str] = (
        "Changes get one and the same second as UpdatedDate, the one in which this was switched on."
    )
    alone: ClassVar[bool] = True
    changes: Annotated[Times, "So many changes; 0 until it is taken back."] = 0

    @property
    def limit(self) -> int:
        """How many changes."""
        return self.changes


@dataclass(frozen=True, kw_only=True)
class LateTimestamps(Fault):
    """A transaction takes its time when it begins and is seen when it ends."""

    name: ClassVar[str] = "late-timestamps"
    sentence: ClassVar[str] = (
        "A change is committed late: it shows only now, and its UpdatedDate lies some seconds back."
    )
    alone: ClassVar[bool] = True
    seconds: Annotated[Seconds, "How far back."] = 60.0
    changes: Annotated[Times, "So many changes; 0 until it is taken back."] = 1
    by: Annotated[By, "Whose changes: human, engine or anyone."] = "human"

    @property
    def limit(self) -> int:
        """How many changes."""
        return self.changes


@dataclass(frozen=True, kw_only=True)
class SoftDelete(OnRecord):
    """What a user's deletion does: the record moves to the recycle bin."""

    name: ClassVar[str] = "soft-delete"
    sentence: ClassVar[str] = "Somebody deletes a record: archives no longer show it, the recycle bin does."
    when: Annotated[Literal["now", "before-patch", "after-read"], "now, before-patch or after-read."] = "now"
    skip: Annotated[Times, "So many PATCH requests or reads pass first."] = 0
    times: ClassVar[int] = 1
