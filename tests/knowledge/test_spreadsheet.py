import csv
import io

import pytest

from knowledge.spreadsheet import table


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_a_table_comes_back_as_it_was() -> None:
    assert read(table(("a", "b"), [("l'été ; ici", 3), ('« "x"\n»', -1)])) == [
        ["a", "b"],
        ["l'été ; ici", "3"],
        ['« "x"\n»', "-1"],
    ]


@pytest.mark.parametrize("cell", ["=1+1", " =1", "+33", "-x", "@a", "\t=1", "＝1"])
def test_a_cell_is_never_taken_for_a_formula(cell: str) -> None:
    assert read(table(("a",), [(cell,)]))[1] == [f"'{cell}"]
