"""Companies made by rule, for any number of them: company ``index`` of ``seed`` is always the same.

The slug carries both, so that a website can be served without remembering who was generated. Names hold no digits.
What belongs elsewhere: the companies made by hand (``company_table``).
"""

from __future__ import annotations

import random
import re

from sandbox.data.knowledge import VERTICALS
from sandbox.data.samples import DEPARTMENT, SampleCompany, SamplePerson, email_address

_FRONT = (
    "Ahl",
    "Bern",
    "Brack",
    "Dorn",
    "Eber",
    "Erl",
    "Falk",
    "Fels",
    "Gers",
    "Grim",
    "Hass",
    "Heid",
    "Horn",
    "Ilm",
    "Jost",
    "Kalk",
    "Kest",
    "Lind",
    "Loh",
    "Mark",
    "Mess",
    "Nord",
    "Ost",
    "Quell",
    "Rausch",
    "Reh",
    "Ried",
    "Sand",
    "Schell",
    "Stein",
    "Tann",
    "Thal",
    "Ull",
    "Velt",
    "Vor",
    "Wald",
    "Weid",
    "Wend",
    "Wies",
    "Zell",
)
_BACK = (
    "au",
    "bach",
    "berg",
    "born",
    "bruch",
    "brunn",
    "burg",
    "dorf",
    "eck",
    "feld",
    "fels",
    "furt",
    "gard",
    "grund",
    "hagen",
    "hof",
    "horst",
    "kamp",
    "ried",
    "rode",
    "stedt",
    "tal",
)
_FIRSTNAMES_F = (
    "Anna",
    "Birgit",
    "Carla",
    "Doris",
    "Elif",
    "Frieda",
    "Greta",
    "Hanna",
    "Ilona",
    "Jutta",
    "Karin",
    "Lena",
    "Marta",
    "Nora",
    "Olga",
    "Paula",
)
_FIRSTNAMES_M = (
    "Albert",
    "Bernd",
    "Carl",
    "Dirk",
    "Emil",
    "Frank",
    "Georg",
    "Hasan",
    "Igor",
    "Jonas",
    "Kurt",
    "Lars",
    "Milan",
    "Nils",
    "Otto",
    "Paul",
)

_BRANCHES = {
    "maschinenbau": ("Maschinenbau", "Zerspanung", "Antriebstechnik", "Werkzeugbau"),
    "healthcare": ("Klinik", "Pflegezentrum", "Rehaklinik", "Seniorenstift"),
    "lagerlogistik": ("Logistik", "Spedition", "Lagerhaus", "Fulfillment"),
    "lebensmittel": ("Backwaren", "Molkerei", "Feinkost", "Getränke"),
    "einzelhandel": ("Baumarkt", "Möbelhaus", "Frischemarkt", "Gartencenter"),
    "hotellerie": ("Hotel", "Resort", "Tagungshotel", "Landhotel"),
    "chemie-pharma": ("Feinchemie", "Pharma", "Wirkstoffe", "Lacke"),
    "freizeit": ("Therme", "Freizeitbad", "Kletterpark", "Badewelt"),
}
_LEGAL_FORMS = ("GmbH", "GmbH & Co. KG", "AG", "KG")
_PLACES = (
    ("58091", "Hagen"),
    ("37073", "Göttingen"),
    ("28217", "Bremen"),
    ("34117", "Kassel"),
    ("38100", "Braunschweig"),
    ("48143", "Münster"),
    ("99084", "Erfurt"),
    ("86150", "Augsburg"),
    ("64283", "Darmstadt"),
    ("01069", "Dresden"),
    ("90402", "Nürnberg"),
    ("70173", "Stuttgart"),
)
_STREETS = ("Industriestraße", "Gewerbepark", "Am Anger", "Werkstraße", "Lindenweg", "Hafenstraße")

# (title for a woman, title for a man, position): what people really have, a third of it outside every persona.
_TITLES = (
    ("Geschäftsführerin", "Geschäftsführer", ""),
    ("Leiterin Produktion", "Leiter Produktion", ""),
    ("Logistikleiterin", "Logistikleiter", ""),
    ("Leiterin Einkauf", "Leiter Einkauf", ""),
    ("Kaufmännische Leiterin", "Kaufmännischer Leiter", ""),
    ("Technische Leiterin", "Technischer Leiter", ""),
    ("Head of Finance", "Head of Logistics", ""),
    ("", "", "Geschäftsführer"),
    ("", "", "Betriebsleiter"),
    ("", "", "Einkaufsleiter"),
    ("Sachbearbeiterin", "Sachbearbeiter", ""),
    ("Marketing Managerin", "Marketing Manager", ""),
    ("", "", "Vertriebsleiter"),
    ("Personalreferentin", "Personalreferent", ""),
    ("", "", ""),
)

_SLUG = re.compile(r"g(\d+)-(\d+)")


def generated_company(index: int, seed: int) -> SampleCompany:
    """Company number ``index`` (from 0) of the series ``seed``."""
    rng = random.Random(f"{seed}:{index}")  # noqa: S311 - reproducible sample data, nothing secret
    verticals = [vertical for vertical in VERTICALS if vertical.status == "Active"]
    vertical = verticals[index % len(verticals)]
    name = f"{_unique_name(index)} {rng.choice(_BRANCHES[vertical.key])} {rng.choice(_LEGAL_FORMS)}"
    zipcode, city = rng.choice(_PLACES)
    slug = f"g{seed}-{index}"
    return SampleCompany(
        name=name,
        department=DEPARTMENT,
        street=f"{rng.choice(_STREETS)} {rng.randint(1, 180)}",
        zipcode=zipcode,
        city=city,
        country="DE",
        vat_number=_vat_number(index),
        crm_org_nr="",
        crm_city=city if index % 5 == 0 else "",
        vertical_key=vertical.key,
        ops_focus=vertical.ops_focus,
        slug=slug,
        site_kind="ordinary",
        persons=tuple(_person(rng, slug) for _ in range(3)),
    )


def company_of_slug(slug: str) -> SampleCompany | None:
    """The generated company with this slug, or None where the slug is not one of ours."""
    match = _SLUG.fullmatch(slug)
    return generated_company(int(match[2]), int(match[1])) if match else None


def _unique_name(index: int) -> str:
    """Two invented surnames, counted through: 774,400 pairs before one repeats."""
    surnames = len(_FRONT) * len(_BACK)
    first, second = index % surnames, (index // surnames + index * 7 + 13) % surnames
    return f"{_surname(first)} & {_surname(second)}"


def _surname(number: int) -> str:
    return _FRONT[number % len(_FRONT)] + _BACK[number // len(_FRONT) % len(_BACK)]


def _vat_number(index: int) -> str:
    from stdnum.iso7064 import mod_11_10

    base = f"99{index % 1_000_000:06d}"
    return f"DE{base}{mod_11_10.calc_check_digit(base)}"


def _person(rng: random.Random, slug: str) -> SamplePerson:
    woman = rng.random() < 0.5
    firstname = rng.choice(_FIRSTNAMES_F if woman else _FIRSTNAMES_M)
    lastname = _surname(rng.randrange(len(_FRONT) * len(_BACK)))
    title_f, title_m, position = rng.choice(_TITLES)
    return SamplePerson(
        firstname=firstname,
        lastname=lastname,
        mrmrs="Frau" if woman else "Herr",
        academic_title="Dr." if rng.random() < 0.08 else "",
        title=title_f if woman else title_m,
        position=position,
        email=email_address(firstname, lastname, slug),
        campaign="Messe 2026" if rng.random() < 0.05 else "",
    )
