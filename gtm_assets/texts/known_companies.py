"""Companies and brands that a model likes to name without being asked, because everybody knows them. Only data.

A reference that is not registered is found by its legal form, by the words before it, or because it stands here. The list is a sieve,
not a register: it holds names that mean nothing else in a German sentence, so "Metro", "Linde", "Bahn", "Sport" or "Galeria" are not in it.
"""

from __future__ import annotations

from typing import Final

KNOWN_COMPANIES: Final[frozenset[str]] = frozenset(
    name.strip()
    for name in """
    ABB, Accor, Adidas, Airbus, Aldi, Allianz SE, Amazon, Apple, Arvato, Asklepios, Audi, BASF, Bayer AG, Beiersdorf, Bertelsmann, BMW,
    Boehringer Ingelheim, Bombardier, Bosch, Caritas, Carl Zeiss, Charité, Coca-Cola, Commerzbank, Continental AG, Covestro, Dachser,
    Daimler, Danone, DB Schenker, Decathlon, Deichmann, Dekra, Delivery Hero, Deutsche Bahn, Deutsche Bank, Deutsche Post,
    Deutsche Telekom, Deutsche Wohnen, DHL, Diakonie Neuendettelsau, Dr. Oetker, Dussmann, Dürr AG, E.ON, Edeka, Electrolux, EnBW, Evonik,
    Facebook, FedEx, Ferrero, Festo, Ford, Fraport, Fresenius, Geberit, Generali, Gerry Weber, Globus Baumarkt, Google, Hapag-Lloyd, Haribo,
    Heidelberger Druck, HeidelbergCement, Helios, Hellmann Worldwide, Henkel, Hermes Logistik, Hilton, Hochtief, Hornbach, Hyatt, IBM,
    IKEA, Infineon, Intel, Intersport, Johanniter-Unfall-Hilfe, Kärcher, Kaufland, Kion, Knorr-Bremse, Korian, Kuehne + Nagel, Kühne + Nagel,
    Kuka, Lanxess, LEG Immobilien, Leica, Lidl, Liebherr, L'Oréal, Lufthansa, MAN Truck, Marriott, McDonald's, MediaMarkt, Mercedes-Benz,
    Merck KGaA, Meta, Miele, Microsoft, Motel One, Müller Milch, Nestlé, Nike, Novartis, Obi-Markt, Otto Group, Pfizer, Philips, Porsche,
    Procter & Gamble, ProSiebenSat.1, Puma SE, Red Bull, Rewe, Rheinmetall, Rhenus, Ritz-Carlton, Roche, Rossmann, RTL, RWE, Saint-Gobain,
    Salesforce, Samsung, Sana Kliniken, Sanofi, SAP, Schaeffler, Schindler Aufzüge, Schwarz-Gruppe, Sheraton, Siemens, Sixt, Sony, Steigenberger,
    Stihl, Südzucker, Symrise, Targobank, Tchibo, Tesla, Therme Erding, thyssenkrupp, Thyssenkrupp, Toyota, Trumpf, TUI, Uniklinik Köln,
    Unilever, UPS, Vattenfall, Vivantes, Vodafone, Volkswagen, Volvo, Vonovia, Wacker Chemie, Walmart, Würth, Zalando, ZF Friedrichshafen,
    Zeiss, Jungheinrich, Kardex, SSI Schäfer, KION Group, Still GmbH, dm-drogerie, Müller Drogerie, Bauhaus AG, toom Baumarkt, XXXLutz, Segmüller,
    Höffner, Roller Möbel, Netto Marken-Discount, Penny-Markt, Norma-Filialen, Ameos, Median Kliniken, Schön Klinik, Rhön-Klinikum, Paracelsus-Kliniken,
    Alloheim, Kursana, Pro Seniore, Curanum, Maritim Hotels, Dorint, Novotel, Mövenpick, Center Parcs, Europa-Park, Tropical Islands, Krombacher,
    Bitburger, Warsteiner, Paulaner, Gerolsteiner, Rügenwalder, Tönnies, Wiesenhof, Ehrmann, Bahlsen, Ritter Sport, Storck, Zentis, Remondis,
    Veolia, Alba Group, Interseroh, ISS Facility, Wisag, Gegenbauer, Sodexo, Compass Group, Apetito
    """.replace("\n", " ").split(",")
)
