"""Sample companies and persons of the sandbox's CRM: forty made by hand, and any number made by rule.

None of them exists. Every company says so in its department ("Musterdaten"), every address for e-mail ends in ``.example``
(RFC 2606), VAT numbers pass their check digit but lie in ranges that are not assigned.
What belongs elsewhere: the table itself (``company_table``), the names for generated ones (``generator``), websites.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

DEPARTMENT = "Musterdaten"

# What a company's website does; everything but "ordinary" is there to be awkward.
SITE_KINDS: tuple[str, ...] = (
    "ordinary",
    "no_imprint",
    "home_404",
    "unavailable",
    "slow",
    "huge",
    "pdf",
    "latin1",
    "javascript",
    "english",
    "redirect_de",
    "redirect_loop",
    "redirect_private",
    "robots_disallowed",
    "injection",
    "invalid_vat",
    "rechtliches",
)

_TRANSLITERATION = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "é": "e"}
)


@dataclass(frozen=True)
class SamplePerson:
    """One invented person. ``title`` is free text, ``position`` an entry of ``PERSON_POSITIONS`` or empty."""

    firstname: str
    lastname: str
    mrmrs: str
    academic_title: str
    title: str
    position: str
    email: str
    campaign: str


@dataclass(frozen=True)
class SampleCompany:
    """One invented company.

    ``country`` is an ISO code (DE, AT, CH). ``vat_number`` is what its imprint says; ``crm_org_nr`` and ``crm_city`` are what
    the CRM already holds (mostly nothing). ``vertical_key`` is the vertical its website describes ("" = none of them).
    """

    name: str
    department: str
    street: str
    zipcode: str
    city: str
    country: str
    vat_number: str
    crm_org_nr: str
    crm_city: str
    vertical_key: str
    ops_focus: str
    slug: str
    site_kind: str
    persons: tuple[SamplePerson, ...]


@lru_cache(maxsize=1)
def sample_companies() -> tuple[SampleCompany, ...]:
    """The forty companies made by hand, with three persons each."""
    from sandbox.data.company_table import COMPANY_TABLE

    companies = []
    for block in COMPANY_TABLE.strip().split("\n\n"):
        head, *rest = block.strip().splitlines()
        companies.append(_company(head, rest))
    return tuple(companies)


def generate_companies(count: int, seed: int = 0) -> tuple[SampleCompany, ...]:
    """``count`` ordinary companies with three persons each; the same for the same seed, whatever ``count`` is."""
    from sandbox.data.generator import generated_company

    return tuple(generated_company(index, seed) for index in range(count))


def find_company(slug: str) -> SampleCompany | None:
    """The company whose website lives under ``slug``: a sample, or a generated one (its slug says which)."""
    from sandbox.data.generator import company_of_slug

    for company in sample_companies():
        if company.slug == slug:
            return company
    return company_of_slug(slug)


def email_address(firstname: str, lastname: str, slug: str) -> str:
    """An address that can never be delivered: ``.example`` is reserved."""
    local = f"{firstname}.{lastname}".lower().translate(_TRANSLITERATION).replace(" ", "-")
    return f"{local}@{slug}.example"


def _fields(line: str) -> list[str]:
    return [field.strip() for field in line.strip().split("|")]


def _company(head: str, person_lines: list[str]) -> SampleCompany:
    slug, name, street, zipcode, city, country, vat, org_nr, crm_city, vertical, focus, kind = _fields(head)
    return SampleCompany(
        name=name,
        department=DEPARTMENT,
        street=street,
        zipcode=zipcode,
        city=city,
        country=country,
        vat_number=vat,
        crm_org_nr=org_nr,
        crm_city=city if crm_city == "=" else crm_city,
        vertical_key=vertical,
        ops_focus=focus,
        slug=slug,
        site_kind=kind,
        persons=tuple(_person(line, slug) for line in person_lines),
    )


def _person(line: str, slug: str) -> SamplePerson:
    mrmrs, academic_title, firstname, lastname, title, position, campaign = _fields(line)
    return SamplePerson(
        firstname=firstname,
        lastname=lastname,
        mrmrs=mrmrs,
        academic_title=academic_title,
        title=title,
        position=position,
        email=email_address(firstname, lastname, slug),
        campaign=campaign,
    )
