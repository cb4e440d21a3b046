"""Business functions that job titles name, first part: operations, logistics, buildings, finance, purchasing.

Data only, German and English, each function with the family of its neighbours.

A word is written as people write it (umlauts included) and is folded when the dictionary is built
(``gtm_assets.research.job_title_dictionary``). Functions without a persona are here on purpose: a title of such a
function has to be recognised, or a neighbouring word would decide instead ("Leiter Vertrieb Logistiklösungen").

What belongs elsewhere: the other departments (``job_title_departments``), words for ranks and for people who lead
nothing (``job_title_words``), reading a title (``job_titles``), and which persona stands for which function (that is
data from Notion, see ``persona_matching``).
"""

from __future__ import annotations

from dataclasses import dataclass

# How much a function says when two stand side by side without "und": a department that serves others names the job
# (IT for production is IT), a place of work does so only by itself, and a vague word gives way to any other.
# A word that says where somebody works rather than what at gives way even to that.
SERVING, WORKING, VAGUE, WHERE = 2, 1, 0, -1


@dataclass(frozen=True)
class Function:
    """One function: its fine name, the family of neighbouring functions, its weight, and its words, comma separated.

    ``german`` holds German words and those both languages share, ``english`` those that are English only: English
    puts the deciding noun last ("Production Quality"), German after a rank first ("Qualität Produktion").
    """

    name: str
    family: str
    weight: int
    german: str
    english: str = ""


GENERAL_MANAGEMENT = "general_management"
TECHNICAL_MANAGEMENT = "technical_management"
COMMERCIAL_MANAGEMENT = "commercial_management"
INFORMATION_TECHNOLOGY = "information_technology"
INFRASTRUCTURE = "infrastructure"
# A family of functions that have only in common that no other function is meant: enough to say what a title is not,
# too little to say that two titles are alike. Such titles are decided only where a persona lists them.
MIXED = "mixed"

OPERATING_FUNCTIONS: tuple[Function, ...] = (
    Function(
        "production",
        "production",
        WORKING,
        "Produktion, Fertigung, Herstellung, Montage, Endmontage, Vormontage, Vorfertigung, Zerspanung, Spritzguss,"
        " Spritzgießerei, Gießerei, Dreherei, Fräserei, Schweißerei, Lackiererei, Schmiede, Stanzerei, Galvanik,"
        " mechanische Bearbeitung, Blechbearbeitung, Abfüllung, Fabrik, Fabrikation, Produktionstechnik,"
        " Fertigungstechnik, Fertigungswirtschaft, prod, fert, Serienfertigung, Montagebetrieb",
        "production, manufacturing, assembly, factory, fabrication, machining",
    ),
    Function(
        "plant",
        "production",
        WORKING,
        "Zweigwerk, Hauptwerk, Stammwerk, Teilwerk, Stahlwerk, Walzwerk, Zementwerk, Betonwerk, Presswerk, Sägewerk,"
        " Kalkwerk, Ziegelwerk, Chemiewerk, Getriebewerk, Motorenwerk, Fertigteilwerk, Kunststoffwerk",
        "plant",
    ),
    # "Leiter Werk 2", but also "Leiter Logistik Werk 2": the bare word mostly says where.
    Function("works", "production", VAGUE, "Werk", "plants"),
    Function(
        "operations",
        "production",
        VAGUE,
        "Betrieb, Betriebe, Operations, Operation, ops",
        "operating",
    ),
    Function(
        "production_planning",
        "production",
        WORKING,
        "Produktionsplanung, Fertigungsplanung, Arbeitsvorbereitung, Produktionssteuerung, Fertigungssteuerung",
        "production planning, manufacturing planning, production control, production scheduling",
    ),
    Function(
        "logistics",
        "logistics",
        WORKING,
        "Logistik, Intralogistik, Vertriebslogistik, Produktionslogistik, Versorgungslogistik, Spedition, Disposition,"
        " Logistikzentrum, Güterverkehr, Warenfluss, Materialfluss, logist",
        "logistics, logistic, forwarding, fulfillment, fulfilment",
    ),
    Function(
        "warehouse",
        "logistics",
        WORKING,
        "Lager, Zentrallager, Hochregallager, Lagerhaltung, Lagerung, Lagerwirtschaft, Lagerlogistik, Wareneingang,"
        " Warenausgang, Warenannahme, Kommissionierung, Lagerbetrieb",
        "warehouse, warehouses, warehousing, stock, inventory, distribution center, distribution centre,"
        " fulfillment center, fulfilment centre, inbound, outbound",
    ),
    Function(
        "supply_chain",
        "logistics",
        WORKING,
        "Supply Chain, Supply Chain Management, Supplychain, SCM, Lieferkette, Lieferketten, Lieferkettenmanagement",
        "demand planning, supply planning, sales and operations planning, value chain",
    ),
    Function("shipping", "logistics", WORKING, "Versand, Expedition, Auslieferung, Warenversand", "shipping, dispatch"),
    Function(
        "materials",
        "logistics",
        WORKING,
        "Materialwirtschaft, Materialwesen, Warenwirtschaft, Materialdisposition, Materialmanagement, Materiallogistik",
        "materials management, material management, materials",
    ),
    Function(
        "fleet",
        "logistics",
        WORKING,
        "Fuhrpark, Flotte, Flotten, Fahrzeugflotte, Transport, Transporte, Transportlogistik, Transportwesen",
        "fleet, transportation, transport",
    ),
    Function(
        "facility",
        "facility",
        WORKING,
        "Facility, Facilities, Facility Management, Facility Services, FM, Gebäude, Gebäudemanagement,"
        " Gebäudewirtschaft, Gebäudeservice, Gebäudebetrieb, Gebäudeverwaltung, Objektmanagement, Liegenschaften,"
        " Liegenschaft, Arealmanagement",
        "facilities management, estates, site services, building management, buildings",
    ),
    Function(
        "building_services",
        "facility",
        WORKING,
        "Gebäudetechnik, Haustechnik, Betriebstechnik, TGA, TGM, Versorgungstechnik, Anlagentechnik, Werkstechnik,"
        " Werktechnik, Klinikebetriebstechnik, Gebäudeleittechnik, Gebäudeautomation, Hausbetriebstechnik,"
        " Technischer Dienst, Technische Dienste, Technische Dienstleistungen, technische Gebäudeausrüstung,"
        " technisches Gebäudemanagement",
        "building services, technical services, building technology, utilities",
    ),
    Function(
        "maintenance",
        "facility",
        WORKING,
        "Instandhaltung, Wartung, Instandsetzung, Betriebserhaltung, Anlageninstandhaltung, Betriebsinstandhaltung,"
        " Anlagenerhaltung, Betriebsunterhalt, instandh",
        "maintenance",
    ),
    Function(TECHNICAL_MANAGEMENT, "facility", WORKING, "Technik", "technics"),
    # German "Infrastruktur" is buildings and supply unless IT stands beside it; the English word mostly means IT.
    Function(INFRASTRUCTURE, "facility", VAGUE, "Infrastruktur, technische Infrastruktur, Werksinfrastruktur"),
    Function("infrastructure_unclear", "infrastructure_unclear", VAGUE, "", "infrastructure, infrastructures"),
    Function(
        "finance",
        "finance",
        SERVING,
        "Finanzen, Finanz, Treasury, Finanzierung, Kreditmanagement, Debitorenmanagement, Forderungsmanagement, fin",
        "finance, finances, financial, credit management, finance and administration",
    ),
    Function(
        "accounting",
        "finance",
        SERVING,
        "Buchhaltung, Rechnungswesen, Finanzbuchhaltung, Buchführung, Bilanzierung, ReWe, FiBu, Bilanzbuchhaltung,"
        " Steuern, Konzernrechnungswesen, Rechnungslegung",
        "accounting, accounts payable, accounts receivable, tax, taxes, bookkeeping",
    ),
    Function(
        "controlling",
        "finance",
        SERVING,
        "Controlling, Unternehmenscontrolling",
        "financial planning, financial planning and analysis",
    ),
    Function(COMMERCIAL_MANAGEMENT, "finance", VAGUE, "Kaufmännische Verwaltung, kaufmännische Dienste"),
    Function(
        "purchasing",
        "purchasing",
        SERVING,
        "Einkauf, Beschaffung, Warenbeschaffung, Materialeinkauf, eink, Lieferantenmanagement, Procurement, Sourcing",
        "purchasing, procurement, sourcing, purchase, supply management, supplier management",
    ),
)
