"""S0-055 to S0-057 through the real jobs: a company, a person, a vertical, a title; and what a quiet pass costs."""

from __future__ import annotations

from gtm_assets_tests.path.harness import Engine


def test_a_company_gets_its_profile_and_openers_in_one_request(engine: Engine) -> None:
    before = engine.foreign()
    result = engine.pass_once()
    print(result.as_json())
    print(engine.profile(1), engine.texts(1), engine.company(1))
    assert not result.failed
    assert engine.patches().count("Contact/1") == 1
    assert engine.foreign() == before
    print("second")
    mark = engine.mark()
    result = engine.pass_once()
    print(result.as_json())
