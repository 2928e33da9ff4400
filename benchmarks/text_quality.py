"""
Measures the text of real PDFs: words that reading broke, and words that it lost.

    python -m benchmarks.text_quality DOSSIER [--dictionary /usr/share/hunspell/fr_FR]

A word is broken if neither the dictionary (hunspell-fr) nor the text of a second library (pdfminer.six) has it:
what both libraries read is the author's own spelling. A word of the dictionary is lost if the second library reads
it more often; lines that it finds on several pages are left out, as running heads are meant to go. Prints a Markdown
table, with what the two libraries give when asked for plain text, for comparison; aim: both under 0.5 %.
"""

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from langchain_core.documents.base import Blob

from ingest import IngestError
from ingest.formats import PDF, parse

_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*")
# A PDF of fewer words measures nothing.
_LEAST = 100

Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts of words."""

    words: int
    unknown: tuple[str, ...]
    broken: tuple[str, ...]
    lost: tuple[str, ...]
    seconds: float


def measure(text: str, reference: Counter[str], known: Known, seconds: float) -> Quality:
    """`text` against the words of the reference."""
    said = words(text)
    counted = Counter(said)
    unknown = tuple(word for word in said if not known(word))
    lost = tuple(word for word in (reference - counted).elements() if known(word))
    return Quality(
        len(said), unknown, tuple(word for word in unknown if word not in reference), _really(lost, counted), seconds
    )


def words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _really(lost: Sequence[str], counted: Counter[str]) -> tuple[str, ...]:
    """A compound read with its hyphen is not lost where its halves were, nor the other way round."""
    compounds = "\n".join(counted)
    return tuple(
        word
        for word in lost
        if not all(half in counted for half in re.split(r"[-‐‑]", word)) and not re.search(rf"\b{word}\b", compounds)
    )


def reference_of(path: Path, known: Known) -> Counter[str]:
    """The words that pdfminer.six reads, cut ones rejoined where the dictionary knows the whole."""
    from pdfminer.high_level import extract_text

    pages = extract_text(str(path)).split("\f")
    seen = Counter(re.sub(r"\d+", "#", line.strip()) for page in pages for line in set(page.splitlines()))
    kept = "\n".join(
        line for page in pages for line in page.splitlines() if seen[re.sub(r"\d+", "#", line.strip())] < 2
    )
    return Counter(words(_rejoined(kept, known)))


def _rejoined(text: str, known: Known) -> str:
    def join(match: re.Match[str]) -> str:
        left, right = match.groups()
        return left + right if known(left + right) else f"{left}-{right}"

    return re.sub(r"([^\W\d_]+)[-‐‑\u00ad]\s*\n\s*([^\W\d_]+)", join, text)


def dictionary(path: str) -> Known:
    from spylls.hunspell import Dictionary

    hunspell = Dictionary.from_files(path)
    answers: dict[str, bool] = {}

    def known(word: str) -> bool:
        if word not in answers:
            forms = (word, word.capitalize(), word.upper())
            halves = re.split(r"[-‐‑]", word)
            answers[word] = any(map(hunspell.lookup, forms)) or (len(halves) > 1 and all(map(known, halves)))
        return answers[word]

    return known


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dictionary", default="/usr/share/hunspell/fr_FR")
    parser.add_argument("--list", action="store_true", help="name the broken and lost words")
    arguments = parser.parse_args()
    known = dictionary(arguments.dictionary)
    print("| PDF | lecteur | mots | inconnus du dictionnaire | cassés | perdus | s |\n|---|---|---|---|---|---|---|")
    totals: dict[str, list[Quality]] = {}
    for path in sorted(arguments.folder.rglob("*.pdf")):
        try:
            reference = reference_of(path, known)
        except Exception:  # what pdfminer cannot read measures nothing
            continue
        if reference.total() < _LEAST:
            continue
        for name, read in READERS.items():
            start = time.perf_counter()
            try:
                text = read(path)
            except IngestError:
                continue
            quality = measure(text, reference, known, time.perf_counter() - start)
            totals.setdefault(name, []).append(quality)
            print(_row(path.stem, name, [quality]))
            if arguments.list and name == "ce projet":
                print(f"<!-- cassés : {', '.join(quality.broken)} ; perdus : {', '.join(quality.lost)} -->")
    for name, qualities in totals.items():
        print(_row("**ensemble**", name, qualities))


def _ours(path: Path) -> str:
    pages = parse(Blob.from_data(path.read_bytes(), mime_type=PDF, path=str(path)))
    return "\n\n".join(page.page_content for page in pages)


def _pdfium(path: Path) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


def _pdfminer(path: Path) -> str:
    from pdfminer.high_level import extract_text

    return str(extract_text(str(path)))


READERS: dict[str, Callable[[Path], str]] = {
    "ce projet": _ours,
    "pypdfium2, texte seul": _pdfium,
    "pdfminer.six, texte seul": _pdfminer,
}


def _row(title: str, name: str, qualities: Sequence[Quality]) -> str:
    count = sum(quality.words for quality in qualities)
    cells = [
        f"{100 * sum(len(getattr(quality, kind)) for quality in qualities) / max(count, 1):.2f} %"
        for kind in ("unknown", "broken", "lost")
    ]
    seconds = sum(quality.seconds for quality in qualities)
    return f"| {title} | {name} | {count} | {' | '.join(cells)} | {seconds:.2f} |"


if __name__ == "__main__":
    main()
