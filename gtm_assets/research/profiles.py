"""Company profiles: website text to vertical, ops focus and summary; imprint to city and VAT number.

A vertical that a human set in the CRM wins; what the website says is kept beside it. Unchanged inputs cost nothing. What belongs elsewhere:
the question and whether its answer can be believed (``profile_prompt``), visiting
(``websites``), writing to the CRM (``gtm_assets.writeback``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.accounts import load_accounts
from gtm_assets.crm.fields import CrmField
from gtm_assets.knowledge.rows import Vertical
from gtm_assets.knowledge.sync import load_verticals
from gtm_assets.research import websites
from gtm_assets.research.asking import Asker, Terms, UnusableReplyError
from gtm_assets.research.budget import BudgetReachedError
from gtm_assets.research.profile_prompt import (
    PROFILE_PROMPT_VERSION,
    UNKNOWN,
    CheckedProfile,
    ProfileInputs,
    ProfileReply,
    VerticalChoice,
    build_profile_prompt,
    check_profile,
    summary_problem,
)
from gtm_assets.research.vertical_field import VerticalValues
from resources.errors import OutsideError, TransientError
from resources.gemini.client import GeminiClient
from resources.store import schema
from resources.store.store import Store, rows_by, stable_hash, upsert, utc_now
from resources.waiting import silent, wait_for_all, workers
from resources.website.client import WebsiteClient
from resources.website.imprint import read_imprint

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProfileOutcome:
    """What became of one profile.

    ``error`` is what stopped it. Where the model could not be asked now (a budget, an outage) what is known already stands meanwhile, and a
    human's vertical counts at once; after any other error nothing was changed. ``retry_at`` is when a website that was down is worth
    another visit. ``website`` is the visit's reason where there is no text, ``evidence`` the website's words the vertical rests on.
    ``note`` says why the model's summary was left out: an earlier one stays, and it is asked for again when the account is next worked on.
    """

    changed: bool
    vertical_key: str | None = None
    reason: str = ""
    website: str = ""
    source: str = ""
    evidence: tuple[str, ...] = ()
    retry_at: datetime | None = None
    error: Exception | None = None
    note: str = ""


@dataclass(frozen=True)
class Researcher:
    """What the stage needs; one for a batch."""

    store: Store
    website: WebsiteClient
    gemini: GeminiClient
    vertical_field: CrmField
    summary_max_characters: int
    run_id: str
    force: bool = False
    tick: Callable[[], None] = silent
    terms: Terms = field(default_factory=Terms)

    @property
    def asker(self) -> Asker:
        """Who asks the model."""
        return Asker(self.store, self.gemini, self.run_id, self.terms)


@dataclass(frozen=True)
class _Known:
    account: Mapping[str, Any]
    website: Mapping[str, Any] | None
    profile: Mapping[str, Any] | None
    written_vertical: str


def bring_profiles_up_to_date(researcher: Researcher, contact_ids: Iterable[int]) -> dict[int, ProfileOutcome]:
    """Bring the profiles of these accounts up to date; several at once, each in transactions of its own."""
    ids = sorted(set(contact_ids))
    with researcher.store.read() as connection:
        verticals = load_verticals(connection)
        values = VerticalValues(connection, researcher.vertical_field)
        known = _load(connection, ids)
    outcomes: dict[int, ProfileOutcome] = {}
    with workers(researcher.terms.at_once) as pool:
        futures = {
            i: pool.submit(_bring_up_to_date, researcher, verticals, values, known[i]) for i in ids if i in known
        }
        wait_for_all(futures.values(), researcher.tick)
        for contact_id, future in futures.items():
            try:
                outcomes[contact_id] = future.result()
            except Exception as error:  # noqa: BLE001 - an account's error is its own: the others go on
                if not isinstance(error, OutsideError | BudgetReachedError):
                    _log.exception("the profile of account %s failed unexpectedly", contact_id)
                outcomes[contact_id] = ProfileOutcome(changed=False, error=error)
    return outcomes


def _bring_up_to_date(
    researcher: Researcher, verticals: Mapping[str, Vertical], values: VerticalValues, known: _Known
) -> ProfileOutcome:
    contact_id = known.account["contact_id"]
    url = known.account["url"]
    website = known.website
    if researcher.force or websites.is_stale(website, url, utc_now()):
        website = websites.visit(researcher.store, researcher.website, contact_id, url, known.website)
    assert website is not None
    stopped: Exception | None = None
    try:
        profile, note = _profile_row(researcher, verticals, known, website)
    except (BudgetReachedError, TransientError) as error:
        if known.profile is None:
            raise
        profile, note, stopped = _meanwhile(verticals, known.profile, website), "", error
    profile |= _decide_vertical(known, profile, values)
    before = {k: known.profile[k] for k in profile} if known.profile else {}
    changed = before != profile
    if changed:
        with researcher.store.write() as connection:
            upsert(connection, schema.profiles, [{**profile, "updated_at": utc_now()}])
    down = (
        website["outcome"] in {"unreachable", "http_error"} and not website["text"] and website.get("transient", True)
    )
    return ProfileOutcome(
        changed=changed,
        vertical_key=profile["vertical_key"],
        reason=profile["vertical_reason"],
        source=profile["vertical_source"],
        evidence=tuple(profile["evidence"]) if profile["vertical_source"] == "model" else (),
        website="" if website["text"] else website["reason"],
        retry_at=utc_now() + websites.RETRY_AFTER if down else None,
        error=stopped,
        note=note,
    )


def _profile_row(
    researcher: Researcher, verticals: Mapping[str, Vertical], known: _Known, website: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """What website and imprint say, from the model only where an input changed; and why its summary was left out."""
    row = _imprint_row(known.account["contact_id"], website)
    before = known.profile
    decided = before is not None and before["model_vertical_key"] in verticals
    same_inputs = before is not None and before["inputs_hash"] == _inputs_hash(
        researcher, known, website, None if decided else verticals
    )
    if before is not None and same_inputs and not researcher.force:
        return row | _kept(before), ""
    note = ""
    if not website["text"]:
        checked = CheckedProfile(UNKNOWN, (), "Operativ", "", website["reason"])
        focus = None
    else:
        checked, note = _ask(researcher, verticals, known, website)
        focus = checked.ops_focus
    key = None if checked.vertical_key == UNKNOWN else checked.vertical_key
    inputs_hash = _inputs_hash(researcher, known, website, None if key else verticals)
    found = {
        "model_vertical_key": key,
        "evidence": list(checked.evidence),
        "ops_focus": focus,
        "summary": (before["summary"] if before else "") if note else checked.summary,
        "vertical_reason": checked.reason,
        # No inputs have this hash: the summary is asked for again.
        "inputs_hash": "" if note else inputs_hash,
    }
    return row | found, note


def _imprint_row(contact_id: int, website: Mapping[str, Any]) -> dict[str, Any]:
    imprint = read_imprint(website["imprint_text"])
    return {"contact_id": contact_id, "city": imprint.city, "vat_number": imprint.vat_number}


def _kept(before: Mapping[str, Any]) -> dict[str, Any]:
    """What the model said before."""
    kept = ("model_vertical_key", "evidence", "ops_focus", "summary", "inputs_hash")
    # The reason beside a human's choice is about that choice, not about the website.
    reason = "" if before["vertical_source"] == "human" else before["vertical_reason"]
    return {name: before[name] for name in kept} | {"vertical_reason": reason}


def _meanwhile(
    verticals: Mapping[str, Vertical], before: Mapping[str, Any], website: Mapping[str, Any]
) -> dict[str, Any]:
    """What stands until the model can be asked: what it said before, but no vertical that ended. Its hash is still the earlier inputs'."""
    found = _imprint_row(before["contact_id"], website) | _kept(before)
    if found["model_vertical_key"] is not None and found["model_vertical_key"] not in verticals:
        found |= {
            "model_vertical_key": None,
            "vertical_reason": "its vertical ended, and the model was not asked for another yet",
        }
    return found


def _inputs_hash(
    researcher: Researcher, known: _Known, website: Mapping[str, Any], catalogue: Mapping[str, Vertical] | None
) -> str:
    """Where the vertical is decided, the catalogue is no input any more: a new row never re-asks for everybody."""
    return inputs_hash(
        website["content_hash"],
        known.account["name"],
        researcher.gemini.model,
        researcher.summary_max_characters,
        choices_of(catalogue) if catalogue is not None else None,
    )


def choices_of(catalogue: Mapping[str, Vertical]) -> list[list[str]]:
    """What the model chooses among, as far as it is told."""
    return [[v.key, v.name, v.definition] for v in catalogue.values()]


def inputs_hash(
    website_hash: str, company_name: str, model: str, summary_max_characters: int, choices: list[list[str]] | None
) -> str:
    """Identity of a profile's inputs; ``choices`` (:func:`choices_of`) only where the vertical is not decided."""
    return stable_hash([website_hash, company_name, PROFILE_PROMPT_VERSION, model, summary_max_characters, choices])


def _ask(
    researcher: Researcher, verticals: Mapping[str, Vertical], known: _Known, website: Mapping[str, Any]
) -> tuple[CheckedProfile, str]:
    """The profile, and why its summary must not be used, where neither of two attempts gave a good one."""
    contact_id = str(known.account["contact_id"])
    inputs = ProfileInputs(
        id=contact_id,
        company_name=known.account["name"],
        verticals=tuple(VerticalChoice(v.key, v.name, v.definition) for v in verticals.values()),
        website_text=website["text"],
        summary_max_characters=researcher.summary_max_characters,
    )
    problem = ""
    usable: tuple[CheckedProfile, str] | None = None
    for attempt in (1, 2):
        prompt = build_profile_prompt(inputs)
        reply = researcher.asker.ask(prompt, ProfileReply, kind="profile", key=contact_id, attempt=attempt).reply
        if reply.parsed is not None and reply.parsed.id.strip() == contact_id:
            checked = check_profile(
                reply.parsed,
                website["text"],
                verticals.keys(),
                summary_max_characters=researcher.summary_max_characters,
            )
            note = summary_problem(checked.summary, website["text"], inputs.company_name)
            if not note:
                return checked, ""
            usable = (checked, note)
        problem = reply.problem or "it answers for another company"
    if usable is not None:
        return usable
    # An unusable reply says nothing about the company: the profile of before stays, and the account comes again.
    raise UnusableReplyError("Gemini", f"the profile of account {contact_id} could not be read: {problem}.")


def _decide_vertical(known: _Known, profile: Mapping[str, Any], values: VerticalValues) -> dict[str, Any]:
    """A human's value in the CRM wins; ours, and an empty field, follow the website."""
    in_crm = (known.account["fields"] or {}).get("vertical", "")
    if in_crm and in_crm != known.written_vertical:
        key, reason = values.key_of(in_crm)
        return {"vertical_key": key, "vertical_source": "human", "vertical_reason": reason}
    key = profile["model_vertical_key"]
    reason = (
        "" if key else profile["vertical_reason"] or "the website does not say which vertical the company belongs to"
    )
    return {"vertical_key": key, "vertical_source": "model" if key else "unknown", "vertical_reason": reason}


def _load(connection: sa.Connection, ids: list[int]) -> dict[int, _Known]:
    written = schema.written_values
    ours = rows_by(connection, written.c.entity_id, ids, written.c.entity == "Contact", written.c.field == "vertical")
    sites = rows_by(connection, schema.websites.c.contact_id, ids)
    profiles = rows_by(connection, schema.profiles.c.contact_id, ids)
    return {
        i: _Known(account, sites.get(i), profiles.get(i), ours[i]["value"] if i in ours else "")
        for i, account in load_accounts(connection, ids).items()
    }
