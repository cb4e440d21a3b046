"""Imprints of Austrian and Swiss companies, and one of South Tyrol."""

from __future__ import annotations

from gtm_assets_tests.resources.imprint_samples.sample import sample

ABROAD = (
    sample(
        "Austrian with prefix",
        """Medieninhaber: Muster Technik Ges.m.b.H.
Mariahilfer Straße 1/2/3
A-1060 Wien
Firmenbuchnummer: FN 123456 a, Handelsgericht Wien
UID: ATU12345602
Tel.: +43 1 1234567""",
        "1060",
        "Wien",
        "Mariahilfer Straße 1/2/3",
        "ATU12345602",
        "AT",
    ),
    sample(
        "Austrian without prefix",
        "Impressum\nMuster Holzbau GmbH\nDorfplatz 3\n9020 Klagenfurt am Wörthersee\nUID-Nr.: ATU 1234 6718\n"
        "© 2024 Muster",
        "9020",
        "Klagenfurt am Wörthersee",
        "Dorfplatz 3",
        "ATU12346718",
        "AT",
    ),
    sample(
        "Austrian one line, two-part city",
        "Muster Anlagen GmbH, Werkgasse 4, 2700 Wiener Neustadt, Österreich, FN 98765x, ATU12345603",
        "2700",
        "Wiener Neustadt",
        "Werkgasse 4",
        None,
        "AT",
    ),
    sample(
        "years and dates are no Austrian postal codes",
        "© 2024 Muster GmbH\nSeit 1987 Ihr Partner\nStand: 12. März 2025 Wien\nMuster GmbH\nRingweg 5\n4020 Linz\n"
        "FN 12345 b",
        "4020",
        "Linz",
        "Ringweg 5",
        None,
        "AT",
    ),
    sample(
        "Swiss with prefix and VAT",
        "Muster Präzision AG\nTechnikstrasse 50\nCH-8005 Zürich\nTelefon +41 44 123 45 67\nCHE-123.456.707 MWST",
        "8005",
        "Zürich",
        "Technikstrasse 50",
        "CHE-123.456.707 MWST",
        "CH",
    ),
    sample(
        "Swiss without prefix, UID only",
        "Impressum\nMuster Uhren AG\nUhrenstrasse 7\n2502 Biel/Bienne\nSchweiz\nUID: CHE-123.457.836",
        "2502",
        "Biel/Bienne",
        "Uhrenstrasse 7",
        "CHE-123.457.836",
        "CH",
    ),
    sample(
        "Swiss with a wrong UID and a saint",
        "Muster Textil AG, Spinnereistrasse 12, 9000 St. Gallen, Switzerland, CHE-123.456.708 MWST",
        "9000",
        "St. Gallen",
        "Spinnereistrasse 12",
        None,
        "CH",
    ),
    sample(
        "French-speaking Switzerland",
        "Mentions légales\nMuster Horlogerie SA\nRue du Lac 5\n2300 La Chaux-de-Fonds\nSuisse\nCHE-123.458.959 TVA",
        "2300",
        "La Chaux-de-Fonds",
        "Rue du Lac 5",
        "CHE-123.458.959 TVA",
        "CH",
    ),
    sample(
        "an Italian VAT number with a label",
        "Muster Südtirol GmbH\nLaubengasse 10\n39100 Bozen\nItalien\nMwSt.-Nr.: IT 12345600014",
        "39100",
        "Bozen",
        "Laubengasse 10",
        "IT12345600014",
        "IT",
    ),
)
