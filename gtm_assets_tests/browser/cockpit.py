"""Dagster's pages in an open browser: go there, read what they say, click, look for cut-off and unreadable text, take a picture.

All knowledge of how Dagster builds its pages stands here, so that the tests read as what people do. What belongs elsewhere: what is
expected of a page (``test_cockpit``).
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin

from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page, expect

#: Texts and pictures that are wider or higher than their box, which hides what does not fit or has to be scrolled sideways.
_CUT_OFF = """root => [root, ...root.querySelectorAll('*')].filter(each => {
  if (!each.innerText || !each.innerText.trim() || /measure/i.test(each.className)) return false;
  const style = getComputedStyle(each);
  const hides = value => value === 'hidden' || value === 'clip';
  return (style.overflowX !== 'visible' && style.display !== 'inline' && each.scrollWidth > each.clientWidth + 1)
      || (hides(style.overflowY) && each.scrollHeight > each.clientHeight + 1);
}).map(each => each.innerText.trim().slice(0, 200)).concat([...root.querySelectorAll('img')].filter(
  each => each.getBoundingClientRect().right > root.getBoundingClientRect().right + 1
).map(each => `a picture ${each.width} wide where ${root.clientWidth} is room`))"""

#: Contrast (WCAG 2) of every text with what stands behind it, as [text, ratio].
_CONTRASTS = """root => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const channels = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = element => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.push(channels(getComputedStyle(each).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const light = colour => colour.slice(0, 3).map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  return [...root.querySelectorAll('*')]
    .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(each => {
      const ground = behind(each);
      const pair = [light(over(channels(getComputedStyle(each).color), ground)), light(ground)];
      return [each.innerText.trim().slice(0, 60), (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)];
    });
}"""

_DOTS = {"--color-accent-green": "materialized", "--color-accent-gray": "missing", "--color-accent-red": "failed"}
_TABLE = "table[class*=AssetEventMetadataEntriesTable]:not(:has-text('Column name'))"
_DIALOG = ".bp5-dialog"


@dataclass
class Cockpit:
    """One open page of one platform, and where its pictures go."""

    page: Page
    url: str
    pictures: Path

    # --- go somewhere

    def open(self, path: str, **query: str) -> None:
        """A page of Dagster by its path, or another one by its address."""
        self.page.goto(urljoin(self.url, path) + (f"?{urlencode(query, quote_via=quote)}" if query else ""))

    def open_asset(self, asset: str, **query: str) -> None:
        """An asset's page, when its parts stand there."""
        self.open(f"/assets/{asset}", **query)
        expect(self.button("Materialize")).to_be_visible()

    def open_partition(self, asset: str, key: str) -> None:
        """One partition of an asset, when its latest materialization stands there."""
        self.open_asset(asset, view="partitions", partition=key)
        self.wait_for_partition()

    def wait_for_partition(self) -> None:
        """Until the chosen partition's latest materialization stands there."""
        expect(self.page.get_by_text(re.compile(r"^View all historical events \([1-9]"))).to_be_visible()

    def open_lineage(self, groups: Sequence[str]) -> None:
        """The global graph with these groups opened, when their assets are drawn."""
        opened = {"expanded": ",".join(f"global@global:{group}" for group in groups)} if groups else {}
        self.open("/asset-groups", **opened)
        expect(self.page.locator("svg foreignObject").first).to_be_visible()

    # --- read

    def metadata(self) -> dict[str, str]:
        """What the metadata table says, by key, when everything has arrived."""
        self.metadata_table.wait_for()
        self.page.wait_for_load_state("networkidle")
        # In one look: the page may draw its rows anew while they are read one by one.
        rows: list[list[str]] = self.metadata_table.evaluate(
            "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))"
        )
        return {row[0]: row[self._value_place()] for row in rows}

    def entry(self, key: str) -> Locator:
        """One value of the metadata table."""
        keys = self.page.locator("td:first-child").get_by_text(key, exact=True)
        row = self.metadata_table.locator(":scope > tbody > tr").filter(has=keys).first
        row.wait_for()
        return row.locator(":scope > td").nth(self._value_place())

    def _value_place(self) -> int:
        """Partitions have key, value and actions; the overview has headers, and the time between."""
        return 2 if self.metadata_table.locator(":scope > thead").count() else 1

    @property
    def main(self) -> Locator:
        """The page without the navigation."""
        return self.page.locator("[class*=MainContent_mainContent]")

    @property
    def metadata_table(self) -> Locator:
        """Where the metadata stand."""
        return self.page.locator(_TABLE).first

    @property
    def dialog(self) -> Locator:
        """What is open above the page."""
        return self.page.locator(_DIALOG).last

    def statuses(self) -> dict[str, str]:
        """The keys in the lists of a partitions page, each with what its dots say."""
        rows = self.page.locator("[class*=assetListRow]")
        rows.first.wait_for()
        found = {}
        for row in rows.all():
            name = row.locator("[title]").first.get_attribute("title") or ""
            styles = [
                dot.get_attribute("style") or "" for dot in row.locator("div[style*='border-radius: 100%']").all()
            ]
            colours = [match[1] for style in styles if (match := re.search(r"background: var\((.*?)\)", style))]
            found[name] = " and ".join(sorted(_DOTS.get(colour, colour) for colour in colours))
        return found

    def row_of(self, words: str) -> Locator:
        """The row of a list of runs or backfills that holds these words."""
        return self.page.locator("[class*=VirtualizedTable_row], tr").filter(has_text=words).first

    def node(self, name: str) -> Locator:
        """A group or an asset in the graph."""
        return self.page.locator("svg foreignObject").filter(has=self.page.get_by_text(name, exact=True))

    def tree(self) -> list[str]:
        """The names in the list beside the graph, from top to bottom."""
        names = self.page.locator("[class*=AssetSidebarNode_itemContainer] [class*=MiddleTruncate_container]")
        return [each.get_attribute("title") or each.locator("span").first.inner_text() for each in names.all()]

    @staticmethod
    def pictures_in(part: Locator) -> int:
        """How many pictures are really drawn there."""
        drawn: int = part.evaluate(
            "root => [...root.querySelectorAll('img')].filter(each => each.naturalWidth > 100).length"
        )
        return drawn

    def chosen_partition(self) -> Locator:
        """The heading of the partition that the page shows."""
        return self.page.locator("[class*=Typography_size20] [class*=MiddleTruncate_container] > span").last

    @property
    def description(self) -> Locator:
        """What an asset's page, or the panel beside the graph, says about it; Dagster folds up a long one."""
        return self.page.locator(".dagster-markdown").first

    def unfold_description(self) -> None:
        """Show all of a long description."""
        self.description.wait_for()
        more = self.page.get_by_role("button", name="Show more")
        if more.count():
            more.first.click()

    def place(self, part: Locator) -> FloatRect:
        """Where it is drawn."""
        box = part.bounding_box()
        assert box is not None, "it is not drawn"
        return box

    def contains(self, outer: Locator, inner: Locator) -> bool:
        """Whether the middle of ``inner`` is drawn inside ``outer``."""
        frame, box = self.place(outer), self.place(inner)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        return frame["x"] <= x <= frame["x"] + frame["width"] and frame["y"] <= y <= frame["y"] + frame["height"]

    # --- click

    def open_tree(self, groups: Sequence[str]) -> None:
        """Open these groups in the list beside the graph."""
        for group in groups:
            self._tree_row(group).get_by_role("button").first.click()

    def choose_in_tree(self, name: str) -> None:
        """Click an asset in the list beside the graph."""
        self._tree_row(name).get_by_text(name, exact=True).first.click()

    def _tree_row(self, name: str) -> Locator:
        names = self.page.get_by_text(name, exact=True)
        return self.page.locator("[class*=AssetSidebarNode_itemContainer]").filter(has=names)

    def follow(self, link: Locator) -> None:
        """Click a link; one that opens a tab of its own is followed in this window."""
        target = link.get_attribute("href") or ""
        self.open(target) if link.get_attribute("target") == "_blank" else link.click()

    def button(self, name: str) -> Locator:
        """A button by its first words; the name of its icon may stand before them."""
        return self.page.get_by_role("button", name=re.compile(rf"(^|^\w+ ){re.escape(name)}")).first

    def show_markdown(self, key: str) -> Locator:
        """A long text of the metadata: in its table if it is short, else in a dialog that a click opens."""
        value = self.entry(key)
        link = value.get_by_text("[Show Markdown]")
        if link.count() == 0:
            return value
        link.click()
        shown = self.dialog.locator(".dagster-markdown")
        shown.wait_for()
        return shown

    def choose_partition(self, key: str) -> None:
        """Click a key in a list of the partitions page."""
        self.page.locator("[class*=assetListRow]").filter(has_text=key).first.click()

    def launch_campaign_backfill(self, campaign: str, picture: str = "") -> str:
        """Materialize…, one campaign, all verticals, Launch backfill; answers the id that Dagster shows."""
        self.open_asset("campaign_matrix", view="partitions")
        self.statuses()
        self.button("Materialize").click()
        expect(self.dialog).to_contain_text("Launch runs to materialize campaign_matrix")
        self.dialog.get_by_text("Select a partition or create one").first.click()
        self.page.get_by_role("menuitem").filter(has_text=campaign).click()
        self.page.keyboard.press("Escape")
        self.dialog.get_by_role("button", name="All", exact=True).last.click()
        launch = self.dialog.get_by_role("button", name="Launch backfill")
        expect(launch).to_be_enabled()
        if picture:
            self.take(picture, self.dialog)
        launch.click()
        said = self.page.get_by_text(re.compile("Created backfill"))
        said.first.wait_for()
        return re.findall(r"Created backfill\s+(\w+)", said.first.inner_text())[0]

    # --- look

    @staticmethod
    def cut_off(part: Locator) -> list[str]:
        """Texts and pictures in this part of the page of which something can't be seen."""
        found: list[str] = part.evaluate(_CUT_OFF)
        return found

    @staticmethod
    def contrasts(part: Locator) -> dict[str, float]:
        """Contrast of each text in this part with what is behind it; 4.5 is what WCAG asks for."""
        found: list[list[Any]] = part.evaluate(_CONTRASTS)
        return {str(text): float(ratio) for text, ratio in found}

    @staticmethod
    def brightness(part: Locator) -> float:
        """Of its background: 0 is black, 1 is white."""
        found: list[float] = part.evaluate(
            "root => getComputedStyle(root).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)"
        )
        return sum(found) / 3 / 255

    def take(self, name: str, *parts: Locator, margin: int = 12) -> None:
        """A picture of these parts of the page, or of all that is visible."""
        # Icons and pictures come after the words, and a dialog grows until it has its place.
        expect(self.page.get_by_text(re.compile("^Loading"))).to_have_count(0)
        expect(self.page.locator("[class*=appear-active], [class*=enter-active]")).to_have_count(0)
        self.page.wait_for_load_state("networkidle")
        picture = Image.open(
            io.BytesIO(self.page.screenshot(clip=self._around(parts, margin), animations="disabled"))
        ).convert("RGB")
        # These pages have few colours: a palette makes the file a third as large, and this one keeps those that are rare.
        few = picture.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(self.pictures / f"{name}.png", optimize=True)

    def _around(self, parts: Sequence[Locator], margin: int) -> FloatRect:
        view = self.page.viewport_size
        assert view is not None
        if not parts:
            return {"x": 0, "y": 0, "width": view["width"], "height": view["height"]}
        boxes = [self.place(part) for part in parts]
        left = max(0, min(box["x"] for box in boxes) - margin)
        top = max(0, min(box["y"] for box in boxes) - margin)
        right = min(view["width"], max(box["x"] + box["width"] for box in boxes) + margin)
        bottom = min(view["height"], max(box["y"] + box["height"] for box in boxes) + margin)
        return {"x": left, "y": top, "width": right - left, "height": bottom - top}
