"""Whether openers of two companies are the same sentence with another name in it.

A sentence is compared by its skeleton: its words without the company's name, city and digits. Pure; what belongs elsewhere: reading what
is stored (``neighbours``), what becomes of a sentence that is too like another one (``openers``).
"""

from __future__ import annotations

import re
import threading
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process

from gtm_assets.research.word_lists import FUNCTION_WORDS
from gtm_assets.texts.models import Finding
from gtm_assets.texts.naming import core_name

#: Percent of the words of two skeletons that stand in both, in the same order, from which on they are near-duplicates.
#: Measured on 400 sample companies, whose sentences come from a dozen patterns, the worst case (10,000 pairs above 60 %): two sentences
#: that speak of different activities reach 86 % at most, but for three pairs whose activities are the same in other words; those with the
#: same activity, of which only the lever or nothing was changed, begin at 88 % and heap up at 90 and 100. Of 20 words, 88 % leave two.
CUTOFF: Final = 88.0
_WORD = re.compile(r"[^\W\d_]+")
# Rare words that two near-duplicates share; with more of them fewer sentences are compared, and more are looked up.
_SHARED: Final = 2
_SURROGATES: Final = 0xD800
_BEHIND_SURROGATES: Final = 0xE000
_CODES: Final = 0x110000


@dataclass(frozen=True)
class Company:
    """Whose sentence it is. Branches of one company share website and name: they may carry the same sentence."""

    contact_id: int
    name: str
    city: str = ""
    website: str = ""

    @property
    def family(self) -> int:
        """The same for branches of one company, which speak through one website under one name; 0 without a website."""
        place = _place(self.website)
        return hash((core_name(self.name).casefold(), place)) if place else 0


@dataclass(frozen=True)
class Match:
    """A sentence of another company that is too like, and how much, in percent."""

    contact_id: int
    percent: float


@dataclass(frozen=True)
class Pair:
    """Two accounts whose sentences are near-duplicates."""

    one: int
    other: int
    percent: float


def skeleton(sentence: str, company: Company) -> tuple[str, ...]:
    """The sentence's words in small letters, without the company's name, its city and digits."""
    own = {word for word in _WORD.findall(f"{company.name} {company.city}".casefold()) if word not in FUNCTION_WORDS}
    own |= {f"{word}s" for word in own}
    return tuple(word for word in _WORD.findall(sentence.casefold()) if word not in own)


class Sentences:
    """The sentences that others carry, to compare new ones with. Several threads may use one at once.

    Each word is one character: a sentence is a string of some twenty characters, which takes a hundred bytes and which rapidfuzz compares
    with 200,000 others in 30 ms.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._codes: dict[str, str] = {}
        self._texts: list[str | None] = []
        self._owners = array("q")
        self._families = array("q")
        self._places: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return sum(text is not None for text in self._texts)

    def add(self, company: Company, sentences: Iterable[str]) -> None:
        """Remember what a company carries, instead of what it carried before."""
        with self._lock:
            self._replace(company, [self._encoded(sentence, company) for sentence in sentences])

    def claim(self, company: Company, sentences: Mapping[str, str]) -> dict[str, Match]:
        """What is too like each sentence, by its field. Nothing is: then they are remembered in the same step, and the first one wins."""
        with self._lock:
            texts = {field: self._encoded(sentence, company) for field, sentence in sentences.items()}
            found = {field: match for field, text in texts.items() if (match := self._nearest(company, text))}
            if not found:
                self._replace(company, list(texts.values()))
            return found

    def look(self, company: Company, sentences: Mapping[str, str]) -> dict[str, Match]:
        """As ``claim``, of sentences that will be written anew anyway: nothing is remembered."""
        with self._lock:
            texts = {field: self._encoded(sentence, company) for field, sentence in sentences.items()}
            return {field: match for field, text in texts.items() if (match := self._nearest(company, text))}

    def pairs(self, at_most: int = 1000) -> list[Pair]:
        """Near-duplicates among all sentences, each sentence with the one before that is most like it; the first ``at_most``.

        Two near-duplicates share at least two of the rarest words of each (prefix filtering, exact: with threshold t, at least
        t·n / (2 - t) of n words have to be shared, so two of the rarest n - that + 2). Only sentences that do are compared: O(n · p · L)
        with p such words a sentence and L sentences a word, instead of O(n²). On one core: 20,000 companies 3 seconds, 100,000 80.
        """
        with self._lock:
            rarity = Counter(character for text in self._texts if text for character in set(text))
            carriers: defaultdict[str, array[int]] = defaultdict(lambda: array("q"))
            found: list[Pair] = []
            for place, text in enumerate(self._texts):
                if not text or len(found) >= at_most:
                    continue
                keys = _rarest(text, rarity)
                shared: Counter[int] = Counter()
                for key in keys:
                    shared.update(carriers[key])
                match = self._best(place, text, [other for other, times in shared.items() if times >= _SHARED])
                if match is not None:
                    found.append(match)
                for key in keys:
                    carriers[key].append(place)
            return found

    def _best(self, place: int, text: str, candidates: Sequence[int]) -> Pair | None:
        texts = [self._texts[other] for other in candidates]
        for _, percent, index in process.extract(text, texts, scorer=fuzz.ratio, score_cutoff=CUTOFF, limit=None):
            if not self._same(candidates[index], self._owners[place], self._families[place]):
                return Pair(self._owners[candidates[index]], self._owners[place], round(percent, 1))
        return None

    def _nearest(self, company: Company, text: str) -> Match | None:
        hits = process.extract(text, self._texts, scorer=fuzz.ratio, score_cutoff=CUTOFF, limit=None) if text else []
        family = company.family
        for _, percent, place in hits:
            if not self._same(place, company.contact_id, family):
                return Match(self._owners[place], round(percent, 1))
        return None

    def _same(self, place: int, contact_id: int, family: int) -> bool:
        return self._owners[place] == contact_id or bool(family and self._families[place] == family)

    def _replace(self, company: Company, texts: Sequence[str]) -> None:
        for place in self._places.pop(company.contact_id, ()):
            self._texts[place] = None
        self._places[company.contact_id] = list(range(len(self._texts), len(self._texts) + len(texts)))
        for text in texts:
            self._texts.append(text)
            self._owners.append(company.contact_id)
            self._families.append(company.family)

    def _encoded(self, sentence: str, company: Company) -> str:
        return "".join(self._code(word) for word in skeleton(sentence, company))

    def _code(self, word: str) -> str:
        code = self._codes.get(word)
        if code is None:
            number = len(self._codes) + 1
            if number >= _SURROGATES:
                number += _BEHIND_SURROGATES - _SURROGATES
            # Beyond a million words two may share a character; they only look alike.
            code = self._codes[word] = chr(number % _CODES)
        return code


def duplicate_findings(matches: Mapping[str, Match], labels: Mapping[str, str]) -> Iterator[Finding]:
    """Findings for a reviewer and the model. They name the other company's id, not its text: it is not this company's to see."""
    for field, match in matches.items():
        message = (
            f"{labels[field]}: gleicht zu {match.percent:.0f} % dem Opener von Firma {match.contact_id}; die eigene Tätigkeit dieser Firma "
            "nennen und den Satz anders bauen."
        )
        yield Finding(field=field, rule="near_duplicate", message=message)


def _rarest(text: str, rarity: Mapping[str, int]) -> list[str]:
    """So many of the rarest words (a repeated one counts again) that a near-duplicate must share two of its own."""
    share = CUTOFF / 100
    needed = -int(-share * len(text) // (2 - share))
    seen: Counter[str] = Counter()
    keys = []
    for character in text:
        seen[character] += 1
        keys.append((rarity[character], character, seen[character]))
    return [f"{character}{nth}" for _, character, nth in sorted(keys)[: len(text) - needed + _SHARED]]


def _place(website: str) -> str:
    """Host and path of a website, however it is written."""
    address = website.strip().casefold()
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
    except ValueError:
        return address
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"
