"""The sandbox's verticals, as marketing would keep them in Notion.

Pains, gains and products are noun phrases; references are invented and each says so in its source. Import them from
``sandbox.data.knowledge``.
"""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_SOURCE = "Musterdaten der Sandbox"


@dataclass(frozen=True)
class Vertical:
    """One industry.

    ``products`` are lines "Operativ: …" / "Infrastruktur: …", ``references`` lines "Company | result | source".
    """

    key: str
    name: str
    name_en: str
    definition: str
    pains: tuple[str, ...]
    gains: tuple[str, ...]
    products: tuple[str, ...]
    ops_focus: str
    references: tuple[str, ...]
    status: str = "Active"


VERTICALS: tuple[Vertical, ...] = (
    Vertical(
        key="maschinenbau",
        name="Maschinenbau",
        name_en="Mechanical Engineering",
        definition=(
            "Hersteller von Maschinen, Anlagen und Komponenten: Zerspanung, Drehteile, Frästeile, Werkzeugbau, "
            "Antriebstechnik, Vorrichtungen, Montage und Serienfertigung aus Metall."
        ),
        pains=(
            "Personallücken an der Maschine",
            "lange Suchzeiten zwischen Lager und Linie",
            "Lücken in der Materialversorgung",
        ),
        gains=(
            "mehr Zeit für wertschöpfende Arbeit",
            "planbare Durchlaufzeiten",
            "eine hohe Termintreue",
        ),
        products=("Operativ: autonome Transportroboter", "Infrastruktur: Reinigungsroboter für Hallenböden"),
        ops_focus="Operativ",
        references=(
            f"Falkenried Maschinenwerke | Suchzeiten in der Montage um 30 % gesenkt | {SAMPLE_SOURCE}",
            f"Ostermoor Getriebe | Fachkräfte an der Maschine spürbar entlastet | {SAMPLE_SOURCE}",
        ),
    ),
    Vertical(
        key="healthcare",
        name="Gesundheitswesen",
        name_en="Healthcare",
        definition=(
            "Kliniken, Krankenhäuser, Rehabilitation und Pflege: Stationen, Patienten, Bewohner, Therapie, "
            "Pflegeheime, Seniorenresidenzen, Operationssäle und medizinische Versorgung."
        ),
        pains=(
            "fachfremde Botengänge der Pflegekräfte",
            "lange Wege für Wäsche und Verpflegung",
            "Hygienelücken bei knappem Personal",
        ),
        gains=(
            "mehr Hände fürs Bett",
            "mehr Zeit für Patienten",
            "eine spürbare Entlastung auf Station",
        ),
        products=("Operativ: Serviceroboter für Station und Küche", "Infrastruktur: autonome Reinigungsroboter"),
        ops_focus="Operativ",
        references=(
            f"Klinikverbund Marschland | Pflegekräfte täglich von Botengängen entlastet | {SAMPLE_SOURCE}",
            f"Pflegezentrum Erlenweiher | Wege für Wäsche und Essen um 40 % verkürzt | {SAMPLE_SOURCE}",
        ),
    ),
    Vertical(
        key="lagerlogistik",
        name="Lagerlogistik",
        name_en="Warehousing and Logistics",
        definition=(
            "Logistikzentren, Spedition, Kontraktlogistik, Fulfillment: Lager, Hochregallager, Kommissionierung, "
            "Wareneingang, Versand, Umschlag, Paletten, Stapler und Transport."
        ),
        pains=(
            "unbesetzte Plätze in der Kommissionierung",
            "lange Wege zwischen Regal und Versand",
            "Staub und Abrieb auf den Fahrwegen",
        ),
        gains=(
            "kurze Durchlaufzeiten",
            "eine pünktliche Auslieferung",
            "einen stabilen Durchsatz",
        ),
        products=("Operativ: autonome Transportroboter", "Infrastruktur: Kehrroboter für große Lagerflächen"),
        ops_focus="Operativ",
        references=(
            f"Elbtor Lagerhaus | Laufwege in der Kommissionierung um 35 % verkürzt | {SAMPLE_SOURCE}",
            f"Spedition Hallgrund | Versandspitzen ohne zusätzliche Schicht bewältigt | {SAMPLE_SOURCE}",
        ),
    ),
    Vertical(
        key="lebensmittel",
        name="Lebensmittelindustrie",
        name_en="Food Industry",
        definition=(
            "Herstellung von Lebensmitteln und Getränken: Bäckerei, Molkerei, Käserei, Fleischwaren, Konfitüren, "
            "Abfüllung, Rezepturen, Kühlung, Rohstoffe, Hygiene und Verpackung."
        ),
        pains=(
            "aufwendige Reinigung bei laufender Produktion",
            "offene Stellen in der Reinigungsschicht",
            "Verzögerungen bei frischer Ware",
        ),
        gains=(
            "eine lückenlos dokumentierte Hygiene",
            "eine gleichbleibende Qualität",
            "verlässliche Liefertermine",
        ),
        products=("Operativ: autonome Transportroboter", "Infrastruktur: Reinigungsroboter für Hygienezonen"),
        ops_focus="Infrastruktur",
        references=(
            f"Backhaus Sommerkorn | Reinigungszeiten je Schicht um 25 % verkürzt | {SAMPLE_SOURCE}",
            f"Molkerei Tiefenbronner Hof | Hygienenachweise vollständig digitalisiert | {SAMPLE_SOURCE}",
        ),
    ),
    Vertical(
        key="einzelhandel",
        name="Einzelhandel",
        name_en="Retail",
        definition=(
            "Märkte, Kaufhäuser und Filialen: Verkaufsfläche, Sortiment, Regale, Kasse, Kunden, Beratung, Supermarkt, "
            "Baumarkt, Gartencenter, Möbelhaus und Einkauf vor Ort."
        ),
        pains=(
            "zeitraubende Räumarbeit der Verkaufskräfte",
            "leere Regale zur besten Verkaufszeit",
            "verschmutzte Böden im Markt",
        ),
        gains=(
            "mehr Zeit für die Beratung",
            "ein angenehmes Einkaufserlebnis",
            "zufriedene Stammkunden",
        ),
        products=("Operativ: Serviceroboter für den Markt", "Infrastruktur: autonome Reinigungsroboter"),
        ops_focus="Infrastruktur",
        references=(
            f"Warenhaus Lüderitzhof | Marktleitungen täglich von Reinigungsaufgaben befreit | {SAMPLE_SOURCE}",
        ),
    ),
    Vertical(
        key="hotellerie",
        name="Hotellerie",
        name_en="Hospitality",
        definition=(
            "Hotels, Resorts und Tagungshäuser: Gäste, Zimmer, Suiten, Rezeption, Restaurant, Wellness, Housekeeping, "
            "Tagungen, Frühstück und Urlaub."
        ),
        pains=(
            "offene Stellen im Housekeeping",
            "lange Laufwege im Service",
            "schwankende Sauberkeit bei hoher Auslastung",
        ),
        gains=(
            "mehr Zeit für den Gast",
            "eine gleichbleibend hohe Servicequalität",
            "hervorragende Gästebewertungen",
        ),
        products=("Operativ: Serviceroboter für Restaurant und Etage", "Infrastruktur: leise Reinigungsroboter"),
        ops_focus="Operativ",
        references=(
            f"Hotelgruppe Blaufels | Laufwege im Service um ein Viertel verkürzt | {SAMPLE_SOURCE}",
            f"Kurhotel Ahornpark | mehr Zeit für Gespräche mit Gästen gewonnen | {SAMPLE_SOURCE}",
        ),
    ),
    Vertical(
        key="chemie-pharma",
        name="Chemie und Pharma",
        name_en="Chemicals and Pharmaceuticals",
        definition=(
            "Chemische und pharmazeutische Hersteller: Wirkstoffe, Feinchemie, Lacke, Arzneimittel, Labor, Reinraum, "
            "Synthese, Rezeptur, Chargen, Diagnostik und Prozesssicherheit."
        ),
        pains=(
            "aufwendige Nachweise im Reinraum",
            "personalintensive Transporte zwischen den Betrieben",
            "knappe Besetzung in der Schicht",
        ),
        gains=(
            "nachweislich stabile Prozesse",
            "gleichbleibend hohe Chargenqualität",
            "eine spürbare Entlastung der Schichten",
        ),
        products=("Operativ: autonome Transportroboter", "Infrastruktur: Reinigungsroboter mit digitalem Nachweis"),
        ops_focus="Operativ",
        references=(),
    ),
    Vertical(
        key="freizeit",
        name="Freizeit und Bäder",
        name_en="Leisure and Aquatics",
        definition=(
            "Freizeitbäder, Thermen und Freizeitparks: Besucher, Becken, Rutschen, Sauna, Liegewiesen, Attraktionen, "
            "Eintritt, Badegäste, Klettern und Familien."
        ),
        pains=(
            "personelle Engpässe an Spitzentagen",
            "Rutschgefahr auf nassen Flächen",
            "Zeitdruck bei der Reinigung vor der Öffnung",
        ),
        gains=(
            "ein unbeschwertes Besuchserlebnis",
            "mehr Zeit für Aufsicht und Gäste",
            "entspannte Besuchstage",
        ),
        products=("Operativ: Serviceroboter für Gastronomie", "Infrastruktur: Reinigungsroboter für Nassbereiche"),
        ops_focus="Infrastruktur",
        references=(f"Erlebnisbad Tiefensee | Reinigungszeiten vor der Öffnung halbiert | {SAMPLE_SOURCE}",),
    ),
    Vertical(
        key="kommunen",
        name="Kommunale Einrichtungen",
        name_en="Public Sector",
        definition=(
            "Städte, Gemeinden und ihre Betriebe: Stadtwerke, Verwaltung, Rathaus, Bürger, Schulen, Bauhof und "
            "öffentliche Gebäude."
        ),
        pains=("knappe Haushaltsmittel", "offene Stellen im Bauhof"),
        gains=("gepflegte öffentliche Gebäude",),
        products=("Infrastruktur: autonome Reinigungsroboter",),
        ops_focus="Infrastruktur",
        references=(),
        status="Draft",
    ),
)
