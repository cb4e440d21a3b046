"""Looking at Gemini: address, key and model, by a look-up that costs nothing."""

from __future__ import annotations

from gtm_assets import clients
from gtm_assets.doctor.looking import Notes
from gtm_assets.doctor.superoffice import TIMEOUT
from gtm_assets.settings import Settings


def look_at_gemini(notes: Notes, settings: Settings) -> None:
    """The model of ``GEMINI_MODEL``."""
    if "Gemini" in settings.missing():
        notes.unknown("model", "not asked: variables are missing.")
        return
    gemini = clients.open_gemini(settings, timeout=TIMEOUT * 2)
    try:
        model = gemini.look_up()
    finally:
        gemini.close()
    if model.generates is False:
        notes.wrong("model", f"{model.name} exists and writes no texts.", "Name another one in GEMINI_MODEL.")
        return
    limits = f", {model.input_tokens} tokens in, {model.output_tokens} out" if model.input_tokens else ""
    notes.ok("model", f"the key is accepted, {model.name} can be asked{limits}.")
