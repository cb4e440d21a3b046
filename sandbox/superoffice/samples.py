"""Sample companies and persons into a new CRM: what the CRM holds of them before the engine has done anything.

A company's city, address and VAT number are mostly known to its website only (``crm_city`` and ``crm_org_nr`` are
what the CRM has). What belongs elsewhere: the samples themselves (``sandbox.data``).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

from sandbox.data.knowledge import CAMPAIGNS, PERSON_POSITIONS, VERTICALS
from sandbox.data.samples import SampleCompany, SamplePerson, generate_companies, sample_companies
from sandbox.superoffice.carriers import HUMAN
from sandbox.superoffice.crm import Crm
from sandbox.superoffice.lists import CAMPAIGN_LIST, COUNTRIES, tenant_lists
from sandbox.superoffice.records import SITE_ROOT, AddressBlock, CompanyRecord, PersonRecord

FIRST_COMPANY = 1
FIRST_PERSON = 1
_GENERATOR_SEED = 0
# Nothing in the samples is newer than this, so that "changed since" finds only what happened in the sandbox.
_AGE = timedelta(days=30)
_COUNTRY_IDS = {code: number for number, code, *_ in COUNTRIES}


def fill_crm(crm: Crm, count: int) -> None:
    """Lists, and ``count`` companies with their persons: the forty made by hand first, then generated ones."""
    crm.lists = tenant_lists((vertical.name, vertical.name_en) for vertical in VERTICALS)
    for position in PERSON_POSITIONS:
        crm.item_for("perspos", position)
    for campaign in CAMPAIGNS:
        crm.item_for(CAMPAIGN_LIST, campaign.tag)
    start = datetime.fromisoformat(crm.now()) - _AGE
    companies: list[CompanyRecord] = []
    persons: list[PersonRecord] = []
    for offset, sample in enumerate(_samples(count)):
        stamp = (start + timedelta(seconds=offset)).isoformat()
        company = _company(sample, FIRST_COMPANY + offset, stamp)
        companies.append(company)
        persons += [
            _person(crm, person, FIRST_PERSON + len(persons) + index, company, stamp)
            for index, person in enumerate(sample.persons)
        ]
    crm.load_samples(companies, persons)


def _samples(count: int) -> Iterator[SampleCompany]:
    by_hand = sample_companies()[:count]
    return itertools.chain(by_hand, generate_companies(count - len(by_hand), _GENERATOR_SEED))


def _company(sample: SampleCompany, company_id: int, stamp: str) -> CompanyRecord:
    address = AddressBlock(city=sample.crm_city)
    return CompanyRecord(
        id=company_id,
        created=stamp,
        updated=stamp,
        created_by=HUMAN,
        updated_by=HUMAN,
        name=sample.name,
        department=sample.department,
        org_nr=sample.crm_org_nr,
        number1=str(10_000 + company_id),
        associate=HUMAN,
        business=1,
        category=2,
        country=_COUNTRY_IDS.get(sample.country, 0),
        urls=((f"{SITE_ROOT}/sites/{sample.slug}/", ""),),
        street=address,
        postal=address,
        # A field of the people who work there; the engine must leave it as it is.
        fields={"SuperOffice:12": f"K-{20_000 + company_id}"},
    )


def _person(crm: Crm, sample: SamplePerson, person_id: int, company: CompanyRecord, stamp: str) -> PersonRecord:
    fields: dict[str, str | int | bool] = {}
    if sample.campaign:
        fields["SuperOffice:23"] = sample.campaign
    if person_id % 7 == 0:
        fields["SuperOffice:5"] = "Segeln"
    return PersonRecord(
        id=person_id,
        created=stamp,
        updated=stamp,
        created_by=HUMAN,
        updated_by=HUMAN,
        contact_id=company.id,
        firstname=sample.firstname,
        lastname=sample.lastname,
        mrmrs=sample.mrmrs,
        title=sample.title,
        salutation=sample.academic_title,
        position=crm.item_for("perspos", sample.position).id if sample.position else 0,
        associate=HUMAN,
        country=company.country,
        emails=((sample.email, "Arbeit"),) if sample.email else (),
        fields=fields,
    )
