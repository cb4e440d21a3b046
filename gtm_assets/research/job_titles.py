"""Reading a job title: the functions it names and the seniority in each. German and English, pure, never raises.

Similar spelling says nothing about similar jobs ("Head of IT" is closer to "Head of Sales" than to "IT-Leiter"), so a
title is first taken apart by a dictionary; a typing error is looked for only in a word the dictionary does not know.

How a title is taken apart:

1. Spelling, gender marks, degrees and signing marks are levelled, signs become links (``job_title_text``).
2. Commas, dashes, brackets and "und", "&", "/" divide it into chunks; a chunk without a rank of its own belongs to the
   rank beside it ("Logistik- und Produktionsleiter", "Leiter Einkauf/Logistik").
3. Within a chunk the deciding function is found: a serving department before a place of work before a vague word;
   then the first one in German ("Leiter Qualität Produktion"), the last one in English ("Production Quality").
4. Somebody who assists, advises or works in a function leads none, and who did so formerly neither.

What belongs elsewhere: the words (``job_title_functions``, ``job_title_departments``, ``job_title_words``) and what each
means (``job_title_dictionary``), which persona stands for which function (``persona_matching``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gtm_assets.research import job_title_functions as functions
from gtm_assets.research import job_title_words as words
from gtm_assets.research.job_title_dictionary import (
    NEUTRAL,
    Meaning,
    corrected,
    dictionary,
    families,
    longest_phrase,
    single_word,
    weights,
)
from gtm_assets.research.job_title_text import Link, Word, words_of


@dataclass(frozen=True)
class Role:
    """One role named by a title.

    ``function`` is a fine name such as "warehouse" (``family_of`` gives "logistics"), None if the title names none
    that is known. ``seniority`` is one of ``job_title_words``' ranks, None if the title names none.
    """

    function: str | None
    seniority: str | None

    @property
    def leads(self) -> bool:
        """True for a head, manager, team lead, authorised officer, member of the board or owner."""
        return self.seniority in words.LEADING


@dataclass(frozen=True)
class _Item:
    meaning: Meaning
    link: Link


@dataclass
class _Chunk:
    """Words that belong together; ``link`` ties the chunk to the one before."""

    items: list[_Item]
    link: Link

    @property
    def seniorities(self) -> list[str]:
        return [item.meaning.seniority for item in self.items if item.meaning.seniority]

    @property
    def has_function(self) -> bool:
        return any(item.meaning.function for item in self.items)


def family_of(function: str) -> str:
    """The family of neighbouring functions: "warehouse" and "shipping" are both "logistics"."""
    return families().get(function, function)


@lru_cache(maxsize=16384)
def read_role(title: str) -> tuple[Role, ...]:
    """The roles a title names, the most senior first, those of equal seniority as they stand in the title.

    Empty when the title says nothing that is known. A title of an assistant, or of somebody who no longer holds the
    office, gives one role that does not lead, whatever else stands in it.
    """
    chunks = _chunks(_items(words_of(title)))
    seniorities = [seniority for chunk in chunks for seniority in chunk.seniorities]
    if words.ASSISTANT in seniorities:
        return (Role(None, words.ASSISTANT),)
    chunks = _attached(chunks)
    if _all_former(chunks):
        return (Role(None, words.FORMER),)
    roles: list[Role] = []
    for index, chunk in enumerate(chunks):
        roles.extend(_chunk_roles(chunk, _rank_for(chunks, index)))
    return _sorted(roles)


def _items(title_words: tuple[Word, ...]) -> list[_Item]:
    """Fixed phrases first, the longest at each place, then single words."""
    entries, items, start = dictionary(), [], 0
    texts = [corrected(word.text) for word in title_words]
    while start < len(texts):
        size = min(longest_phrase(), len(texts) - start)
        # A phrase does not reach over a comma; over "und" it may ("Forschung und Entwicklung").
        while size > 1 and (
            tuple(texts[start : start + size]) not in entries
            or any(word.link == "break" for word in title_words[start + 1 : start + size])
        ):
            size -= 1
        meaning = entries[tuple(texts[start : start + size])] if size > 1 else single_word(texts[start])
        if texts[start] == "officer" and "chief" in texts[:start]:
            meaning = NEUTRAL  # Chief <function> Officer
        items.append(_Item(meaning, title_words[start].link))
        start += size
    return items


def _chunks(items: list[_Item]) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    for item in items:
        if not chunks or item.link in {"break", "join"}:
            chunks.append(_Chunk([item], item.link))
        else:
            chunks[-1].items.append(item)
    return chunks


def _attached(chunks: list[_Chunk]) -> list[_Chunk]:
    """Chunks after a comma, dash or bracket that only add to the one before become part of it.

    "Leiter Vertrieb (Logistik)" is one phrase, as are "Logistik, Leitung" and "Leiter - Logistik". A list that goes on
    with "und" stays a list: "Leiter Produktion, Logistik und Versand".
    """
    result: list[_Chunk] = []
    for index, chunk in enumerate(chunks):
        listed = index + 1 < len(chunks) and chunks[index + 1].link == "join" and not chunks[index + 1].seniorities
        adds_function = not chunk.seniorities and not (listed and result and result[-1].has_function)
        adds_rank = bool(chunk.seniorities) and not chunk.has_function and bool(result) and not result[-1].seniorities
        if result and chunk.link == "break" and (adds_function or adds_rank):
            result[-1].items.extend(chunk.items)
        else:
            result.append(_Chunk(list(chunk.items), chunk.link))
    return result


def _all_former(chunks: list[_Chunk]) -> bool:
    """True for "Geschäftsführer (ehemals)" and "CEO, retired": the remark stands alone and means all before it."""
    return any(words.FORMER in chunk.seniorities and not _other_content(chunk) for chunk in chunks)


def _other_content(chunk: _Chunk) -> bool:
    return any(item.meaning.function or item.meaning.seniority not in {None, words.FORMER} for item in chunk.items)


def _rank_for(chunks: list[_Chunk], index: int) -> str | None:
    """The seniority of a chunk: its own, else that of the chunk before it, else that of the chunk it is joined to."""
    own = _seniority(chunks[index])
    if own and not _only_a_body(chunks[index]):
        return own
    for earlier in reversed(chunks[:index]):
        if earlier.seniorities:
            inherited = _inherited(_seniority(earlier))
            return own if own and inherited in words.LEADING else inherited
    if own:
        return own
    for later in chunks[index + 1 :]:
        if later.link != "join":
            break
        if later.seniorities:
            return _inherited(_seniority(later))
    return None


def _inherited(seniority: str | None) -> str | None:
    # "Geschäftsführer / Vertrieb": who leads the company leads the function named beside it.
    return words.HEAD if seniority in {words.EXECUTIVE, words.CHIEF} else seniority


def _only_a_body(chunk: _Chunk) -> bool:
    return all(item.meaning.body or not item.meaning.known for item in chunk.items)


def _seniority(chunk: _Chunk) -> str | None:
    found = set(chunk.seniorities)
    if words.EXECUTIVE in found:
        found.discard(words.TRADE)  # "Inhaber Malermeister": the trade beside the office
    for seniority in (words.FORMER, words.BOARD, words.SPECIALIST, words.TRADE, words.FOREMAN, *words.LEADING):
        if seniority in found:
            return seniority
    return None


def _chunk_roles(chunk: _Chunk, seniority: str | None) -> list[Role]:
    general = [item.meaning for item in chunk.items if item.meaning.function == functions.GENERAL_MANAGEMENT]
    function = _deciding_function(chunk.items)
    if not general:
        return [Role(function, seniority)] if function or seniority else []
    if seniority != words.EXECUTIVE:
        return [Role(functions.GENERAL_MANAGEMENT, seniority)]
    if function and all(meaning.soft for meaning in general) and weights().get(function, 0) > functions.WHERE:
        return [Role(function, words.HEAD)]
    roles = [Role(functions.GENERAL_MANAGEMENT, words.EXECUTIVE)]
    if function:
        roles.append(Role(function, words.HEAD))
    return roles


def _deciding_function(items: list[_Item]) -> str | None:
    """The function a chunk is about; None if the noun that decides is not known."""
    rank = next((place for place, item in enumerate(items) if item.meaning.seniority in words.LEADING), None)
    if rank is None:
        return _leading_noun(items, before_rank=False)
    before = items[: rank + 1] if items[rank].meaning.function else items[:rank]
    after = items[rank + 1 :]
    if before and not before[-1].meaning.known:
        # The noun before the rank decides: a "Warehouse Robotics Manager" manages robots.
        return _leading_noun(after, before_rank=False)
    first = _leading_noun(before, before_rank=True)
    second = _leading_noun(after, before_rank=False)
    if first is None or second is None:
        return first or second
    return second if weights().get(second, 0) > weights().get(first, 0) else first


def _leading_noun(items: list[_Item], *, before_rank: bool) -> str | None:
    groups = _hyphen_groups([item for place, item in enumerate(items) if not _idle(items, place)])
    named = [meaning for meaning in groups if meaning.function and meaning.function != functions.GENERAL_MANAGEMENT]
    if not named:
        return None
    heaviest = max(map(_weight, named))
    candidates = [meaning for meaning in named if _weight(meaning) == heaviest]
    last = before_rank or all(meaning.english for meaning in candidates)
    return _settled((candidates[-1] if last else candidates[0]).function, named)


def _settled(function: str | None, named: list[Meaning]) -> str | None:
    """Technical operations are operations; the adjective alone is technical management."""
    if function == functions.TECHNICAL_MANAGEMENT:
        vague = [meaning for meaning in named if not meaning.adjective and meaning.function != function]
        if vague and all(meaning.adjective for meaning in named if meaning.function == function):
            return vague[0].function
    return function


def _weight(meaning: Meaning) -> int:
    return functions.VAGUE if meaning.adjective else weights().get(meaning.function or "", functions.VAGUE)


def _idle(items: list[_Item], place: int) -> bool:
    """Words that an unknown neighbour makes another thing: "technische Zeichnungen", "Grid Operations"."""
    meaning = items[place].meaning
    if meaning.adjective:
        return place + 1 < len(items) and not items[place + 1].meaning.known
    return meaning.function == "operations" and place > 0 and not items[place - 1].meaning.known


def _hyphen_groups(items: list[_Item]) -> list[Meaning]:
    """Words tied by a hyphen count as one: the heaviest of them, the last of equals ("IT-Infrastruktur" is IT)."""
    groups: list[list[Meaning]] = []
    for item in items:
        if groups and item.link == "glue":
            groups[-1].append(item.meaning)
        else:
            groups.append([item.meaning])
    result = []
    for group in groups:
        named = [meaning for meaning in group if meaning.function]
        heaviest = max(map(_weight, named), default=0)
        result.append(next((m for m in reversed(named) if _weight(m) == heaviest), group[-1]))
    return result


_ORDER = {seniority: place for place, seniority in enumerate(words.LEADING)}


def _sorted(roles: list[Role]) -> tuple[Role, ...]:
    """Without repetitions, the most senior first; infrastructure beside IT is IT's."""
    technology = any(role.function == functions.INFORMATION_TECHNOLOGY for role in roles)
    kept = [role for role in roles if not (technology and role.function == functions.INFRASTRUCTURE)]
    unique = dict.fromkeys(kept)
    return tuple(sorted(unique, key=lambda role: _ORDER.get(role.seniority or "", len(_ORDER))))
