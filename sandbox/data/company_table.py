"""The forty sample companies with three persons each, as a table that is easy to edit.

All of it is invented: ``sandbox.data.samples`` says how each row is marked as sample data. Blocks are separated by an
empty line. First line: slug | name | street | zip | city | country | VAT number in the imprint | OrgNr in the CRM |
city in the CRM ("=" the same) | vertical | ops focus | website. Then persons: mrmrs | academic title | first name |
last name | title | position | campaign.
"""
# ruff: noqa: E501 - one line per row reads better than any wrapping

from __future__ import annotations

COMPANY_TABLE = """
brockstedt-vellmer | Brockstedt & Vellmer Präzisionsteile GmbH | Gewerbering 14 | 58091 | Hagen | DE | DE999001077 | | | maschinenbau | Operativ | ordinary
Herr | | Thorsten | Brockstedt | Geschäftsführender Gesellschafter | |
Frau | Dr. | Annika | Vellmer | Leiterin Produktion | | Messe 2026
Herr | | Marcel | Ostrowicz | Einkäufer | |

tannhof-anlagenbau | Tannhof Anlagenbau GmbH & Co. KG | Murgtalstraße 88 | 72250 | Freudenstadt | DE | DE999001149 | | = | maschinenbau | Operativ | huge
Herr | | Reinhold | Tannhof | | Geschäftsführer |
Frau | | Silke | Markwart | Kaufm. Leiterin / Prokuristin | |
Herr | | Jörg | Eisenlohr | Ltg. Instandhaltung & Betriebstechnik | |

kessendorf-werkzeugbau | Kessendorf Werkzeugbau GmbH | Zwickauer Ring 31 | 09116 | Chemnitz | DE | DE999001212 | | | maschinenbau | Operativ | ordinary
Herr | Dipl.-Ing. | Uwe | Kessendorf | GF | Geschäftsführung | Messe 2026
Frau | | Mandy | Rössler | Fertigungsleiterin | | Messe 2026
Herr | | Ronny | Habedank | Vertriebsleiter Ost | |

reuwinkel-antriebstechnik | Reuwinkel Antriebstechnik AG | Eulachstrasse 9 | 8404 | Winterthur | CH | CHE-999.001.289 MWST | | | maschinenbau | Operativ | ordinary
Herr | | Urs | Reuwinkel | CEO | |
Frau | | Corinne | Aeschlibach | Chief Financial Officer | |
Herr | | Beat | Zurlinder | Head of Operations & Supply Chain | |

steinrath-zerspanung | Steinrath CNC-Zerspanung GmbH | Lahnwiesen 5 | 35576 | Wetzlar | DE | DE999001359 | | | maschinenbau | Operativ | invalid_vat
Frau | | Petra | Steinrath | Inhaberin | |
Herr | | Dominik | Lauterjung | Werkleiter | |
 | | Kim | Sonnleitner | | |

klinikum-auental | Klinikum Auental gGmbH | Am Auenpark 1 | 37073 | Göttingen | DE | DE999001420 | | = | healthcare | Operativ | ordinary
Frau | Prof. Dr. | Henrike | Wolframm | Kaufmännische Direktorin | |
Herr | | Matthias | Düsterhöft | Leiter Technik und Gebäudemanagement | |
Frau | | Yasemin | Karagöl | Pflegedienstleitung | |

lindenbrunn-residenz | Seniorenresidenz Lindenbrunn GmbH | Brunnenallee 22 | 93047 | Regensburg | DE | DE999001495 | | | healthcare | Operativ | ordinary
Herr | | Alois | Hintermoser | Geschäftsführer | Geschäftsführer |
Frau | | Theresa | Grubwinkler | Einrichtungsleitung | |
Frau | | Martina | Oberloher | Leiterin Hauswirtschaft und Facility Management | |

rehazentrum-hohenmoos | Rehazentrum Hohenmoos GmbH | Gaisbergblick 7 | 5020 | Salzburg | AT | ATU99901561 | | | healthcare | Operativ | ordinary
Frau | Mag. | Elisabeth | Thurnwalder | Geschäftsführerin | |
Herr | Ing. | Florian | Egglmeier | Technischer Leiter | |
Herr | Prim. Dr. | Gernot | Pichlbauer | Ärztlicher Direktor | |

kreisklinik-walddorf | Kreisklinik Walddorf-Süd gGmbH | Hospitalweg 40 | 24768 | Rendsburg | DE | DE999001639 | | Kiel | healthcare | Operativ | rechtliches
Herr | | Hauke | Petersdorff | Verwaltungsdirektor | Geschäftsführung |
Frau | | Wiebke | Thomsfeld | Leitung Einkauf & Materialwirtschaft | |
Herr | | Lasse | Brodersund | IT-Leiter | |

pflegestift-abendau | Pflegestift Abendau gGmbH | Dreisamufer 18 | 79098 | Freiburg im Breisgau | DE | DE999001702 | | | healthcare | Operativ | javascript
Frau | | Ursula | Zähringer-Mock | Vorständin | |
Herr | | Benedikt | Schlatterer | Leiter Finanzen und Controlling | Leiter Finanzen |
Frau | | Ines | Kaltenbrunn | Personalreferentin | |

nordkai-kontraktlogistik | Nordkai Kontraktlogistik GmbH | Am Holzhafenbecken 3 | 28217 | Bremen | DE | DE999001778 | | = | lagerlogistik | Operativ | ordinary
Herr | | Jens | Overbeckmann | Niederlassungsleiter | |
Frau | | Gesche | Lührwald | Logistikleiterin | | Messe 2026
Herr | | Serhat | Aydemirci | Schichtleiter Wareneingang | Lagerleiter |

velbrueck-fulfillment | Velbrück Fulfillment GmbH | Ruhrorter Kai 61 | 47051 | Duisburg | DE | DE999001841 | | | lagerlogistik | Operativ | english
Frau | | Jennifer | Velbrück | Managing Director | |
Herr | | Daniel | Okonski | Warehouse Manager | |
Frau | | Laura | Benthaus | Marketing Managerin | Marketing |

hartlieb-sonnemann | Hartlieb & Sonnemann Spedition KG | Leipziger Rampe 120 | 34117 | Kassel | DE | DE999001913 | | | lagerlogistik | Operativ | ordinary
Herr | | Volker | Hartlieb | Komplementär und Geschäftsführer | |
Herr | | Stefan | Sonnemann | Leiter Fuhrpark und Disposition | |
Frau | | Nadine | Ickstadt | Leiter/in Einkauf | |

donauwerft-lager | Donauwerft Lager und Versand GmbH | Hafenzeile 15 | 4020 | Linz | AT | ATU99901981 | | = | lagerlogistik | Operativ | ordinary
Herr | Mag. (FH) | Christoph | Aigenstorfer | | Geschäftsführung |
Frau | | Sabine | Leitnerhofer | stv. Lagerleiterin | |
Herr | | Manuel | Stockhammerl | Sachbearbeiter Export | Sachbearbeiter |

querfeld-logistikzentrum | Querfeld Logistikzentrum GmbH | Okerfelder Weg 77 | 38100 | Braunschweig | DE | DE999002053 | | | lagerlogistik | Operativ | slow
Herr | | Carsten | Querfeld | Geschäftsführer | |
Frau | | Melanie | Wendenburg | Director Supply Chain | |
Herr | | Andrej | Sawitzki | Facility Manager | Facility Manager |

ahrenfeld-backwaren | Großbäckerei Ährenfeld GmbH | Mühlenhof 2 | 26122 | Oldenburg | DE | DE999002123 | | | lebensmittel | Infrastruktur | latin1
Herr | | Gerd | Ährenfeld | Geschäftsführer/Bäckermeister | |
Frau | | Imke | Deepenholt | Produktionsleiterin (Backbetrieb) | |
Herr | | Sven | Kloppmeier | Qualitätsmanager | Qualitätsmanagement |

molkerei-wiesengrund | Molkerei Wiesengrund eG | Illerwiesen 11 | 87435 | Kempten (Allgäu) | DE | DE999002199 | | Kempten (Allgäu) | lebensmittel | Infrastruktur | ordinary
Herr | | Xaver | Denzelmann | Vorstandsvorsitzender | |
Frau | | Veronika | Hollmayr | Betriebsleiterin Molkerei | Betriebsleiter |
Herr | | Tobias | Schregle | Techn. Leiter | | Messe 2026

buchental-fleischwaren | Fleischwaren Buchental GmbH | Almeaue 36 | 33098 | Paderborn | DE | DE999002262 | | | lebensmittel | Infrastruktur | ordinary
Frau | | Claudia | Austerschmidt | CFO | |
Herr | | Ralf | Buchental | Inhaber & Geschäftsführer | Inhaber |
Herr | | Piotr | Wisnarek | Vorarbeiter Zerlegung | |

beerental-konfitueren | Konfitürenmanufaktur Beerental GmbH | Kinzigdamm 8 | 77652 | Offenburg | DE | DE999002334 | | | lebensmittel | Operativ | ordinary
Frau | | Franziska | Ehretsmann | Head of Procurement | |
Herr | | Lukas | Beerental | Geschäftsleitung | |
Frau | | Anja | Kopfmiller | Assistentin der Geschäftsführung | Assistenz |

alpkaeserei-gruenmatt | Alpkäserei Grünmatt AG | Mythenstrasse 4 | 6430 | Schwyz | CH | CHE-999.002.403 MWST | | | lebensmittel | Infrastruktur | redirect_de
Herr | | Reto | Grünmatter | Geschäftsführer | |
Frau | | Seraina | Betschfeld | Leiterin Finanzen & HR | |
Herr | | Ivo | Schülbach | Leiter Unterhalt | |

frischemarkt-sundermann | Frischemarkt Sundermann KG | Hammer Landweg 210 | 48143 | Münster | DE | DE999002471 | | = | einzelhandel | Infrastruktur | ordinary
Herr | | Heiner | Sundermann | | Inhaber |
Frau | | Birte | Hölkemeier | Marktleiterin | |
Herr | | Olaf | Pennekötter | Zentraleinkauf, Leitung | Einkaufsleiter |

holtkoetter-baucenter | Baucenter Holtkötter GmbH | Hasedamm 55 | 49074 | Osnabrück | DE | DE999002543 | | | einzelhandel | Infrastruktur | no_imprint
Frau | | Maren | Holtkötter | Geschäftsführerin | Geschäftsführung |
Herr | | Timo | Bramscheid | Lagerleiter | Lagerleiter |
Herr | | Dennis | Uphausen | Auszubildender im 2. Lehrjahr | |

wendelstedt-moebel | Möbelhaus Wendelstedt GmbH | Geraaue 19 | 99084 | Erfurt | DE | DE999002617 | | | einzelhandel | Operativ | ordinary
Herr | | Steffen | Wendelstedt | Geschäftsführer | |
Frau | | Kathrin | Bischleben | Leiterin Rechnungswesen | |
Herr | | Marco | Zimmritz | Leitung Haustechnik | |

immerfeld-gartenwelt | Gartenwelt Immerfeld GmbH | Wertachleite 6 | 86150 | Augsburg | DE | DE999002684 | | | einzelhandel | Infrastruktur | ordinary
Frau | | Leonie | Immerfeld | Geschäftsführende Gesellschafterin | |
Herr | | Korbinian | Strasshofer | Leiter Warenlogistik | | Messe 2026
Frau | | Simone | Haunberger | Teamleitung Floristik | |

kirchhuebel-einrichten | Einrichtungshaus Kirchhübel AG | Rosenbergblick 33 | 9000 | St. Gallen | CH | CHE-999.002.751 MWST | | = | einzelhandel | Operativ | ordinary
Herr | Dr. | Andrin | Kirchhübel | Delegierter des Verwaltungsrats / CEO | |
Frau | | Livia | Sonderegg | Leiterin Beschaffung | |
Herr | | Nino | Hugentob | Verkaufsberater | |

birkenufer-seehotel | Seehotel Birkenufer GmbH | Uferpromenade 10 | 88045 | Friedrichshafen | DE | DE999002828 | | | hotellerie | Operativ | ordinary
Frau | | Carolin | Birkmaier | Hoteldirektorin | |
Herr | | Fabian | Langenargner | Director of Finance | |
Herr | | Emre | Toprakli | Chief Engineer / Haustechnik | Technischer Leiter |

hotel-kaiserlinde | Hotel Kaiserlinde Betriebs GmbH | Innrainbogen 48 | 6020 | Innsbruck | AT | ATU99902891 | | | hotellerie | Operativ | ordinary
Frau | | Johanna | Kaiserlinder | Eigentümerin und Geschäftsführerin | |
Herr | | Simon | Rauchegger | F&B Manager | |
Frau | | Magdalena | Tschuggnaler | Leitung Einkauf | Einkaufsleiter |

resort-sonnhalde | Resort Sonnhalde AG | Parsennweg 12 | 7270 | Davos | CH | CHE-999.002.969 MWST | | | hotellerie | Operativ | injection
Herr | | Gian | Caflischer | Geschäftsführer | Geschäftsführer |
Frau | | Ladina | Bardolla | Head of Facility Management | |
Herr | | Luca | Morandell | Front Office Agent | |

parkhoehe-tagung | Tagungshotel Parkhöhe GmbH | Taubertsberghöhe 1 | 55116 | Mainz | DE | DE999003031 | | | hotellerie | Operativ | redirect_loop
Frau | | Stephanie | Parkhöfer | Geschäftsführerin | |
Herr | | Christian | Weisenauer | Betriebsleiter | Betriebsleiter |
Frau | | Denise | Lerchhofer | Sales Managerin | |

rosengaessle-stadthotel | Stadthotel Rosengässle GmbH | Rosengässle 7 | 70173 | Stuttgart | DE | DE999003103 | | | hotellerie | Infrastruktur | ordinary
Herr | | Joachim | Häberlein | Inhaber | |
Frau | | Sandra | Bopserle | Hausdame | |
Herr | | Marius | Degerlocher | Leiter Controlling | Leiter Controlling |

lorenz-thalbach-pharma | Lorenz & Thalbach Pharma GmbH | Mathildenanger 29 | 64283 | Darmstadt | DE | DE999003179 | | = | chemie-pharma | Operativ | ordinary
Herr | Dr. | Maximilian | Thalbach | Geschäftsführer | | Messe 2026
Frau | Dr. | Katharina | Mollenauer | Leiterin Produktion & Verpackung | |
Herr | | Hendrik | Eberstädter | Manager Regulatory Affairs | |

weissenmoor-feinchemie | Weißenmoor Feinchemie GmbH | Saaleblick 100 | 06237 | Leuna | DE | DE999003242 | | | chemie-pharma | Operativ | redirect_private
Herr | Dr. | Frank | Weißenmoor | Werksleiter | |
Frau | | Doreen | Spergauer | Leitung Einkauf | |
Herr | | Enrico | Kröllwitzer | Betriebsingenieur | |

arvenol-wirkstoffe | Arvenol Wirkstoffe AG | Hüningerfeld 21 | 4056 | Basel | CH | CHE-999.003.319 MWST | | | chemie-pharma | Operativ | ordinary
Frau | Dr. | Nathalie | Brodtbeck | COO | |
Herr | | Pascal | Imobersteiner | VP Supply Chain | |
Frau | | Chantal | Gundeldinger | Corporate Communications | Marketing |

kraehental-diagnostik | Labor Krähental Diagnostik GmbH | Elbhangweg 16 | 01069 | Dresden | DE | DE999003380 | | | chemie-pharma | Infrastruktur | pdf
Herr | Dr. | Sebastian | Krähental | | Geschäftsführer |
Frau | | Peggy | Striesener | Laborleiterin | |
Herr | | Falk | Loschwitzer | Kfm. Ltr. | |

silberau-lackchemie | Silberau Lackchemie GmbH | Rheinlände 73 | 67059 | Ludwigshafen am Rhein | DE | DE999003451 | | | chemie-pharma | Operativ | robots_disallowed
Herr | | Karsten | Silberau | Geschäftsführer Technik | |
Frau | | Anette | Friesenbrecher | Leiterin Supply-Chain-Management | |
Herr | | Murat | Özdemiroglu | ehem. Produktionsleiter (in Rente) | |

wasserwelt-tribergau | Wasserwelt Tribergau GmbH | Badstraße 35 | 78050 | Villingen-Schwenningen | DE | DE999003525 | | = | freizeit | Infrastruktur | ordinary
Frau | | Bettina | Schwarzlocher | Geschäftsführerin | |
Herr | | Holger | Triberger | Betriebsleiter Bäder | | Messe 2026
Herr | | Nico | Brigachtaler | Fachangestellter für Bäderbetriebe | |

therme-moorquell | Therme Moorquell GmbH | Murquellenweg 50 | 8010 | Graz | AT | ATU99903596 | | | freizeit | Infrastruktur | ordinary
Herr | DI | Wolfgang | Moorbacher | Leiter Technik und Infrastruktur | |
Frau | Mag. | Barbara | Gösserhuber | Prokuristin, kaufmännische Leitung | Prokurist |
Frau | | Katrin | Plabutscher | Wellness-Therapeutin | |

hochwipfel-freizeitpark | Kletter- und Freizeitpark Hochwipfel GmbH | Forggenseehang 3 | 87629 | Füssen | DE | DE999003664 | | | freizeit | Infrastruktur | home_404
Herr | | Quirin | Hochwipfler | Geschäftsführer | |
Frau | | Lena | Säulingger | Leiterin Gastronomie | |
Herr | | Bastian | Lechbruckner | Geschäftsführer und technischer Leiter | |

unterlindach-stadtwerke | Stadtwerke Unterlindach AöR | Am Klärwerk 4 | 74072 | Heilbronn | DE | DE999003736 | | | kommunen | Infrastruktur | unavailable
Herr | | Dieter | Neckargartner | Vorstand | |
Frau | | Heike | Böckingen-Roth | Leiterin Gebäudewirtschaft | |
Herr | | Jonas | Sontheimer | Einkauf | Einkäufer |

ebersold-steuerberatung | Kanzlei Ebersold Steuerberatung PartG mbB | Pegnitzterrasse 17 | 90402 | Nürnberg | DE | DE999003808 | | | | Operativ | ordinary
Frau | | Miriam | Ebersold | Partnerin, Steuerberaterin | |
Herr | | Philipp | Knoblauchsland | Kanzleimanager | |
Herr | | Achim | Fürtherfeld | Bilanzbuchhalter | |
"""
