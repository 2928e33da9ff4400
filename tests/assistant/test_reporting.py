import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.gaps import DISLIKED, UNANSWERED, Cited, Dead, Gap, Lack, Review, Week
from assistant.reporting import html, table

TODAY = date(2026, 11, 23)
HOSTILE = "<script>window.hurt=1</script>"
FORMULA = '=HYPERLINK("http://evil.invalid";"clic")'
GAP = Gap(
    (
        Lack("Comment financer une crèche ?", TODAY, UNANSWERED),
        Lack(f"quel argent pour la crèche {HOSTILE}", TODAY, DISLIKED, "+33 rien"),
    )
)
REVIEW = Review(
    weeks=(Week(date(2026, 11, 16), 3, 1, 1), Week(date(2026, 11, 23), 0, 0, 0)),
    useful=2,
    disliked=1,
    gaps=(GAP, Gap((Lack(FORMULA, TODAY, UNANSWERED),))),
    cited=(Cited("La fiche A", "RTES", "2026-01-05", 3),),
    never=tuple(Cited(f"Fiche {number}", "RTES", "", 0) for number in range(30)),
    old=(Cited("Le guide", "Le RAMEAU", "2012-05", 2),),
    dead=(Dead("https://example.org/mort", f"Cette page n'existe plus (404). {HOSTILE}", 2),),
)
EMPTY = Review((), 0, 0, (), (), (), ())


def cells(review: Review) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table(review).removeprefix("\ufeff")), delimiter=";"))


def test_the_report_says_what_is_known_as_words_and_asks_for_nothing_elsewhere() -> None:
    page = html(REVIEW, TODAY)
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Comment financer une crèche ?" in said
    assert "1 sans réponse, 1 mal notée" in said
    assert "5 questions gardées" in said
    assert "Le guide Le RAMEAU" in said
    assert "Et 5 de plus." in said
    assert "https://example.org/mort" in said
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!data:,)", page)


def test_nothing_to_say_is_said() -> None:
    assert "Aucune question gardée n'est restée sans réponse" in html(EMPTY, TODAY).replace("&#39;", "'")
    assert len(cells(EMPTY)) == 1


def test_links_that_nobody_looked_at_are_not_spoken_of() -> None:
    assert "liens morts" not in html(EMPTY, TODAY)
    assert "Les liens morts encore cités (0)" in html(replace(EMPTY, dead=()), TODAY)


def test_the_table_has_a_line_a_gap() -> None:
    head, first, _ = cells(REVIEW)
    assert len(head) == len(first)
    assert first[:5] == ["Comment financer une crèche ?", "2", "1", "1", "2026-11-23"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝"])
def test_no_cell_is_a_formula(start: str) -> None:
    lack = replace(GAP.lacks[0], question=f"{start}1+1", comment=f"{start}2+2")
    _, line = cells(replace(REVIEW, gaps=(Gap((lack,)),)))
    assert (line[0], line[-1]) == (f"'{start}1+1", f"'{start}2+2")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(browser: Any, tmp_path: Path, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe n'est pas installé").Axe()
    (tmp_path / "report.html").write_text(html(REVIEW, TODAY), encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    found = axe.run(page).response["violations"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.hurt") is None
    context.close()
    assert [rule["id"] for rule in found] == []
