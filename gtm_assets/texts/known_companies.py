"""Companies and brands that a model likes to name without being asked, because everybody knows them. Only data.

A reference that is not registered is found by its legal form, by the words before it, or because it stands here. The list is a sieve,
not a register: it holds names that mean nothing else in a German sentence, so "Metro", "Linde", "Bahn", "Sport" or "Galeria" are not in it.
"""

from __future__ import annotations

from typing import Final

KNOWN_COMPANIES: Final[frozenset[str]] = frozenset(
    name.strip()
    for name in """
    ABB, Accor, Adidas, Airbus, Alba Group, Aldi, Allianz SE, Alloheim, Amazon, Ameos, Apetito, Apple, Arvato,
    Asklepios, Audi, Bahlsen, BASF, Bauhaus AG, Bayer AG, Beiersdorf, Bertelsmann, Bitburger, BMW,
    Boehringer Ingelheim, Bombardier, Bosch, Caritas, Carl Zeiss, Center Parcs, Charité, Coca-Cola, Commerzbank,
    Compass Group, Continental AG, Covestro, Curanum, Dachser, Daimler, Danone, DB Schenker, Decathlon,
    Deichmann, Dekra, Delivery Hero, Deutsche Bahn, Deutsche Bank, Deutsche Post, Deutsche Telekom,
    Deutsche Wohnen, DHL, Diakonie Neuendettelsau, dm-drogerie, Dorint, Dr. Oetker, Dussmann, Dürr AG, E.ON,
    Edeka, Ehrmann, Electrolux, EnBW, Europa-Park, Evonik, Facebook, FedEx, Ferrero, Festo, Ford, Fraport,
    Fresenius, Geberit, Gegenbauer, Generali, Gerolsteiner, Gerry Weber, Globus Baumarkt, Google, Hapag-Lloyd,
    Haribo, HeidelbergCement, Heidelberger Druck, Helios, Hellmann Worldwide, Henkel, Hermes Logistik, Hilton,
    Hochtief, Hornbach, Hyatt, Höffner, IBM, IKEA, Infineon, Intel, Interseroh, Intersport, ISS Facility,
    Johanniter-Unfall-Hilfe, Jungheinrich, Kardex, Kaufland, Kion, KION Group, Knorr-Bremse, Korian, Krombacher,
    Kuehne + Nagel, Kuka, Kursana, Kärcher, Kühne + Nagel, L'Oréal, Lanxess, LEG Immobilien, Leica, Lidl,
    Liebherr, Lufthansa, MAN Truck, Maritim Hotels, Marriott, McDonald's, MediaMarkt, Median Kliniken,
    Mercedes-Benz, Merck KGaA, Meta, Microsoft, Miele, Motel One, Mövenpick, Müller Drogerie, Müller Milch,
    Nestlé, Netto Marken-Discount, Nike, Norma-Filialen, Novartis, Novotel, Obi-Markt, Otto Group,
    Paracelsus-Kliniken, Paulaner, Penny-Markt, Pfizer, Philips, Porsche, Pro Seniore, Procter & Gamble,
    ProSiebenSat.1, Puma SE, Red Bull, Remondis, Rewe, Rheinmetall, Rhenus, Rhön-Klinikum, Ritter Sport,
    Ritz-Carlton, Roche, Roller Möbel, Rossmann, RTL, RWE, Rügenwalder, Saint-Gobain, Salesforce, Samsung,
    Sana Kliniken, Sanofi, SAP, Schaeffler, Schindler Aufzüge, Schwarz-Gruppe, Schön Klinik, Segmüller,
    Sheraton, Siemens, Sixt, Sodexo, Sony, SSI Schäfer, Steigenberger, Stihl, Still GmbH, Storck, Symrise,
    Südzucker, Targobank, Tchibo, Tesla, Therme Erding, Thyssenkrupp, thyssenkrupp, toom Baumarkt, Toyota,
    Tropical Islands, Trumpf, TUI, Tönnies, Uniklinik Köln, Unilever, UPS, Vattenfall, Veolia, Vivantes,
    Vodafone, Volkswagen, Volvo, Vonovia, Wacker Chemie, Walmart, Warsteiner, Wiesenhof, Wisag, Würth, XXXLutz,
    Zalando, Zeiss, Zentis, ZF Friedrichshafen
    """.replace("\n", " ").split(",")
)
