"""The cockpit in a browser: the path, the matrices, a campaign launched by clicking, an account, one that failed, the board.

One platform serves all tests here. What takes the daemon a while is launched by one test and looked at by a later one; each test
stands for itself too.
"""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, expect

from gtm_assets.reporting import GROUPS
from gtm_assets_tests.browser.cockpit import Cockpit
from gtm_assets_tests.browser.conftest import COMPANIES, Window
from gtm_assets_tests.processes import platform
from gtm_assets_tests.processes.harness import wait_for
from gtm_assets_tests.processes.platform import CELLS, Running
from resources.store import schema
from resources.store.store import Store

pytestmark = pytest.mark.slow

CAMPAIGN, OTHER_CAMPAIGN = "messe-2026", "fachkraefte-initiative"
PERSONAS = {"einkauf", "finanzen", "geschaeftsfuehrung", "infrastruktur", "logistik", "produktion"}
VERTICALS = {
    *("chemie-pharma", "einzelhandel", "freizeit", "healthcare"),
    *("hotellerie", "lagerlogistik", "lebensmittel", "maschinenbau"),
}
GROUP_NAMES = sorted(set(GROUPS.values()))
#: Assets whose own page has a test of its own.
LOOKED_AT = {"start_here", "coverage", "sync_board", "sync_performance"}
#: Whom the CRM will refuse to save, and their account.
REFUSED_PERSON, FAILED_ACCOUNT = 7, "3"


@pytest.fixture(scope="module")
def first_backfill(up: Running, window: Window) -> tuple[str, int]:
    """The campaign's backfill, launched by clicking: its id, and the model calls before."""
    calls = up.model_calls()
    with window() as cockpit:
        return cockpit.launch_campaign_backfill(CAMPAIGN, picture="backfill"), calls


@pytest.fixture(scope="module")
def campaign_written(up: Running, first_backfill: tuple[str, int]) -> str:
    """How the first backfill ended."""
    end = up.end_of_backfill(first_backfill[0])
    up.wait_for_runs()
    return end


@pytest.fixture(scope="module")
def second_backfill(up: Running, window: Window, campaign_written: str) -> tuple[str, int]:
    """The same once more."""
    calls = up.model_calls()
    with window() as cockpit:
        return cockpit.launch_campaign_backfill(CAMPAIGN), calls


@pytest.fixture(scope="module")
def failed_account(up: Running, store: Store) -> str:
    """A person got another job, and the CRM refuses to save their texts."""
    refusal = {"kind": "status", "system": "superoffice", "method": "PATCH", "status": 400, "times": 1000}
    up.control("faults", path_regex=rf"/v1/Person/{REFUSED_PERSON}$", **refusal)
    up.control(
        "edit", entity="Person", id=REFUSED_PERSON, fields={"Title": "Einkaufsleiter", "Position": "Einkaufsleiter"}
    )

    def has_failed() -> bool:
        state = schema.sync_state
        with store.read() as connection:
            query = sa.select(state.c.phase).where(state.c.contact_id == int(FAILED_ACCOUNT))
            return connection.execute(query).scalar_one() == "failed"

    wait_for("the account to fail", has_failed, every=0.5)
    up.wait_for_runs()
    return FAILED_ACCOUNT


def _reads_well(part: Locator) -> None:
    """Nothing is cut off, and no value is a blank or a programmer's word for one."""
    assert Cockpit.cut_off(part) == []
    words = part.inner_text()
    assert words.strip()
    assert re.findall(r"\b(None|nan|NaN|NaT|null|undefined)\b", words) == []


def _metadata_read_well(cockpit: Cockpit) -> dict[str, str]:
    entries = cockpit.metadata()
    assert entries
    assert [key for key, value in entries.items() if not value] == []
    _reads_well(cockpit.metadata_table)
    return entries


def _rows(table: Locator) -> list[list[str]]:
    """The cells of a Markdown table, without its head."""
    return [[cell.inner_text().strip() for cell in row.locator("td").all()] for row in table.locator("tbody tr").all()]


def _words_of_markdown(text: str) -> list[str]:
    """Words only: the addresses of links and the numbers of lists are no text of the page, nor are Markdown's own signs."""
    shown = re.sub(r"^\s*\d+\. ", "", re.sub(r"\]\([^)]*\)", "]", text), flags=re.MULTILINE)
    return re.findall(r"\w+", shown)


def test_a_text_that_people_wait_for_leads_to_its_page(up: Running, cockpit: Cockpit) -> None:
    # The first test: as long as nobody launched the campaign, its people fall back to the standard text.
    cockpit.open_asset("coverage")
    open_texts = cockpit.show_markdown("open_texts")
    _reads_well(open_texts)
    cockpit.follow(open_texts.locator("tbody tr").first.get_by_role("link").first)
    expect(cockpit.chosen_partition()).to_have_text(re.compile(rf"^{CAMPAIGN}\|"))


def test_a_campaign_and_all_verticals_are_chosen_and_launched_by_clicking(
    up: Running, first_backfill: tuple[str, int]
) -> None:
    query = (
        "query($id: String!) { partitionBackfillOrError(backfillId: $id) "
        "{ ... on PartitionBackfill { partitionNames assetSelection { path } } } }"
    )
    launched = up.ask(query, id=first_backfill[0])["partitionBackfillOrError"]
    assert launched["assetSelection"] == [{"path": ["campaign_matrix"]}]
    assert set(launched["partitionNames"]) == {f"{CAMPAIGN}|{vertical}" for vertical in VERTICALS}


def test_the_lineage_shows_the_groups_in_the_order_of_the_path(cockpit: Cockpit) -> None:
    cockpit.open_lineage([])
    expect(cockpit.node(GROUP_NAMES[-1])).to_be_visible()
    assert cockpit.tree() == GROUP_NAMES
    places = [cockpit.place(cockpit.node(group))["x"] for group in GROUP_NAMES]
    assert places == sorted(places)


def test_every_asset_stands_in_its_group_under_its_whole_name(window: Window) -> None:
    with window(2000, 2200) as cockpit:
        cockpit.open_lineage(GROUP_NAMES)
        nodes = [cockpit.node(asset) for asset in GROUPS]
        for (asset, group), node in zip(GROUPS.items(), nodes, strict=True):
            expect(node).to_have_count(1)
            assert cockpit.contains(cockpit.node(group), node), f"{asset} does not stand in {group}"
            assert cockpit.cut_off(node) == []


def test_every_asset_says_beside_the_lineage_what_it_is(up: Running, window: Window) -> None:
    described = {
        node["assetKey"]["path"][-1]: node["description"]
        for node in up.ask("{ assetNodes { assetKey { path } description } }")["assetNodes"]
    }
    assert described.keys() == GROUPS.keys()
    with window(1400, 870) as cockpit:
        cockpit.open_lineage([])
        cockpit.open_tree(GROUP_NAMES)
        assert set(cockpit.tree()) == {*GROUP_NAMES, *GROUPS}
        cockpit.take("lineage")
        for asset, description in described.items():
            cockpit.choose_in_tree(asset)
            expect(cockpit.description).to_have_text(re.compile(r"\W+".join(_words_of_markdown(description))))
            _reads_well(cockpit.description)


def test_the_marketing_matrix_lists_personas_and_verticals_with_their_status(cockpit: Cockpit) -> None:
    cockpit.open_asset("marketing_matrix", view="partitions")
    expect(cockpit.page.get_by_text(f"Materialized ({CELLS})")).to_be_visible()
    assert cockpit.statuses() == dict.fromkeys(PERSONAS | VERTICALS, "materialized")


def test_a_cell_of_the_matrix_shows_its_text(cockpit: Cockpit) -> None:
    cockpit.open_asset("marketing_matrix", view="partitions")
    for key in ("einkauf", "maschinenbau"):
        cockpit.choose_partition(key)
    cockpit.wait_for_partition()
    _metadata_read_well(cockpit)
    assert [row[0] for row in _rows(cockpit.show_markdown("text"))] == ["Subject", "Bridge", "Social proof"]


def test_a_failed_account_says_why_and_what_to_do(failed_account: str, window: Window) -> None:
    with window(1500, 1010) as cockpit:
        cockpit.open_partition("accounts", failed_account)
        told = _metadata_read_well(cockpit)
        assert told["phase"] == "failed"
        assert f"PATCH Person/{REFUSED_PERSON} was answered with HTTP 400" in told["reason"]
        assert f"gtm retry {failed_account}" in told["what_to_do"]
        cockpit.take("failed_account", cockpit.main, margin=0)


def test_the_backfill_ends_well_and_every_text_of_the_campaign_is_written(
    up: Running, store: Store, first_backfill: tuple[str, int], campaign_written: str
) -> None:
    assert campaign_written == "COMPLETED_SUCCESS", platform.logs(up.home)
    blocks = schema.text_blocks
    with store.read() as connection:
        keys = connection.execute(
            sa.select(blocks.c.key).where(blocks.c.key.endswith(f"|{CAMPAIGN}"), blocks.c.current)
        )
        written = set(keys.scalars())
    assert written == {f"{persona}|{vertical}|{CAMPAIGN}" for persona in PERSONAS for vertical in VERTICALS}
    assert up.model_calls() - first_backfill[1] == len(written)


def test_the_backfills_page_says_how_it_ended(
    first_backfill: tuple[str, int], campaign_written: str, cockpit: Cockpit
) -> None:
    cockpit.open("/overview/backfills")
    row = cockpit.row_of(first_backfill[0])
    expect(row).to_contain_text("Success")
    expect(row).to_contain_text(f"{len(VERTICALS)} partitions")


def test_the_same_campaign_can_be_launched_again(
    first_backfill: tuple[str, int], second_backfill: tuple[str, int]
) -> None:
    assert first_backfill[0] != second_backfill[0]


def test_the_campaign_matrix_shows_campaigns_and_verticals_and_the_texts_of_each(
    campaign_written: str, window: Window
) -> None:
    with window() as cockpit:
        cockpit.open_asset("campaign_matrix", view="partitions")
        statuses = cockpit.statuses()
        assert statuses.keys() == {CAMPAIGN, OTHER_CAMPAIGN} | VERTICALS
        assert (statuses[CAMPAIGN], statuses[OTHER_CAMPAIGN]) == ("materialized", "missing")
        assert {statuses[vertical] for vertical in VERTICALS} == {"materialized and missing"}
        for key in (CAMPAIGN, "maschinenbau"):
            cockpit.choose_partition(key)
        cockpit.wait_for_partition()
        assert {cockpit.statuses()[vertical] for vertical in VERTICALS} == {"materialized"}
        _metadata_read_well(cockpit)
        cockpit.take("campaign_matrix")
        texts = cockpit.show_markdown("texts")
        _reads_well(texts)
        assert {row[0] for row in _rows(texts)} == PERSONAS
        assert all(all(cell for cell in row) and "Messe 2026" in " ".join(row) for row in _rows(texts))
        cockpit.take("campaign_texts", cockpit.dialog)


def test_an_account_shows_its_state_and_leads_into_the_crm(campaign_written: str, window: Window) -> None:
    with window(1280, 870) as cockpit:
        cockpit.open_partition("accounts", "1")
        told = _metadata_read_well(cockpit)
        assert told["phase"] == "completed"
        cockpit.take("account", cockpit.main, margin=0)
        cockpit.follow(cockpit.entry("board").get_by_role("link").first)
        expect(cockpit.page).to_have_url(re.compile("/assets/sync_board"))
        cockpit.page.go_back()
        cockpit.follow(cockpit.entry("in_crm").get_by_role("link").first)
        expect(cockpit.page.get_by_role("heading", level=1)).to_have_text(told["account"])


def test_coverage_says_what_to_do_next_and_shows_texts_and_persons(campaign_written: str, window: Window) -> None:
    with window(1280, 1500) as cockpit:
        cockpit.open_asset("coverage")
        _metadata_read_well(cockpit)
        page = cockpit.show_markdown("coverage")
        _reads_well(page)
        assert "What to do next" in page.inner_text()
        assert cockpit.pictures_in(page) == 1
        cockpit.take("coverage", cockpit.dialog)


def test_the_performance_is_drawn(failed_account: str, window: Window) -> None:
    with window(1280, 1400) as cockpit:
        cockpit.open_asset("sync_performance")
        _metadata_read_well(cockpit)
        plots = cockpit.show_markdown("plots")
        _reads_well(plots)
        assert cockpit.pictures_in(plots) >= 3
        cockpit.take("performance", cockpit.dialog)


@pytest.mark.parametrize(
    ("asset", "key"), [("sync_board", "board"), ("coverage", "coverage"), ("sync_performance", "plots")]
)
def test_what_we_write_can_be_read_on_a_dark_page(failed_account: str, window: Window, asset: str, key: str) -> None:
    with window(1280, 1000, dark=True) as cockpit:
        cockpit.open_asset(asset)
        shown = cockpit.show_markdown(key)
        contrasts = cockpit.contrasts(shown)
        assert cockpit.brightness(cockpit.dialog) < 0.2, "the page is not dark"
        assert {text: ratio for text, ratio in contrasts.items() if ratio < 4.5} == {}
        if asset == "sync_board":
            cockpit.take("board_dark", cockpit.dialog)


def test_no_assets_page_is_empty(campaign_written: str, cockpit: Cockpit) -> None:
    others = GROUPS.keys() - LOOKED_AT
    assert others
    for asset in others:
        cockpit.open_asset(asset)
        cockpit.unfold_description()
        _reads_well(cockpit.description)
        assert _metadata_read_well(cockpit), f"{asset} says nothing about itself"


def test_the_page_to_start_with_leads_to_pages_that_exist(up: Running, window: Window) -> None:
    with window(1280, 1100) as cockpit:
        cockpit.open_asset("start_here")
        cockpit.unfold_description()
        _reads_well(cockpit.description)
        targets = [link.get_attribute("href") or "" for link in cockpit.description.get_by_role("link").all()]
        assert len(targets) >= 3
        cockpit.take("start_here", cockpit.description)
        for target in dict.fromkeys(targets):
            cockpit.open(target)
            expect(cockpit.main).to_contain_text(re.compile(r"\w"))
            assert not re.search(
                "not found|does not exist|unknown (?:asset|path|run)", cockpit.main.inner_text(), re.IGNORECASE
            ), target


def test_the_board_counts_every_account_and_names_those_first_that_need_somebody(
    failed_account: str, cockpit: Cockpit
) -> None:
    cockpit.open_asset("sync_board")
    counts = _metadata_read_well(cockpit)
    assert (counts["accounts"], counts["failed"]) == (str(COMPANIES), "1")
    board = cockpit.show_markdown("board")
    _reads_well(board)
    first, *others = _rows(board)
    assert len([first, *others]) == COMPANIES
    assert f"{failed_account} " in first[1]
    assert first[2] == "failed"
    assert f"gtm retry {failed_account}" in first[3]
    assert all(len(row[3]) > 10 for row in others if row[2] != "completed")
    cockpit.take("board", cockpit.dialog)


def test_an_accounts_name_on_the_board_leads_to_its_own_page(failed_account: str, cockpit: Cockpit) -> None:
    for place in (0, COMPANIES - 1):
        cockpit.open_asset("sync_board")
        link = cockpit.show_markdown("board").locator("tbody tr").nth(place).get_by_role("link").first
        name = link.inner_text()
        cockpit.follow(link)
        cockpit.wait_for_partition()
        assert name.endswith(cockpit.metadata()["account"])


def test_launched_again_it_ends_well_costs_nothing_and_still_shows_the_texts(
    up: Running, second_backfill: tuple[str, int], cockpit: Cockpit
) -> None:
    backfill, calls = second_backfill
    assert up.end_of_backfill(backfill) == "COMPLETED_SUCCESS", platform.logs(up.home)
    assert up.model_calls() == calls
    cockpit.open_partition("campaign_matrix", f"{CAMPAIGN}|maschinenbau")
    told = _metadata_read_well(cockpit)
    assert (told["unchanged"], told["changed"]) == (str(len(PERSONAS)), "false")
    assert len(_rows(cockpit.show_markdown("texts"))) == len(PERSONAS)
