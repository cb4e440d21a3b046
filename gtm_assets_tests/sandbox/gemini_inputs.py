"""Inputs of the product's own prompts, made of the sandbox's knowledge and companies, as the stand-in of Gemini reads them."""

from __future__ import annotations

from typing import Any

from gtm_assets.texts.limits import limit_for
from gtm_assets.texts.models import CellInputs, CellText, OpenerInputs, ProductFocus, Reference
from sandbox.data.knowledge import VERTICALS, Campaign, Persona, Vertical
from sandbox.data.samples import SampleCompany
from sandbox.gemini.reading import inputs_of


def references_of(vertical: Vertical) -> tuple[Reference, ...]:
    return tuple(Reference(*line.split(" | ")) for line in vertical.references)


def product_of(vertical: Vertical, focus: str) -> str:
    return next((line.split(": ", 1)[1] for line in vertical.products if line.startswith(focus)), "")


def cell_inputs(persona: Persona, vertical: Vertical, campaign: Campaign | None, length: int = 199) -> CellInputs:
    return CellInputs(
        id=f"{persona.key}|{vertical.key}",
        persona_name=persona.name,
        persona_pains=persona.pains,
        persona_gains=persona.gains,
        persona_job_titles=persona.job_titles,
        vertical_name=vertical.name,
        vertical_definition=vertical.definition,
        vertical_pains=vertical.pains,
        vertical_gains=vertical.gains,
        product=product_of(vertical, vertical.ops_focus),
        references=references_of(vertical),
        subject_limit=limit_for("subject", length),
        intro_limit=limit_for("intro", length),
        social_proof_limit=limit_for("social_proof", length),
        campaign_name=campaign.name if campaign else "",
        campaign_brief=campaign.brief if campaign else "",
    )


def opener_inputs(company: SampleCompany, text: str, length: int = 199) -> OpenerInputs:
    vertical = next((v for v in VERTICALS if v.key == company.vertical_key), VERTICALS[0])
    other = {"Operativ": "Infrastruktur", "Infrastruktur": "Operativ"}[company.ops_focus]
    first = ProductFocus(company.ops_focus, product_of(vertical, company.ops_focus))  # type: ignore[arg-type]
    second = ProductFocus(other, product_of(vertical, other))  # type: ignore[arg-type]
    return OpenerInputs(
        id="7",
        company_name=company.name,
        city=company.city,
        summary="",
        vertical_name=vertical.name,
        vertical_pains=vertical.pains,
        vertical_gains=vertical.gains,
        primary=first,
        secondary=second if second.product else None,
        website_text=text,
        opener_limit=limit_for("opener", length),
    )


def read_prompt(user: str) -> dict[str, Any]:
    inputs = inputs_of({"contents": [{"role": "user", "parts": [{"text": user}]}]})
    assert inputs is not None
    return inputs


def cell_text(reply: dict[str, Any]) -> CellText:
    return CellText(reply["subject"], reply["intro"], reply["social_proof"])


def profile_inputs(company: SampleCompany, text: str) -> dict[str, Any]:
    choices = [{"key": v.key, "name": v.name, "definition": v.definition} for v in VERTICALS if v.status == "Active"]
    return {
        "task": "profile",
        "id": "7",
        "company": {"name": company.name},
        "verticals": choices,
        "website_text": text,
        "limits": {"summary": {"max_characters": 199}},
    }
