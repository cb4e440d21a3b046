"""Values of the knowledge base that the rooms to its right use too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OpsFocus = Literal["Operativ", "Infrastruktur"]


@dataclass(frozen=True)
class Reference:
    """A customer who agreed to be named, what was achieved there, and where that is documented."""

    company: str
    achievement: str
    source: str = ""
