"""
Writes the documents of this folder again, and what they read as (../golden): a difference is a decision.

    python -m tests.corpus.make
"""

from pathlib import Path

import odfdo

from ingest.formats import MIME_TYPES, parse

from ..conftest import POSTURE
from ..ingest.formats.making import column, core, docx, note_mark, odt, paragraph, pdf, table
from ..ingest.formats.test_formats import blob_of, shown
from ..ingest.formats.test_odt import NOTED, TABLE
from ..ingest.formats.test_pdf import FIRST, SECOND

HERE = Path(__file__).parent
ARTICLE = """\
<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>La charte | Réseau d’essai</title>
<meta property="og:site_name" content="Réseau d’essai"><meta name="author" content="Camille Essai">
<meta property="article:published_time" content="2016-12-10T09:00:00+01:00">
<link rel="canonical" href="https://example.org/la-charte"></head><body>
<nav><a href="/">Accueil</a> <a href="/contact">Contact</a></nav>
<article><h1>La charte d’engagements réciproques</h1>
<p>Une charte fixe les engagements de la commune et des associations, et dit comment ils seront suivis.</p>
<h2>Pourquoi une charte ?</h2><p>Elle rend visible ce que chacun apporte, et protège la parole de tous.</p>
<ul><li>des moyens ;</li><li>du temps ;</li><li>une écoute.</li></ul>
<table><tr><th>Étape</th><th>Durée</th></tr><tr><td>Diagnostic</td><td>3 mois</td></tr></table></article>
<footer>Mentions légales</footer></body></html>
"""
NOTE = "Note d’étape\r\n\r\nL’été, à la forêt, naît l’œuvre co\u00adopérative : 50 €.\r\n"


def documents() -> dict[str, bytes]:
    pages = [
        [
            (72, 812, 8, "Guide d’essai de la co-construction"),
            (72, 760, 22, "Construire avec les associations"),
            (72, 720, 14, f"Partie {number}"),
            *column(320, 690, *SECOND),
            *column(72, 690, *FIRST),
            *column(72, 560, "Ils apportent :", "• leur expertise ;", "• leur connaissance des habi-", "tants."),
            (290, 30, 8, f"{number}"),
        ]
        for number in (1, 2, 3)
    ]
    word = (
        paragraph("Le guide de la charte", "Titre")
        + paragraph("Pourquoi", "Titre1")
        + paragraph(f"Une charte fixe les engagements{note_mark(1)} de chacun, à l’œuvre.")
        + paragraph("des moyens ;", listed=1)
        + paragraph("du temps.", listed=1)
        + paragraph("Combien", "Titre2")
        + table(("Échelon", "Nombre"), ("Communes", "34 935"), ("Régions", "18"))
    )
    said = core("Guide de la charte", "Le RTES", "2016-12-10T09:00:00Z")
    open_document = odt(
        odfdo.Paragraph("Le guide de la charte", style="Title"),
        odfdo.Header(1, "Pourquoi"),
        NOTED,
        odfdo.List(["des moyens ;", "du temps."]),
        odfdo.Header(2, "Combien"),
        TABLE,
        title="Guide de la charte",
    )
    return {
        "guide.pdf": pdf(*pages, title="Guide de la co-construction", author="Le RTES"),
        "guide.docx": docx(word, notes=["Loi du 31 juillet 2014."], core=said),
        "guide.odt": open_document,
        "article.html": ARTICLE.encode(),
        "fiche.md": POSTURE.encode(),
        "note.txt": "Note d’étape\r\n\r\nL’été, à la forêt, naît l’œuvre co\u00adopérative : 50 €.\r\n".encode(
            "cp1252"
        ),
    }


if __name__ == "__main__":
    for name, data in documents().items():
        (HERE / name).write_bytes(data)
    for path in sorted(path for path in HERE.iterdir() if path.suffix in MIME_TYPES):
        golden = HERE.parent / "golden" / f"{path.name}.txt"
        golden.write_text(shown(parse(blob_of(path))), encoding="utf-8")
