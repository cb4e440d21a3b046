"""The words of job titles that are no function: ranks, who leads nothing, neutral words, abbreviations. Data only.

Written as people write them and folded when the dictionary is built (``job_title_dictionary``).
What belongs elsewhere: functions (``job_title_functions``), reading a title (``job_titles``).
"""

from __future__ import annotations

# Seniorities, in the order in which one of them speaks for a title that carries several.
EXECUTIVE, CHIEF, HEAD, MANAGER, LEAD, AUTHORITY = "executive", "chief", "head", "manager", "lead", "authority"
FOREMAN, TRADE, SPECIALIST, BOARD, ASSISTANT, FORMER = (
    "foreman",
    "trade",
    "specialist",
    "board",
    "assistant",
    "former",
)
LEADING = (EXECUTIVE, CHIEF, HEAD, MANAGER, LEAD, AUTHORITY)

# General management: function and rank in one word.
GENERAL_MANAGEMENT_WORDS = (
    "Geschäftsführer, Geschäftsführung, Geschäftsleiter, Geschäftsleitung, Geschäftsführend, Geschäftsführende,"
    " Geschäftsführender, Geschäftsführenden, Geschäftsführers, Geschäftsinhaber, Inhaber, Inhabers, Mitinhaber,"
    " Firmeninhaber, Betriebsinhaber, Eigentümer, Miteigentümer, Gesellschafter, Mitgesellschafter, Komplementär,"
    " Vorstand, Vorstands, Vorstandes, Vorstände, Vorstandsmitglied, Vorstandsvorsitz, Vorstandsvorsitzende,"
    " Vorstandsvorsitzender, Vorstandssprecher, Vorstandschef, Alleinvorstand, Gesamtvorstand, Gründer, Mitgründer,"
    " Mitbegründer, Begründer, Gründungsgesellschafter, Firmenchef, Juniorchef, Seniorchef, Unternehmer,"
    " Unternehmensleitung, Unternehmensleiter, Unternehmensführung, Firmenleitung, Firmengründer, Generaldirektor,"
    " Generaldirektion, Unternehmensinhaber, Alleininhaber,"
    " CEO, Co-CEO, MD, Managing Director, Chief Executive, Chief Executive Officer, Managing Partner, Founder,"
    " Cofounder, Co-Founder, Owner, Co-Owner, Proprietor, Geschäftsführer Gesellschafter, Executive Board, Management"
    " Board, Board of Management, Board of Managing Directors, Executive Management, Entrepreneur"
)
# Those of them that name the body and not the person: "Sachbearbeiterin, Geschäftsleitung" works for it.
GENERAL_MANAGEMENT_BODIES = (
    "Geschäftsführung, Geschäftsleitung, Vorstand, Vorstands, Vorstandes, Unternehmensleitung, Unternehmensführung,"
    " Firmenleitung, Executive Board, Management Board, Board of Management, Executive Management, Direktion,"
    " Generaldirektion"
)
# These lead the company when they stand alone, and a function when one is named beside them.
SOFT_GENERAL_MANAGEMENT_WORDS = "General Manager, General Management, President, GM, Generalmanager, General Director"

RANK_WORDS: dict[str, str] = {
    CHIEF: "chief",
    HEAD: "Leiter, Leitung, leitend, leitende, leitender, leitendes, Leiters, Chef, Direktor, Direktion, head, heads,"
    " director, directors, VP, SVP, EVP, AVP, RVP, vice president, vice-president, Bereichsleiter,"
    " Bereichsleitung, Hauptabteilungsleiter, Verantwortlicher, Verantwortliche, verantwortlich, Verantwortung,"
    " Ressortleiter, Vorsteher, Gesamtleitung, Gesamtleiter",
    MANAGER: "manager, managers, managing",
    LEAD: "Führungskraft, Teamleiter, Teamleitung, Teamlead, Teamleader, Gruppenleiter, Gruppenleitung,"
    " Abteilungsleiter,"
    " Abteilungsleitung, Sachgebietsleiter, Segmentleiter, TL, AL, lead, leader, team lead, team leader, team"
    " manager",
    AUTHORITY: "Prokurist, Prokura, Handlungsbevollmächtigter, Handlungsbevollmächtigte, Generalbevollmächtigter,"
    " Generalbevollmächtigte, Einzelprokurist, Gesamtprokurist, Einzelprokura, Gesamtprokura",
}
# What a closed compound may end in: "Produktionsleiter", "Fertigungsleitung", "Finanzvorstand", "Logistikmanager".
RANK_ENDINGS: dict[str, str] = {
    HEAD: "leiter, leitung, direktor, chef, verantwortlicher, verantwortliche, ltr, ltg, leiters",
    CHIEF: "vorstand",
    MANAGER: "manager",
}
C_LEVEL: dict[str, str] = {
    "CFO": "finance",
    "COO": "operations",
    "CSCO": "supply_chain",
    "CLO": "chief_unclear",
    "CPO": "chief_unclear",  # procurement, product, people, production
    "CTO": "technology_unclear",  # technical management in a factory, software elsewhere
    "CIO": "information_technology",
    "CDO": "information_technology",
    "CISO": "information_technology",
    "CHRO": "human_resources",
    "CMO": "marketing",
    "CSO": "sales",
    "CCO": "sales",
    "CRO": "chief_unclear",
    "CQO": "quality",
}

# Words that say: this person leads no function. Each also as the ending of a compound ("Einkaufsassistentin").
NOT_LEADING_ENDINGS: dict[str, str] = {
    ASSISTANT: "assistenz, assistent, assistant, assistance, sekretär, sekretariat, referent, büro, stab, referat",
    SPECIALIST: "mitarbeiter, sachbearbeiter, sachbearbeitung, mitarbeit, berater, helfer, arbeiter, planer,"
    " spezialist, specialist, koordinator, koordination, experte, analyst, praktikant, volontär, disponent, einkäufer,"
    " verkäufer, buchhalter, controller, lagerist, verwalter, entwickler, trainer, coach, lehrer, dozent, pfleger,"
    " bediener, operator, fahrer, führer, redakteur, beauftragter, beauftragte, fachkraft, student, schüler,"
    " lehrling, azubi, vertreter, betreuer, logistiker, administrator, gestalter, pförtner, angestellter,"
    " angestellte, lotse, prüfer, sprecher, partner, konstrukteur, laborant, kommissionierer,"
    " verpacker, packer, programmierer, hilfe, aushilfe, begleiter, kraft, wart,"
    " inspektor, scout, steward, kassierer",
    FOREMAN: "vorarbeiter, schichtleiter, schichtleitung, schichtführer, supervisor, foreman, schichtmeister, polier,"
    " bauleiter, truppführer, linienführer, maschinenführer",
    TRADE: "meister, ingenieur, techniker, kaufmann, kaufleute, betriebswirt, architekt, arzt, mechaniker, elektriker,"
    " schlosser, monteur, mechatroniker, fachwirt, bilanzbuchhalter, anwalt, elektroniker, jurist, informatiker,"
    " chemiker, werker, steuerberater, wirtschaftsprüfer, notar, apotheker, bäcker",
}
NOT_LEADING_WORDS: dict[str, str] = {
    ASSISTANT: "assist, ass, pa, ea, executive assistant, personal assistant, secretary, secretariat, office, chief of"
    " staff, backoffice, rechte hand, Unterstützung, Vorzimmer, Stabsstelle, Stabstelle, Stabsfunktion, Ehefrau,"
    " Ehemann, Sohn, Tochter, on behalf, Assistenten, Assistants, aide, Assistentinnen, Support,"
    " Zuarbeit, Chefsekretär,"
    " Vorstandsbüro, Officemanager",
    SPECIALIST: "angehender, angehende, Auszubildender, Auszubildende, Trainee, intern, internship, Praktikum,"
    " Werkstudent, working student,"
    " Student, junior, apprentice, clerk, officer, advisor, adviser, consultant, coordinator, co-ordinator, expert,"
    " buyer, planner, engineer, accountant, agent, associate, representative, rep, freelancer, freelance,"
    " Freiberufler, Freiberuflich, dispatcher, scheduler, worker, driver, staff, bookkeeper, auditor, developer,"
    " programmer, technician, designer, writer, editor, inspector, professional, business partner, ambassador,"
    " evangelist, product owner, process owner, data owner, service owner, system owner, application owner,"
    " account manager, key account manager, account executive, accounts manager, category manager,"
    " commodity manager, product manager, project manager, brand manager, community manager, office manager,"
    " Kunde, Ansprechpartner, Kontakt, Vertretung, Instandhalter, Arbeitsvorbereiter,"
    " Aushilfe, Minijob, Mechanic, electrician,"
    " Stellenausschreibung, Bewerber, Kandidat, candidate, applicant, vakant, vacant, N.N., Hausmeister, caretaker,"
    " janitor, Personalrat, Betriebsrat, Betriebsräte, Betriebsratsvorsitzende, Betriebsratsvorsitzender,"
    " Vertrauensmann, Sachbearb, sb, Mitarb, Fachkraft, Sachverständiger, Gutachter, guide, receptionist, picker,"
    " packer, handler, controller, financial controller, trainer, Handwerker, Hilfskraft, Fachreferent,"
    " Werksarzt, Rentner, Ruhestand, arbeitssuchend, Journalist, Fotograf, Influencer, Speaker, lecturer, teacher,"
    " professor, researcher, scientist, buyers, purchaser, merchandiser, storekeeper, warehouseman, stockkeeper,"
    " storeman, SHK, principal, fellow, member of staff",
    FOREMAN: "Meister, Schichtleiter, foreperson, shift, shift leader, shift manager, Schicht, superintendent",
    BOARD: "Aufsichtsrat, Aufsichtsrats, Aufsichtsrates, Aufsichtsratsvorsitzender, Aufsichtsratsvorsitzende,"
    " Aufsichtsratsmitglied, Beirat, Beirats, Beirates, Verwaltungsrat, Verwaltungsrats, Verwaltungsrates,"
    " Stiftungsrat, Verwaltungsratspräsident, Gemeinderat, Stadtrat, chairman, chairwoman, chairperson, chair,"
    " supervisory board, advisory board, Ehrenvorsitzender, Ehrenvorsitzende, Ehrenpräsident, Ehrenvorstand,"
    " Ehrenmitglied, Ehrenamtlich, non executive, non executive director, honorary, trustee, board of directors,"
    " investor, shareholder, Vereinsvorstand, Kirchenvorstand, Elternvorstand, Landesvorstand, Bürgermeister,"
    " Kreisvorstand, Gesellschafterversammlung",
    FORMER: "vormals, vormaliger, alt, ehemalig, ehemalige, ehemaliger, ehemaligen, ehemals, ehem, ehm,"
    " frühere, früherer, früher, former,"
    " formerly, ex, exformer, retired, pensioniert, pensionär, emeritus, emeritiert, ausgeschieden, verstorben,"
    " previously, previous, Altgeschäftsführer, bis, past, Pensionist, Rente, gekündigt",
}
# Two words that are no rank although one of them is.
NO_RANK_PHRASES = "head office, head quarter, head quarters, headquarters, lead time"

# Words that change nothing: who does it, where, how large, of what kind.
NEUTRAL_WORDS = (
    "Abteilung, Abteilungs, Abt, Bereich, Bereichs, Ressort, Team, Teams, Gruppe, Gruppen, group, department, dept,"
    " Hauptabteilung, Fachbereich, Sachgebiet, Referatsleitung, function, functions, Mitglied, member,"
    " Mitgl, Vorsitz, Vorsitzender, Vorsitzende, Vorsitzenden, Vors, Sprecher, Delegierter, Partner, board, committee,"
    " erweitert, erweiterte, erweiterten, erweiterter, komm, kommissarisch, kommissarischer, kommissarische, interim,"
    " interims, acting, deputy, vice, stellvertretend, stellvertretender, stellvertretende, stellvertretenden,"
    " Stellvertreter, Stellvertretung, stellvertr, co, allein, alleinig, alleiniger, alleinige, mit, zuständig,"
    " zuständiger, senior, sr, snr, Präsident, Präsidium, executive, corporate, global, worldwide,"
    " international, internationale,"
    " internationaler, europe, europa, european, emea, dach, apac, americas, asia, asien, world, weltweit, germany,"
    " deutschland, deutsch, austria, österreich, switzerland, schweiz, german, us, usa, uk, eu, china, nord, süd, ost,"
    " west, north, south, east, nordwest, südwest, nordost, südost, central, zentral, zentrale, zentraler, zentrales,"
    " national, nationale, mitte, lokal, local, strategisch, strategische, strategischer, strategischen,"
    " strategisches, strategic, operativ, operative, operativer, operativen, operatives, operational, gesamt,"
    " gesamte, gesamter, gesamten, allgemein, allgemeine, general, intern, interne, interner, internen, extern,"
    " externe, externer, integrated, indirekt,  indirekter, indirekte, indirect, direkt, direkter, direct,"
    " neu, neue, holding, konzern, zentralbereich, firma, unternehmen, company, business, gmbh, ag, kg, se, ug, ohg,"
    " mbh, inc, ltd, llc, planning, planung, steuerung, management, mgmt, services, verwaltungsbereich,"
    " industrie, industry, industrial, teamverantwortung, customer, full, time, teilzeit,"
    " vollzeit, parttime, Elternzeit, Dienst, Dienste, Wesen, Standort, Standorte, locations,"
    " location, hauptsächlich, sowie, auch, seit, ab, zurzeit, aktuell, derzeit, current, now, jetzt,"
    " i, ii, iii, iv, v, mechanisch, mechanische, mechanischer, mechanischen, allgemeiner, gesch"
)
# Words of everyday language that look like a typing error of a word above.
REAL_WORDS = (
    "leistung, leistungen, zeitung, heizung, wertung, haltung, produktiv, projektion, betrieben, vertreten, kaufen,"
    " verkaufen, werken, lagern, leitet, leiten, personen, person, persona, logisch, finanziell, fertig, technisch,"
    " operativ, material, leister, master, minister, market, markets, meisten, planet, plan, planen, station, stellung,"
    " leitner, reiter, beitrag, vorrang, verstand, vorwand, einlauf, verlauf, ankauf, ablauf, umlauf, inhalt, inhalte,"
    " infrarot, product, produce, serving, severin, quantität, schalung, schulen, einkommen, abteil, grafiker, statik,"
    " reklame, regal, fiskal, herstellen, personell, persönlich, medium, montag, montags, transparent, lager, verband,"
    " verbund, umwelt, sortierung, bildung, meldung, richtung, werbung, warnung, handlung, haftung, erhaltung"
)
# Only where they stand; the words of the German titles that bind.
NOISE_WORDS = (
    "der, die, das, des, dem, den, d, für, f, im, in, an, am, zu, zum, zur, von, vom, v, bei, beim,"
    " of, the, for, a, at,"
    " to, auf, dr, prof, mag, mba, msc, bsc, msc, fh, univ, habil, med, rer, nat, oec, pol, jur, phil, hc, emba, llm,"
    " ing, dipl, ppa, iv, frau, herr, mr, mrs, ms, herrn, inkl, einschl, with, mit"
)
ABBREVIATIONS: dict[str, str] = {
    "GF": "Geschäftsführer",
    "GGF": "Geschäftsführer",
    "Gesf": "Geschäftsführer",
    "Geschf": "Geschäftsführer",
    "Geschäftsf": "Geschäftsführer",
    "Gschf": "Geschäftsführer",
    "Geschfhr": "Geschäftsführer",
    "GL": "Geschäftsleitung",
    "Geschäftsltg": "Geschäftsleitung",
    "Inh": "Inhaber",
    "Prok": "Prokurist",
    "Log": "Logistik",
    "Verk": "Verkauf",
    "Betr": "Betrieb",
    "Ltr": "Leiter",
    "Ltg": "Leitung",
    "Leit": "Leitung",
    "Ltd": "leitend",
    "stv": "stellvertretend",
    "stellv": "stellvertretend",
    "Dir": "Direktor",
    "Mgr": "Manager",
    "Mngr": "Manager",
    "Hd": "Head",
    "Bereichsltr": "Bereichsleiter",
    "Abtltr": "Abteilungsleiter",
    "mgmt": "management",
    "AV": "Arbeitsvorbereitung",
    "whse": "warehouse",
    "mfg": "manufacturing",
    "ops": "operations",
    "asst": "assistant",
    "exec": "executive",
    "purch": "purchasing",
    "maint": "maintenance",
    "acct": "accounting",
    "intl": "international",
}
