"""Looking at Gemini: address, key and model, by a look-up that costs nothing; and what asking it would cost."""

from __future__ import annotations

from gtm_assets import clients
from gtm_assets.doctor.looking import Notes
from gtm_assets.doctor.superoffice import TIMEOUT
from gtm_assets.research.asking import terms_of
from gtm_assets.research.budget import money
from gtm_assets.settings import ConfigurationError, Settings


def look_at_gemini(notes: Notes, settings: Settings) -> None:
    """The model of ``GEMINI_MODEL``, its price and the budgets."""
    _look_at_price(notes, settings)
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


def _look_at_price(notes: Notes, settings: Settings) -> None:
    model = settings.gemini_model
    try:
        terms = terms_of(settings, "texts")
        rate = terms.rate(model)
    except ConfigurationError as error:
        notes.failed("price", error)
        return
    if rate is None:
        to_do = "Add it to a price table and name that in GTM_MODEL_PRICES (docs/costs.md)."
        notes.remark("price", f"the price table does not know {model}: what it costs counts as 0.", to_do)
        return
    currency = terms.budget.currency
    limits = [
        f"at most {money(limit, currency)} per {scope}"
        for scope in ("run", "day")
        if (limit := terms.budget.limit(scope)) is not None
    ]
    said = f"{model}: {rate.input:g} {currency} in and {rate.output:g} {currency} out for a million tokens"
    notes.ok("price", f"{said}; {' and '.join(limits) or 'no budget'}.")
