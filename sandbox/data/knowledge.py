"""What the sandbox's marketing team keeps in Notion: verticals, personas, campaigns; and the CRM's list of positions.

Pains, gains and products are noun phrases without article whose nominative and accusative are the same wherever German
allows it ("lange Suchzeiten"), as marketing would jot them down. References are invented: each says so in its source.
What belongs elsewhere: the verticals' words (``verticals``), how Notion stores them (``sandbox.notion``), companies and
persons (``sandbox.data.samples``).
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.data.verticals import SAMPLE_SOURCE, VERTICALS, Vertical

__all__ = ["CAMPAIGNS", "PERSONAS", "PERSON_POSITIONS", "SAMPLE_SOURCE", "VERTICALS", "Campaign", "Persona", "Vertical"]


@dataclass(frozen=True)
class Persona:
    """One role with its personal pains and gains, and the job titles that marketing counts to it."""

    key: str
    name: str
    pains: tuple[str, ...]
    gains: tuple[str, ...]
    job_titles: tuple[str, ...]
    status: str = "Active"


@dataclass(frozen=True)
class Campaign:
    """One outreach variant; ``tag`` is what stands in the CRM's campaign field."""

    name: str
    tag: str
    brief: str
    active: bool = True


PERSONAS: tuple[Persona, ...] = (
    Persona(
        key="geschaeftsfuehrung",
        name="Geschäftsführer",
        pains=("eine unklare Amortisation", "steigende Personalkosten", "schwer planbare Margen"),
        gains=("eine belegbare Amortisation", "planbare Betriebskosten", "eine hohe Wettbewerbsfähigkeit"),
        job_titles=("Geschäftsführer", "CEO", "Managing Director", "Inhaber", "Vorstand", "Geschäftsleitung"),
    ),
    Persona(
        key="produktion",
        name="Produktionsleiter",
        pains=("schwankende Taktzeiten", "eine sinkende OEE durch Wartezeiten", "ungeplante Stillstände"),
        gains=("stabile Taktzeiten", "eine höhere OEE", "eine verlässliche Schichtplanung"),
        job_titles=(
            "Produktionsleiter",
            "Werkleiter",
            "Fertigungsleiter",
            "Betriebsleiter",
            "Head of Production",
            "Plant Manager",
            "COO",
        ),
    ),
    Persona(
        key="logistik",
        name="Logistikleiter",
        pains=("lange Such- und Wegezeiten", "Engpässe in der Bereitstellung", "teure Leerfahrten"),
        gains=("kurze Wege", "eine pünktliche Bereitstellung", "einen gleichmäßigen Durchsatz"),
        job_titles=(
            "Logistikleiter",
            "Leiter Lager",
            "Leiter Supply Chain",
            "Head of Logistics",
            "Warehouse Manager",
        ),
    ),
    Persona(
        key="infrastruktur",
        name="Leiter Infrastruktur",
        pains=("eine schwankende Reinigungsqualität", "ungeplante Ausfälle der Technik", "fehlende Leistungsnachweise"),
        gains=("dauerhaft gepflegte Flächen", "lückenlose Nachweise", "eine hohe Verfügbarkeit der Technik"),
        job_titles=(
            "Technischer Leiter",
            "Leiter Instandhaltung",
            "Facility Manager",
            "Leiter Gebäudemanagement",
            "Head of Facility Management",
        ),
    ),
    Persona(
        key="finanzen",
        name="Finanzleiter",
        pains=("schwer planbare Betriebskosten", "lange Amortisationszeiten", "hohe Kosten für Zeitarbeit"),
        gains=("transparente Kosten je Standort", "kurze Amortisationszeiten", "belastbare Zahlen für das Budget"),
        job_titles=("CFO", "Kaufmännischer Leiter", "Leiter Finanzen", "Leiter Controlling", "Head of Finance"),
    ),
    Persona(
        key="einkauf",
        name="Einkaufsleiter",
        pains=(
            "unklare Gesamtkosten über die Laufzeit",
            "schwer vergleichbare Angebote",
            "eine hohe Abhängigkeit von Dienstleistern",
        ),
        gains=("transparente Gesamtkosten", "eine klare Vergleichbarkeit", "verlässliche Lieferzusagen"),
        job_titles=("Einkaufsleiter", "Leiter Einkauf", "Head of Procurement", "Chief Procurement Officer"),
    ),
)

CAMPAIGNS: tuple[Campaign, ...] = (
    Campaign(
        name="Messe 2026",
        tag="Messe 2026",
        brief="Einladung an unseren Messestand: Roboter im Livebetrieb erleben, den eigenen Fall besprechen.",
    ),
    Campaign(
        name="Fachkräfte-Initiative",
        tag="Fachkräfte-Initiative",
        brief="Angebot eines kostenfreien Rundgangs: Wo bindet Routinearbeit Fachkräfte, die anderswo fehlen?",
    ),
)

# The CRM's list of positions (MDO list "perspos"): what a person may carry in Position instead of Title.
PERSON_POSITIONS: tuple[str, ...] = (
    "Geschäftsführung",
    "Geschäftsführer",
    "Inhaber",
    "Prokurist",
    "Produktionsleiter",
    "Betriebsleiter",
    "Logistikleiter",
    "Lagerleiter",
    "Technischer Leiter",
    "Leiter Instandhaltung",
    "Facility Manager",
    "Kaufmännischer Leiter",
    "Leiter Finanzen",
    "Leiter Controlling",
    "Einkaufsleiter",
    "Einkäufer",
    "Vertriebsleiter",
    "Marketing",
    "Personalleiter",
    "IT-Leiter",
    "Qualitätsmanagement",
    "Sachbearbeiter",
    "Assistenz",
)
