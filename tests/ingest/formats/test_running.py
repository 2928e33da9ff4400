from ingest.formats.lines import Box, Line, Sheet
from ingest.formats.running import without_running


def line(text: str, bottom: float, size: float = 10) -> Line:
    return Line(text, Box(72, bottom, 72 + 5 * len(text), bottom + size), size)


def kept(*pages: list[Line]) -> list[list[str]]:
    sheets = without_running([Sheet(595, 842, tuple(lines)) for lines in pages])
    return [[line.text for line in sheet.lines] for sheet in sheets]


BODY = line("La co-construction demande du temps, et une écoute de chacun des partenaires.", 400)


def test_what_is_repeated_in_the_margins_is_left_out() -> None:
    pages = [[line("Le guide du RTES", 810), BODY, line(f"{number} / 9", 30)] for number in (1, 2, 3)]
    assert kept(*pages) == [[BODY.text]] * 3


def test_heads_that_take_turns_on_left_and_right_pages_are_left_out() -> None:
    heads = ["Le guide", "La charte"] * 3
    assert kept(*([line(head, 810), BODY] for head in heads)) == [[BODY.text]] * 6


def test_what_is_repeated_in_the_middle_of_pages_stays() -> None:
    assert kept([BODY], [BODY], [BODY]) == [[BODY.text]] * 3


def test_what_stands_in_the_margin_of_one_page_stays() -> None:
    assert kept([line("À retenir", 810), BODY], [BODY], [BODY])[0] == ["À retenir", BODY.text]


def test_two_of_many_pages_may_begin_alike() -> None:
    pages = [[line("Conclusion", 810), BODY], [line("Conclusion", 810), BODY], *[[BODY]] * 4]
    assert kept(*pages)[0] == ["Conclusion", BODY.text]


def test_a_repeated_title_stays_on_its_first_page() -> None:
    assert kept(*[[line("Le guide", 790, 18), BODY]] * 3) == [["Le guide", BODY.text], [BODY.text], [BODY.text]]


def test_numbered_titles_are_not_a_running_head() -> None:
    pages = [[line(f"Partie {number}", 790, 18), BODY] for number in (1, 2, 3)]
    assert [page[0] for page in kept(*pages)] == ["Partie 1", "Partie 2", "Partie 3"]


def test_a_single_page_is_kept_whole() -> None:
    assert kept([line("1", 30)]) == [["1"]]
