"""The plan as properties: what may be replaced, what stays, and that a plan that was carried out leaves nothing to do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.writeback.plan import FieldChange, Target, plan_entity

_FIELDS = ("subject", "intro", "opener", "vertical", "last_update")
_TEXTS = st.sampled_from(["", "alt", "neu", "von Hand", "unser Satz", "x" * 30])
_LENGTHS = st.fixed_dictionaries(dict.fromkeys(_FIELDS, st.sampled_from([0, 5, 199])))


@st.composite
def _cases(draw):
    """What a record carries, what we wrote, what it should carry."""
    carries = draw(st.dictionaries(st.sampled_from(_FIELDS), _TEXTS))
    written = draw(st.dictionaries(st.sampled_from(_FIELDS), _TEXTS.filter(bool)))
    values = st.one_of(st.none(), _TEXTS.filter(bool))
    targets = draw(st.dictionaries(st.sampled_from(_FIELDS), st.builds(Target, values, st.just("why"))))
    return carries, written, targets, draw(_LENGTHS)


def _plan(carries, written, targets, lengths):
    return plan_entity("Person", 5, 1, carries=carries, written=written, targets=targets, lengths=lengths)


@given(_cases())
def test_a_value_that_is_not_ours_is_never_changed(case) -> None:
    carries, written, targets, lengths = case
    for name, change in _plan(*case).fields.items():
        if name != "last_update":
            assert change.before == carries.get(name, "")
            assert change.before in {"", written.get(name)}
    del targets, lengths


@given(_cases())
def test_after_a_plan_was_carried_out_there_is_nothing_left_to_do(case) -> None:
    carries, written, targets, lengths = case
    plan = _plan(*case)
    after = {name: change.after for name, change in plan.fields.items()}
    now_ours = {name: value for name, value in {**written, **after}.items() if value}
    assert _plan({**carries, **after}, now_ours, targets, lengths).fields == {}


@given(_cases())
def test_the_last_update_is_never_written_alone(case) -> None:
    assert set(_plan(*case).fields) != {"last_update"}


@given(_cases())
def test_a_field_without_a_target_is_not_looked_at(case) -> None:
    _, _, targets, _ = case
    plan = _plan(*case)
    assert set(plan.fields) | set(plan.kept) | set(plan.without) <= set(targets)
    assert len(plan.fields) + len(plan.kept) + len(plan.without) == len({*plan.fields, *plan.kept, *plan.without})


@given(_cases())
def test_nothing_longer_than_the_field_is_sent(case) -> None:
    *_, lengths = case
    for name, change in _plan(*case).fields.items():
        if name != "last_update" and lengths[name]:
            assert len(change.after) <= lengths[name]


@given(_cases())
def test_every_difference_is_either_a_change_or_kept_with_a_reason(case) -> None:
    carries, _, targets, _ = case
    plan = _plan(*case)
    for name, target in targets.items():
        if name != "last_update" and carries.get(name, "") != (target.value or ""):
            assert (name in plan.fields) != bool(plan.kept.get(name))


@given(_cases())
def test_equal_plans_have_equal_hashes_and_different_ones_do_not(case) -> None:
    plan, again = _plan(*case), _plan(*case)
    assert plan.hash == again.hash
    if plan.fields:
        name, change = next(iter(plan.fields.items()))
        other = {**plan.fields, name: FieldChange(change.before, change.after + "!", change.reason)}
        assert type(plan)("Person", 5, 1, other).hash != plan.hash


def test_the_last_update_goes_along_with_another_field_whatever_it_held() -> None:
    targets = {"opener": Target("neu"), "last_update": Target("2026-03-02", "time of this update")}
    plan = _plan({"last_update": "2026-01-01"}, {}, targets, {})
    assert plan.fields["last_update"] == FieldChange("2026-01-01", "2026-03-02", "time of this update")


def test_our_own_text_that_is_not_valid_any_more_is_blanked_and_says_why() -> None:
    plan = _plan({"opener": "alt"}, {"opener": "alt"}, {"opener": Target(None, "the vertical is unknown")}, {})
    assert plan.fields == {"opener": FieldChange("alt", "", "the vertical is unknown")}


def test_a_humans_text_stays_where_the_engine_has_none_and_both_reasons_are_told() -> None:
    plan = _plan({"opener": "von Hand"}, {"opener": "alt"}, {"opener": Target(None, "the vertical is unknown")}, {})
    assert plan.fields == {}
    assert plan.kept == {"opener": "edited in the CRM, left as it is (the engine has no text: the vertical is unknown)"}


def test_a_text_that_does_not_fit_is_refused_and_not_cut() -> None:
    plan = _plan({}, {}, {"opener": Target("x" * 200)}, {"opener": 199})
    assert plan.fields == {}
    assert "200 characters, the field holds 199" in plan.kept["opener"]


def test_a_human_who_typed_the_very_text_leaves_nothing_to_do() -> None:
    plan = _plan({"opener": "neu"}, {}, {"opener": Target("neu")}, {})
    assert plan.fields == {}
    assert plan.kept == {}
