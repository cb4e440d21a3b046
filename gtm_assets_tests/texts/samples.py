"""Inputs and good texts for the tests of texts. All companies and references are sample data."""

from __future__ import annotations

from gtm_assets.knowledge.models import Reference
from gtm_assets.texts.limits import limit_for
from gtm_assets.texts.models import CellInputs, CellText, Evidence, OpenerInputs, OpenerText, ProductFocus

CELL_INPUTS = CellInputs(
    id="produktionsleitung|maschinenbau",
    persona_name="Produktionsleitung",
    persona_pains=("schwankende Taktzeiten", "OEE unter 80 %"),
    persona_gains=("stabile Auslastung",),
    persona_job_titles=("Produktionsleiter", "Head of Production"),
    vertical_name="Maschinenbau",
    vertical_definition="Hersteller von Maschinen und Anlagen",
    vertical_pains=("Fachkräftemangel", "lange Suchzeiten"),
    vertical_gains=("Fachkräfte bleiben an der Maschine",),
    product="Transportroboter T300",
    references=(
        Reference("Musterlager AG", "Suchzeiten um 30 % gesenkt", "Musterdaten"),
        Reference("Beispiel Antriebe GmbH", "1.200 Wege je Schicht übernommen", "Musterdaten"),
    ),
    subject_limit=limit_for("subject", 199),
    intro_limit=limit_for("intro", 199),
    social_proof_limit=limit_for("social_proof", 199),
)
CELL_TEXT = CellText(
    subject="Taktzeiten trotz Fachkräftemangel stabil halten",
    intro=(
        "Für Sie in der Produktionsleitung heißt das, trotz Fachkräftemangel die Taktzeiten "
        "an der Linie stabil zu halten."
    ),
    social_proof=(
        "Unternehmen wie Musterlager nutzen unsere Transportroboter, um Fachkräfte an der Maschine zu halten und "
        "Suchzeiten um 30 % zu senken."
    ),
)
OPENER_INPUTS = OpenerInputs(
    id="4711",
    company_name="Muster CNC GmbH & Co. KG",
    city="Musterstadt",
    summary="Dreht und fräst Präzisionsteile in Serie.",
    vertical_name="Maschinenbau",
    vertical_pains=("Materialfluss",),
    vertical_gains=("Termintreue",),
    primary=ProductFocus("Operativ", "Transportroboter"),
    secondary=ProductFocus("Infrastruktur", "Reinigungsroboter"),
    website_text="Wir fertigen Drehteile in Serie.",
    opener_limit=limit_for("opener", 199),
)
OPENER_TEXT = OpenerText(
    opener=(
        "Bei Muster CNC entstehen anspruchsvolle Drehteile in Serie, deren Termintreue von der lückenlosen Versorgung "
        "jeder einzelnen Maschine lebt."
    ),
    opener_secondary=(
        "Der reibungslose Betrieb weitläufiger Fertigungshallen hält Präzision und Sauberkeit zusammen und trägt damit "
        "die Qualität, auf die Ihre Kunden zählen."
    ),
    evidence=(
        Evidence("opener", "anspruchsvolle Drehteile in Serie", "fertigen Drehteile in Serie"),
        Evidence("opener_secondary", "weitläufiger Fertigungshallen", "Wir fertigen Drehteile"),
    ),
)
