"""Sentences about files that commands keep and open."""

from __future__ import annotations

from collections.abc import Mapping

from gtm_assets.messages import Message

MESSAGES: Mapping[str, Message] = {
    "file.kept": Message("The file: {path}", "Die Datei: {path}"),
    "file.no_browser": Message(
        "No browser could be opened here. Open the file yourself.",
        "Hier ließ sich kein Browser öffnen. Bitte öffnen Sie die Datei selbst.",
    ),
}
