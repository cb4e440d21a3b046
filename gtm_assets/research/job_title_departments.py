"""Business functions that job titles name, second part: sales, staff and service departments, places, businesses.

Data only, German and English. Many of them have no persona in most tenants; they are here to be recognised, or a
neighbouring word would decide instead ("Leiter Vertrieb Logistiklösungen").

What belongs elsewhere: the first part and what its fields mean (``job_title_functions``).
"""

from __future__ import annotations

from gtm_assets.research.job_title_functions import (
    INFORMATION_TECHNOLOGY,
    MIXED,
    OPERATING_FUNCTIONS,
    SERVING,
    WHERE,
    Function,
)

DEPARTMENTS: tuple[Function, ...] = (
    Function(
        "sales",
        "sales",
        SERVING,
        "Vertrieb, Verkauf, Außendienst, Innendienst, Verkaufsinnendienst, Vertriebsinnendienst, Key Account, Account,"
        " Großkunden, Geschäftskunden, Export, Absatz, Akquise, Gebietsverkauf, Neukunden, Handelspartner,"
        " vertr, Key Account Management, Kundenakquise, Angebotswesen, Kalkulation, Vertriebssteuerung",
        "sales, selling, commercial, revenue, accounts, business development, pre sales, presales, after sales,"
        " aftersales, e commerce, ecommerce, retail, partner management, channel, pricing",
    ),
    Function(
        "marketing",
        "marketing",
        SERVING,
        "Marketing, Werbung, Werbe, Kommunikation, Unternehmenskommunikation, Öffentlichkeitsarbeit,"
        " Presse, Pressestelle, PR,"
        " Messe, Messen, Event, Events, Veranstaltungen, Redaktion, Marke, Medien, Social Media,"
        " Content, Grafik, Design",
        "post production, content production, communications, communication, brand, public relations,"
        " media, press, campaign, community, creative, public"
        " affairs",
    ),
    Function(
        "human_resources",
        "human_resources",
        SERVING,
        "Personal, Personalwesen, HR, Personalentwicklung, Personalbeschaffung, Recruiting, Ausbildung, Weiterbildung,"
        " Lohnbuchhaltung, Lohn, Lohn und Gehalt, Gehaltsabrechnung, Entgeltabrechnung, Lohnabrechnung,"
        " Personaldisposition, Payroll,"
        " Personalabrechnung, Schulung, Personaldienstleistung, Akademie",
        "human resources, human resource, people, talent, talent acquisition, training, learning, compensation,"
        " workforce, people and culture, culture, staffing",
    ),
    Function(
        INFORMATION_TECHNOLOGY,
        INFORMATION_TECHNOLOGY,
        SERVING,
        "IT, Server, EDV, ERP, SAP, ICT, IKT, Informatik, Informationstechnik, Informationstechnologie, Software,"
        " Softwareentwicklung, Netzwerk, Netzwerke, Rechenzentrum, Digitalisierung, Datenverarbeitung, Systemtechnik,"
        " Informationssicherheit, Cloud, Telekommunikation, DevOps, CRM, BI, KI, Cybersecurity, Organisation und IT,"
        " Systemadministration, Automatisierung, Daten, Data, Digital",
        "information technology, information, application, applications, network, cyber, it security, digitalization,"
        " digitalisation, digitization, systems, system, technical lead, tech, automation, analytics, business"
        " intelligence, data science, artificial intelligence, ai, platform, web",
    ),
    Function(
        "quality",
        "quality",
        SERVING,
        "Qualität, Qualitätssicherung, Qualitätsmanagement, Qualitätswesen, Qualitätskontrolle, QM, QS, QA, QC, QMB,"
        " Prüfwesen, Messtechnik, Zertifizierung, Prüftechnik, Reklamation, Reklamationen",
        "quality, quality assurance, quality control, supplier quality, regulatory affairs, regulatory",
    ),
    Function(
        "research",
        "research",
        SERVING,
        "Entwicklung, Forschung, Forschung und Entwicklung, Innovation, Innovationen, Konstruktion, FuE, Labor,"
        " Technologie, Produktentwicklung, Versuch, Prototypenbau, Anwendungstechnik, Rezeptur,"
        " Patente, Wissenschaft, Vorentwicklung",
        "research, development, research and development, engineering, design engineering, technology, technologies,"
        " laboratory, science, scientific, mechanical, electrical, process engineering",
    ),
    Function(
        "product_management",
        "product_management",
        SERVING,
        "Produkt, Produkte, Produktmanagement, Category, Category Management, Sortiment, Warengruppe, Warengruppen",
        "product, products, product management, portfolio, merchandise, merchandising, commodity",
    ),
    Function(
        "project_management",
        "project_management",
        SERVING,
        "Projekt, Projekte, Projektmanagement, Projektierung, PMO, Bauprojekte",
        "project, projects, project management, program, programme, scrum, agile",
    ),
    Function(
        "customer_service",
        "customer_service",
        SERVING,
        "Kundendienst, Kundenservice, Kundenbetreuung, Service, Technischer Service, Servicetechnik, Serviceabteilung,"
        " Callcenter, Auftragsabwicklung, Auftragsmanagement, Auftragsbearbeitung, Kundenbeziehungen, Technischer"
        " Kundendienst, Hotline, Kundencenter, Kunden Service, Auftragszentrum",
        "customer service, customer operations, customer care, customer success, customer support,"
        " customer experience, field service,"
        " service desk, call center, order management, order processing, customer relations",
    ),
    Function(
        "legal",
        "legal",
        SERVING,
        "Recht, Rechtsabteilung, Justiziariat, Compliance, Datenschutz, Revision, Verträge, Vertragsmanagement,"
        " Rechtswesen",
        "legal, audit, internal audit, contract, contracts, privacy, counsel, data protection",
    ),
    Function(
        "safety",
        "safety",
        SERVING,
        "Arbeitssicherheit, Sicherheit, Umwelt, Umweltschutz, Arbeitsschutz, HSE, EHS, SHE, QHSE, HSEQ,"
        " Umweltmanagement,"
        " Arbeits- und Gesundheitsschutz, Gesundheitsschutz",
        "safety, health and safety, health, environment, environmental",
    ),
    Function(
        "protection_and_energy",
        MIXED,
        SERVING,
        "Brandschutz, Werkschutz, Nachhaltigkeit, ESG, Energie, Energiemanagement, Werkfeuerwehr, Feuerwehr,"
        " Abfallwirtschaft, Entsorgung",
        "security, sustainability, energy",
    ),
    Function(
        "nursing",
        "nursing",
        SERVING,
        "Pflege, Pflegedienst, PDL, Wohnbereich, Altenpflege, Krankenpflege",
        "nursing, nurse, care",
    ),
    Function(
        "medical",
        MIXED,
        SERVING,
        "Medizin, Medizintechnik, Apotheke, Hygiene, Medizincontrolling, Betreuung, Therapie, Rettungsdienst,"
        " Sozialdienst, Patientenmanagement, Sozialarbeit, Heilerziehung, Wohngruppe, Ambulanz, OP",
        "medical, clinical, patient, pharmacy",
    ),
    Function(
        "technical_field",
        MIXED,
        WHERE,
        "Elektronik, Elektrotechnik, Mechatronik, Verfahrenstechnik, Kunststofftechnik, Oberflächentechnik",
        "electronics, plastics",
    ),
    # "Technischer Leiter Klinik": where somebody works, and somebody's job only if nothing else is named.
    Function(
        "place",
        MIXED,
        WHERE,
        "Klinik, Krankenhaus, Station, Stations, Heim, Einrichtung, Einrichtungs, Praxis, Kita, Hotel, Schule, Schul,"
        " Museum, Haus, Theater, Bibliothek, Kinderhaus, Verlag, Center, Objekt, Amt, Amts, Bauhof, Depot, Hof",
        "hospital, school, hotel, center",
    ),
    # Heads of a place or of a business: leading, but of no single function; a persona may list them by name.
    Function(
        "branch",
        MIXED,
        SERVING,
        "Niederlassung, Niederlassungs, Filiale, Filial, Markt, Baumarkt, Geschäftsstelle, Geschäftsstellen,"
        " Zweigstelle, Restaurant, Küche, Gastronomie, Betriebsstätte, Agentur, Shop, Laden, Kultur",
        "branch, store, shop, restaurant, kitchen, food, country",
    ),
    Function(
        "site",
        MIXED,
        WHERE,
        "Standort, Region, Regional, Gebiet, Gebiets, Bezirk, Bezirks, Geschäftsbereich, Geschäftsbereichs,"
        " Geschäftsfeld, Geschäftsfeld, Geschäftseinheit, Sparten, Sparte, Division, Area, Landes, Business Unit",
        "site, regional, territory, business unit, division, unit",
    ),
    Function(
        "administration",
        MIXED,
        WHERE,
        "Verwaltung, Administration, Allgemeine Verwaltung, Zentrale Dienste, Innere Dienste, verw",
        "admin, administrative",
    ),
    Function(
        "strategy",
        MIXED,
        SERVING,
        "Strategie, Unternehmensentwicklung, Organisation, Organisationsentwicklung, Prozess, Prozesse,"
        " Prozessmanagement,"
        " Prozessoptimierung, Lean, Lean Management, KVP, OPEX, Transformation, Change, Beratung, Consulting,"
        " Geschäftsentwicklung, Risikomanagement, Risiko, Lösungen, Mergers, Beteiligungen, Geschäftsprozesse,"
        " Business Excellence, Optimierung, Restrukturierung, Integration",
        "strategy, strategic planning, operational excellence, business operations, excellence,"
        " process, processes, process improvement,"
        " improvement, continuous improvement, solutions, solution, performance, business process, risk, investor"
        " relations, investment, investments, asset, assets, fund, change management, mergers and acquisitions,"
        " knowledge, insurance",
    ),
    Function(
        "building_trade",
        MIXED,
        SERVING,
        "Bau, Bauleitung, Hochbau, Tiefbau, Baustelle, Oberbau, Immobilien, Hausverwaltung, Planungsbüro, Bauwesen,"
        " Immobilienmanagement, Werkstatt, Werkstätten, Werkzeugbau, Formenbau, Vorrichtungsbau, Reinigung, Garten,"
        " Vermietung, Property, Bauamt, Verpackung, Zoll, Fabrikplanung, Werksplanung, Verkehr, Stadtplanung,"
        " Sondermaschinenbau, Catering, Housekeeping",
        "construction, real estate, property, workshop, tooling, packaging, customs, housekeeping, cleaning, beverage",
    ),
    Function(
        "supervisory_support",
        MIXED,
        SERVING,
        "Dokumentation, Technische Dokumentation, Technische Redaktion, Betriebsorganisation, Archiv, Empfang,"
        " Poststelle, Ehrenamt, Fundraising, Mitglieder",
        "documentation, reception, membership",
    ),
)

FUNCTIONS = (*OPERATING_FUNCTIONS, *DEPARTMENTS)

# A closed compound that ends in one of these names that function ("Baustofflogistik", "Ersatzteillager"); the last
# part of a German compound decides. "-technik", "-werk", "-betrieb" and "-service" say too little for that.
COMPOUND_ENDINGS = (
    "logistik, fertigung, produktion, montage, einkauf, beschaffung, controlling, buchhaltung, finanzen,"
    " instandhaltung, wartung, vertrieb, verkauf, marketing, entwicklung, konstruktion, forschung, qualität, lager,"
    " versand, fuhrpark, materialwirtschaft, rechnungswesen, kommunikation, innendienst, außendienst, kundendienst,"
    " digitalisierung, informatik, lösungen, projekt, projekte, personal, software, disposition, spedition, pflege, facility,"
    " gebäudemanagement, liegenschaften"
)

# Parts that add nothing to the function before them: "Lagerverwaltung", "Einkaufsabteilung", "Logistikmanagement".
COMPOUND_FILLERS = (
    "management, manager, wesen, abteilung, bereich, bereichs, team, gruppe, gruppen, ressort, verwaltung, planung,"
    " wirtschaft, abteilungs, hauptabteilung, sektion, sparte, referat, standort, betrieb, zentrum, haupt"
)
