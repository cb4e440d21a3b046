"""Print the figures and keep the misses: ``python -m gtm_assets_tests.texts.evaluation``."""

from __future__ import annotations

from gtm_assets_tests.texts.evaluation import FOLDER, misses

if __name__ == "__main__":
    (FOLDER / "MISSES.md").write_text(misses(), encoding="utf-8")
    print(misses())
