"""The sandbox's data: complete, plausible, marked as sample data, the same each time."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat as eu_vat

from sandbox.data.knowledge import CAMPAIGNS, PERSON_POSITIONS, PERSONAS, SAMPLE_SOURCE, VERTICALS
from sandbox.data.samples import SITE_KINDS, SampleCompany, find_company, generate_companies, sample_companies


def _vat_is_valid(company: SampleCompany) -> bool:
    module = swiss_vat if company.country == "CH" else eu_vat
    return bool(module.is_valid(company.vat_number))


def test_there_are_eight_active_verticals_six_personas_and_two_campaigns() -> None:
    assert sum(vertical.status == "Active" for vertical in VERTICALS) >= 8
    assert len(PERSONAS) == 6
    assert len(CAMPAIGNS) == 2
    assert len({vertical.key for vertical in VERTICALS}) == len(VERTICALS)


def test_every_active_vertical_has_what_a_cell_needs() -> None:
    for vertical in VERTICALS:
        assert vertical.pains, vertical.key
        assert vertical.gains, vertical.key
        assert vertical.definition, vertical.key
        assert vertical.ops_focus in {"Operativ", "Infrastruktur"}
        assert any(product.startswith(f"{vertical.ops_focus}: ") for product in vertical.products), vertical.key


def test_keys_can_be_partition_keys() -> None:
    for row in (*VERTICALS, *PERSONAS):
        assert re.fullmatch(r"[a-z-]+", row.key)


def test_references_are_invented_and_say_so() -> None:
    for vertical in VERTICALS:
        for reference in vertical.references:
            company, achievement, source = reference.split(" | ")
            assert company
            assert achievement
            assert source == SAMPLE_SOURCE


def test_there_are_forty_companies_with_three_persons_each() -> None:
    companies = sample_companies()
    assert len(companies) == 40
    assert {len(company.persons) for company in companies} == {3}
    assert len({company.slug for company in companies}) == 40
    assert len({company.name for company in companies}) == 40


def test_every_company_is_marked_as_sample_data_and_no_mail_can_be_delivered() -> None:
    for company in (*sample_companies(), *generate_companies(20)):
        assert company.department == "Musterdaten"
        for person in company.persons:
            assert re.fullmatch(r"[a-z0-9.-]+@[a-z0-9-]+\.example", person.email), person.email


def test_vat_numbers_pass_their_check_digit_except_the_one_meant_to_fail() -> None:
    for company in (*sample_companies(), *generate_companies(50)):
        assert _vat_is_valid(company) is (company.site_kind != "invalid_vat"), company.name


def test_about_twenty_eight_websites_behave_and_every_awkward_kind_occurs_once() -> None:
    kinds = Counter(company.site_kind for company in sample_companies())
    assert set(kinds) == set(SITE_KINDS)
    assert all(count == 1 for kind, count in kinds.items() if kind != "ordinary")
    readable = {"ordinary", "latin1", "redirect_de", "rechtliches", "invalid_vat"}
    assert sum(kinds[kind] for kind in readable) == 28


def test_verticals_of_companies_exist_and_most_orgnr_are_left_to_the_engine() -> None:
    keys = {vertical.key for vertical in VERTICALS} | {""}
    companies = sample_companies()
    assert {company.vertical_key for company in companies} <= keys
    assert sum(company.crm_org_nr == "" for company in companies) > 30
    assert any(company.crm_city not in {"", company.city} for company in companies)


def test_titles_stand_in_title_or_only_in_position_or_nowhere() -> None:
    persons = [person for company in sample_companies() for person in company.persons]
    assert {person.position for person in persons} - {""} <= set(PERSON_POSITIONS)
    assert any(not person.title and person.position for person in persons)
    assert any(not person.title and not person.position for person in persons)
    assert sum(person.campaign == "Messe 2026" for person in persons) >= 4
    assert {person.campaign for person in persons} == {"", "Messe 2026"}


@given(count=st.integers(0, 30), more=st.integers(0, 10), seed=st.integers(0, 3))
def test_a_generated_company_depends_on_its_number_and_seed_only(count: int, more: int, seed: int) -> None:
    assert generate_companies(count + more, seed)[:count] == generate_companies(count, seed)


def test_generated_names_are_different_and_hold_no_digits() -> None:
    companies = generate_companies(3000, 1)
    names = {company.name for company in companies}
    assert len(names) == 3000
    assert not any(re.search(r"\d", name) for name in names)


def test_a_company_is_found_by_its_slug() -> None:
    for company in (sample_companies()[7], generate_companies(12, 4)[11]):
        assert find_company(company.slug) == company
    assert find_company("gibt-es-nicht") is None
