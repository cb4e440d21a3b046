"""Imprints of German companies."""

from __future__ import annotations

from gtm_assets_tests.resources.imprint_samples.sample import sample

GERMAN = (
    sample(
        "plain German",
        """Impressum
Angaben gemäß § 5 DDG

Muster Fördertechnik GmbH
Musterstraße 12
12345 Musterstadt

Vertreten durch: Erika Mustermann
Telefon: +49 (0) 1234 56789-0
Registergericht: Amtsgericht Musterstadt, HRB 12345
Umsatzsteuer-Identifikationsnummer gemäß § 27a UStG: DE123456704""",
        "12345",
        "Musterstadt",
        "Musterstraße 12",
        "DE123456704",
        "DE",
    ),
    sample(
        "one line with commas",
        "Muster Bau AG, Industriestr. 5-7, 80331 München, Tel. 089 12345678, HRB 98765, USt-IdNr. DE 123 457 818",
        "80331",
        "München",
        "Industriestr. 5-7",
        "DE123457818",
        "DE",
    ),
    sample(
        "one line without commas",
        "Impressum Muster Metall GmbH & Co. KG Am Hang 3a 70173 Stuttgart Telefon 0711 123456 "
        "Amtsgericht Stuttgart HRA 4711",
        "70173",
        "Stuttgart",
        "Am Hang 3a",
        None,
        "DE",
    ),
    sample(
        "one line with pipes and a country's prefix",
        "Muster Pumpen GmbH | Bahnhofstraße 1 | D-60311 Frankfurt am Main | Fon +49 69 12345 | info@example.com",
        "60311",
        "Frankfurt am Main",
        "Bahnhofstraße 1",
        None,
        "DE",
    ),
    sample(
        "one line with dashes and a spaced prefix",
        "Muster Logistik KG – Hafenweg 24 – D - 20457 Hamburg – www.example.com",
        "20457",
        "Hamburg",
        "Hafenweg 24",
        None,
        "DE",
    ),
    sample(
        "street and city on one line",
        "Anbieter:\nMuster Solar e.K.\nSonnenallee 100 b, 12045 Berlin (Neukölln)\nDeutschland",
        "12045",
        "Berlin (Neukölln)",
        "Sonnenallee 100 b",
        None,
        "DE",
    ),
    sample(
        "a VAT number with a wrong check digit",
        "Impressum\nMuster Glas GmbH\nGlasweg 4\n96450 Coburg\nUSt-IdNr.: DE123456789",
        "96450",
        "Coburg",
        "Glasweg 4",
        None,
        "DE",
    ),
    sample(
        "a wrong VAT number before a right one",
        "Muster Holz GmbH\nWaldweg 9\n72250 Freudenstadt\nUSt-ID DE999999998 alt\nUSt-ID neu: DE-123.458.933",
        "72250",
        "Freudenstadt",
        "Waldweg 9",
        "DE123458933",
        "DE",
    ),
    sample(
        "a W-IdNr. is no VAT number",
        "Muster IT GmbH\nRechnerweg 1\n64283 Darmstadt\nWirtschafts-Identifikationsnummer: DE123456704-00001",
        "64283",
        "Darmstadt",
        "Rechnerweg 1",
        None,
        "DE",
    ),
    sample(
        "a tax number and an IBAN are no VAT numbers",
        "Muster Maler GmbH\nFarbgasse 2\n04109 Leipzig\nSteuernummer: 232/123/45678\nIBAN: DE12 3456 7040 0000 0000 00",
        "04109",
        "Leipzig",
        "Farbgasse 2",
        None,
        "DE",
    ),
    sample(
        "phone numbers before and behind the address",
        "Kontakt\nTel: 030 10115 4455\nFax 030/10117 66\nMuster Druck GmbH\nDruckweg 8\n10119 Berlin\n"
        "Mobil: 0171 12345 Mitte",
        "10119",
        "Berlin",
        "Druckweg 8",
        None,
        "DE",
    ),
    sample(
        "a register number in front of a city",
        "Muster Stahl GmbH\nHRB 54321 Duisburg\nRegisternummer: 47051 Duisburg\nHüttenstraße 15\n47119 Duisburg",
        "47119",
        "Duisburg",
        "Hüttenstraße 15",
        None,
        "DE",
    ),
    sample(
        "the arbitration board's address comes first",
        """Verbraucherstreitbeilegung: Allgemeine Verbraucherschlichtungsstelle, Schlichtweg 8, 77694 Kehl

Impressum
Muster Möbel GmbH
Tischlerstr. 77
33602 Bielefeld""",
        "33602",
        "Bielefeld",
        "Tischlerstr. 77",
        None,
        "DE",
    ),
    sample(
        "only the arbitration board has an address",
        "Muster Reisen\nZuständige Schlichtungsstelle:\nMuster Schlichtung e.V.\nSchlichtweg 8\n77694 Kehl",
    ),
    sample(
        "web agency and insurer behind the company",
        """Muster Planung GmbH
Planstraße 3
50667 Köln
USt-IdNr.: DE123460050
Berufshaftpflichtversicherung:
Muster Versicherung AG
Policenweg 1
80802 München
Webdesign: Muster Agentur GmbH, Pixelweg 5, 01067 Dresden, DE123461165""",
        "50667",
        "Köln",
        "Planstraße 3",
        "DE123460050",
        "DE",
    ),
    sample(
        "a company that is an agency itself",
        "Impressum\nMuster Webdesign GmbH\nPixelweg 5\n01067 Dresden",
        "01067",
        "Dresden",
        "Pixelweg 5",
        None,
        "DE",
    ),
    sample(
        "branches before the head office",
        """Niederlassung Nord
Nordweg 1
24103 Kiel
Niederlassung Süd
Südweg 2
79098 Freiburg i. Br.
Hauptsitz
Muster Kran AG
Kranstraße 10
59065 Hamm""",
        "59065",
        "Hamm",
        "Kranstraße 10",
        None,
        "DE",
    ),
    sample(
        "a post box beside the visitors' address",
        "Muster Chemie GmbH\nPostfach 10 20 30\n67056 Ludwigshafen\nWerkstraße 38\n67063 Ludwigshafen am Rhein",
        "67063",
        "Ludwigshafen am Rhein",
        "Werkstraße 38",
        None,
        "DE",
    ),
    sample(
        "only a post box",
        "Muster Verband e.V.\nPostfach 12 34\n53002 Bonn",
        "53002",
        "Bonn",
        None,
        None,
        "DE",
    ),
    sample(
        "postal code and city on lines of their own",
        "Muster Garten GmbH\nBlumenweg 6\n99084\nErfurt\nUmsatzsteuer-ID:\nDE123462279",
        "99084",
        "Erfurt",
        "Blumenweg 6",
        "DE123462279",
        "DE",
    ),
    sample(
        "cells of a table",
        "Firma\tMuster Zaun GmbH\nStraße\tZaunweg 11\nPLZ/Ort\t38640\tGoslar\nUSt-ID\tDE123456704",
        "38640",
        "Goslar",
        "Zaunweg 11",
        "DE123456704",
        "DE",
    ),
    sample(
        "a form with labels",
        "Firma: Muster Dach\nStraße: Ziegelweg 2\nPLZ: 06108\nOrt: Halle (Saale)\nTelefon: 0345 1234",
        "06108",
        "Halle (Saale)",
        "Ziegelweg 2",
        None,
        "DE",
    ),
    sample(
        "capitals",
        "MUSTER MASCHINEN GMBH\nMASCHINENWEG 1\n61348 BAD HOMBURG\nGERMANY",
        "61348",
        "Bad Homburg",
        "MASCHINENWEG 1",
        None,
        "DE",
    ),
    sample(
        "no-break spaces and invisible characters",
        "Muster\u00a0Wasser\u00a0GmbH\nQuellen\u00adweg\u00a07\nD\u00a0‑\u00a037431\u00a0Bad\u00a0Lauterberg im Harz",
        "37431",
        "Bad Lauterberg im Harz",
        "Quellenweg 7",
        None,
        "DE",
    ),
    sample(
        "English",
        "Legal notice\nMuster Sensors GmbH\nSensorallee 21\n85748 Garching bei München, Germany\nVAT ID: DE123457818",
        "85748",
        "Garching bei München",
        "Sensorallee 21",
        "DE123457818",
        "DE",
    ),
    sample(
        "a street that begins like a label",
        "Muster Funk GmbH, Idastraße 5 45127 Essen",
        "45127",
        "Essen",
        "Idastraße 5",
        None,
        "DE",
    ),
)
