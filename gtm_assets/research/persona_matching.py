"""Which persona a person belongs to, decided from the CRM's title fields. Pure.

Personas are data: a row of Notion with a name and the job titles marketing had in mind. Each persona's titles are read
with the reader that reads people's titles, which gives the functions the persona stands for. A title is decided when
it leads one of these functions and no other persona claims that function; otherwise it stays unknown, with the reason.
Unknown is a state and not a guess: a person without a persona gets no text, a wrong persona gets a wrong one.

What belongs elsewhere: reading a title (``job_titles``), which field a tenant keeps it in (``crm``), and re-deciding
after a change (the assets).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from gtm_assets.research.job_title_functions import MIXED
from gtm_assets.research.job_title_text import spelling_key
from gtm_assets.research.job_titles import Role, family_of, read_role


@dataclass(frozen=True)
class PersonaProfile:
    """A persona as marketing keeps it: ``key`` (slug), ``name`` and the job titles it stands for."""

    key: str
    name: str
    job_titles: tuple[str, ...]


@dataclass(frozen=True)
class PersonaDecision:
    """The persona's key, or None for unknown; why, for the RevOps engineer; the field and words it rests on."""

    persona_key: str | None
    reason: str
    source: str


@dataclass(frozen=True)
class _Claims:
    """What the personas stand for: keys of the personas by exact title, by fine function and by family."""

    titles: dict[tuple[str, ...], frozenset[str]]
    functions: dict[str, frozenset[str]]
    families: dict[str, frozenset[str]]


@dataclass(frozen=True)
class _Verdict:
    """What one field says. ``silent``: nothing that bears on the decision, so that the next field may speak."""

    persona_key: str | None
    reason: str
    silent: bool = False


def decide_persona(*, title: str, position: str, job_title: str, personas: Sequence[PersonaProfile]) -> PersonaDecision:
    """The persona of a person from ``Title``, ``JobTitle`` and ``Position``. Never raises.

    All three are read, because the job title lands in different fields: REST shows Title and Position,
    JobTitle exists only in some tenants. The order is Title, JobTitle, Position: the first two are free text, in
    which somebody wrote down this person's job; Position is a choice from a list, coarser and more often out of date.
    The first field that says anything about function or rank decides, also if what it says is "no persona": a title
    "Sachbearbeiterin" is not overruled by a position "Geschäftsleitung". A field that says nothing (empty, "Dr.",
    words outside the dictionary, "Prokurist" without a function) passes the word on. A rank without a function and a
    function without a rank in two fields complete each other ("Abteilungsleiter" + "Einkauf").

    An exact match with a listed title, after normalising spelling and gender, decides before anything else is read.

    Args:
        title: ``Title`` of the person, "" if empty.
        position: Text of the list item in ``Position``, "" if none.
        job_title: ``JobTitle`` where a tenant has it, else "".
        personas: The active personas in any order.
    """
    claims = _claims(tuple(personas))
    fields = [
        (name, " ".join(text.split()))
        for name, text in (("Title", title), ("JobTitle", job_title), ("Position", position))
    ]
    filled = [(name, text) for name, text in fields if text]
    if not filled:
        return PersonaDecision(None, "Title, JobTitle and Position are empty", "")
    partial: tuple[str, str, Role] | None = None
    for name, text in filled:
        source = f"{name}: {text}"
        part = _partial_role(text, claims)
        if partial and part and (completed := _completed(partial[2], part)):
            key, reason = _persona_of(completed, claims)
            return PersonaDecision(key, reason, f"{partial[0]}: {partial[1]}; {source}")
        verdict = _verdict(text, claims)
        if not verdict.silent:
            if partial and partial[2].function:
                return _with_bare_function(partial, source, verdict, text)
            return PersonaDecision(verdict.persona_key, verdict.reason, source)
        partial = partial or ((name, text, part) if part else None)
    name, text = filled[0]
    return PersonaDecision(None, _verdict(text, claims).reason, f"{name}: {text}")


@lru_cache(maxsize=64)
def _claims(personas: tuple[PersonaProfile, ...]) -> _Claims:
    """Read once for a set of personas; a changed row of Notion is another set."""
    titles: dict[tuple[str, ...], set[str]] = {}
    names: dict[tuple[str, ...], set[str]] = {}
    functions: dict[str, set[str]] = {}
    families: dict[str, set[str]] = {}
    for persona in personas:
        for listed in persona.job_titles:
            titles.setdefault(spelling_key(listed), set()).add(persona.key)
        names.setdefault(spelling_key(persona.name), set()).add(persona.key)
        claimed = {function for listed in persona.job_titles for function in _claimed(listed)}
        # The name is often a title itself, but also a nickname; it speaks when the titles say nothing.
        for function in claimed or _claimed(persona.name):
            functions.setdefault(function, set()).add(persona.key)
            families.setdefault(family_of(function), set()).add(persona.key)
    titles.pop((), None)
    for key, owners in names.items():
        if key:
            titles.setdefault(key, owners)  # a title listed by another persona goes before a name
    return _Claims(
        titles={key: frozenset(owners) for key, owners in titles.items()},
        functions={key: frozenset(owners) for key, owners in functions.items()},
        families={key: frozenset(owners) for key, owners in families.items()},
    )


def _claimed(listed: str) -> tuple[str, ...]:
    """Functions a listed title stands for: those it leads, or a bare "Einkauf"; "Einkäufer" counts as itself only.

    So does a title of a mixed family: who lists "Marktleiter" has not named hotel managers.
    """
    return tuple(
        role.function
        for role in read_role(listed)
        if role.function and (role.leads or not role.seniority) and family_of(role.function) != MIXED
    )


def _verdict(text: str, claims: _Claims) -> _Verdict:
    exact = claims.titles.get(spelling_key(text))
    if exact:
        if len(exact) == 1:
            return _Verdict(next(iter(exact)), "listed among the persona's job titles")
        return _Verdict(None, f"listed by several personas: {_listed(exact)}")
    roles = read_role(text)
    leading = [role for role in roles if role.leads and role.function]
    return _first_decided(leading, claims) if leading else _undecided(roles)


def _undecided(roles: tuple[Role, ...]) -> _Verdict:
    """Why roles of which none leads a known function decide nothing, and whether another field may speak."""
    if not roles:
        return _Verdict(None, "no word of the title is known", silent=True)
    seniority = next((role.seniority for role in roles if role.seniority), None)
    if not seniority:
        return _Verdict(None, f"names a function ({roles[0].function}) but no rank", silent=True)
    if any(role.leads for role in roles):
        return _Verdict(None, f"a leading role ({seniority}) of no function that is known", silent=True)
    return _Verdict(None, f"does not lead a function ({seniority})")


def _first_decided(roles: list[Role], claims: _Claims) -> _Verdict:
    """The most senior role that a persona stands for; an ambiguous one before it is not passed over."""
    reasons = []
    for role in roles:
        key, reason = _persona_of(role, claims)
        if key or reason.startswith("ambiguous"):
            return _Verdict(key, reason)
        reasons.append(reason)
    return _Verdict(None, "; ".join(dict.fromkeys(reasons)))


def _persona_of(role: Role, claims: _Claims) -> tuple[str | None, str]:
    """By fine function, else by family: a "Leiter Versand" belongs to the only persona of logistics."""
    function = role.function or ""
    owners = claims.functions.get(function) or claims.families.get(family_of(function)) or frozenset()
    described = f"{role.seniority} of {function}"
    if len(owners) == 1:
        return next(iter(owners)), f"{described}, the function of this persona alone"
    if owners:
        return None, f"ambiguous: {described} belongs to several personas: {_listed(owners)}"
    return None, f"{described}: no persona stands for this function"


def _partial_role(text: str, claims: _Claims) -> Role | None:
    """The role of a field that names only a rank or only a function."""
    if spelling_key(text) in claims.titles:
        return None
    roles = read_role(text)
    if len(roles) != 1:
        return None
    (role,) = roles
    if role.function and not role.seniority:
        return role
    return role if not role.function and role.seniority in {"head", "lead"} else None


def _completed(one: Role, other: Role) -> Role | None:
    if one.function and other.seniority and not other.function:
        return Role(one.function, other.seniority)
    if other.function and one.seniority and not one.function:
        return Role(other.function, one.seniority)
    return None


def _with_bare_function(partial: tuple[str, str, Role], source: str, verdict: _Verdict, text: str) -> PersonaDecision:
    """A field that named a function without a rank must not be contradicted by the field that decides."""
    name, bare, role = partial
    families = {family_of(other.function) for other in read_role(text) if other.function}
    if verdict.persona_key and role.function and family_of(role.function) not in families:
        return PersonaDecision(None, f"the fields disagree: {bare} and {text}", f"{name}: {bare}; {source}")
    return PersonaDecision(verdict.persona_key, verdict.reason, source)


def _listed(keys: frozenset[str]) -> str:
    return ", ".join(sorted(keys))
