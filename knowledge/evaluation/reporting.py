"""Rendering: evaluations into lines for the terminal, and into a page that stands on its own."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from .comparing import Record
from .evaluating import Evaluation, Outcome
from .measuring import Interval, difference, interval

_MEANINGS = {
    "nDCG@10": "les bons documents sont-ils en tête des dix premiers ?",
    "MRR": "l'inverse du rang du premier bon document",
    "Recall@5": "la part des bons documents qui est parmi les cinq premiers",
    "Recall@20": "la même, parmi les vingt premiers",
    "Success@3": "la part des questions dont un bon document est parmi les trois premiers",
}
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c1c1c; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
.wide { overflow-x: auto } table { border-collapse: collapse; margin: 1rem 0 } th, td { padding: .3rem .8rem; border-bottom: 1px solid #ccc; text-align: left }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } caption { text-align: left; font-weight: 600; padding: .3rem 0 }
figure { margin: 1rem 0 } img { max-width: 100%; height: auto } .gain { color: #1b5e20 } .loss { color: #b3261e } li { margin: .5rem 0 } small { color: #555 }
"""  # noqa: E501


def lines(evaluation: Evaluation, record: Record | None) -> Iterator[str]:
    """What the terminal shows of one set."""
    yield heading(evaluation)
    gains = record.differences(evaluation) if record else {}
    for name, values in evaluation.values.items():
        gain = f"   écart {signed(gains[name])}" if name in gains else ""
        yield f"  {name:<10} {spanned(interval(values))}{gain}"
    for one in evaluation.separations:
        yield (
            f"  Répondable ou non, {one.label} ({one.count}) : AUC {decimal(one.auc)} ; "
            f"{percent(one.refused)} de répondables écartées, {percent(one.admitted)} d'autres admises"
        )
    for label, count, lost in _losses(evaluation):
        yield f"  {label} ({count}) : Recall@5 {signed(lost)}"
    yield f"  En échec (aucun bon document parmi les 3 premiers) : {len(evaluation.failures)}"


def page(evaluations: Sequence[Evaluation], records: Mapping[str, Record], picture: bytes, date: str) -> str:
    """The report, in HTML, with its picture inside."""
    drawn = base64.b64encode(picture).decode()
    names = ", ".join(evaluation.name for evaluation in evaluations)
    meanings = "".join(f"<li><b>{name}</b> : {meaning}</li>" for name, meaning in _MEANINGS.items())
    sections = "".join(_section(evaluation, records.get(evaluation.name)) for evaluation in evaluations)
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Mesure de la recherche</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>Mesure de la recherche</h1><p>Le {escape(date)}, sur {escape(names)}. Entre crochets, l'intervalle à "
        "95 % (questions retirées au sort) ; un écart est net quand son intervalle ne contient pas zéro.</p>"
        f"<ul>{meanings}</ul>"
        f'<figure><img src="data:image/png;base64,{drawn}" alt="Chaque mesure avec son intervalle, puis ce que perd '
        'Recall@5 : les valeurs sont dans les tableaux qui suivent"><figcaption>Cercle plein : la mesure et son '
        "intervalle ; cercle vide : les résultats stockés ; trait pointillé : 3 points de perte.</figcaption></figure>"
        f"{sections}</body></html>\n"
    )


def heading(evaluation: Evaluation) -> str:
    return (
        f"{evaluation.name} — {len(evaluation.outcomes)} questions, {len(evaluation.titles)} documents, "
        f"{evaluation.passages} passages, modèle {evaluation.model}"
    )


def decimal(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


def percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def spanned(value: Interval) -> str:
    """Example: Interval(0.5, 0.4, 0.6) -> "0,500 [0,400 ; 0,600]" """
    return f"{decimal(value.mean)} [{decimal(value.low)} ; {decimal(value.high)}]"


def signed(value: Interval) -> str:
    """Example: Interval(-0.01, -0.03, 0.01) -> "−0,010 [−0,030 ; +0,010]" """
    # Rounded and added to, a nought has no sign of its own.
    rounded = (round(one, 3) + 0.0 for one in (value.mean, value.low, value.high))
    mean, low, high = (f"{one:+.3f}".replace(".", ",").replace("-", "−") for one in rounded)
    return f"{mean} [{low} ; {high}]"


def _losses(evaluation: Evaluation) -> Iterator[tuple[str, int, Interval]]:
    """What Recall@5 loses in other words."""
    for variation in evaluation.variations:
        values = variation.values["Recall@5"]
        if lost := difference(values, evaluation.values["Recall@5"]):
            yield variation.label, len(values), lost


def _section(evaluation: Evaluation, record: Record | None) -> str:
    gains = record.differences(evaluation) if record else {}
    changed = (
        "<p>Les questions ont changé depuis les résultats stockés : l'écart porte sur celles qui sont restées.</p>"
        if record and record.digest != evaluation.digest
        else ""
    )
    measures = _table(
        "Mesures",
        ("Mesure", "Valeur", *(("Écart avec les résultats stockés",) if gains else ())),
        (
            (name, spanned(interval(values)), *((_coloured(gains[name]),) if name in gains else ()))
            for name, values in evaluation.values.items()
        ),
    )
    separations = _table(
        "Répondable ou non",
        ("Questions sans réponse", "Nombre", "AUC", "Répondables écartées", "Sans réponse, admises"),
        (
            (escape(one.label), str(one.count), decimal(one.auc), percent(one.refused), percent(one.admitted))
            for one in evaluation.separations
        ),
    )
    losses = _table(
        "La même question posée autrement",
        ("Comment", "Questions", "Écart de Recall@5"),
        ((escape(label), str(count), _coloured(lost)) for label, count, lost in _losses(evaluation)),
    )
    return (
        f"<h2>{escape(heading(evaluation))}</h2>{changed}{measures}{separations}"
        f"{losses if evaluation.variations else ''}{_failures(evaluation)}"
    )


def _failures(evaluation: Evaluation) -> str:
    if not evaluation.failures:
        return "<p>Aucune question en échec : un bon document est toujours parmi les trois premiers.</p>"
    items = "".join(f"<li>{_failure(evaluation.titles, outcome)}</li>" for outcome in evaluation.failures)
    return (
        f"<details open><summary>{len(evaluation.failures)} questions en échec : aucun bon document parmi les trois "
        f"premiers</summary><ol>{items}</ol></details>"
    )


def _failure(titles: Mapping[str, str], outcome: Outcome) -> str:
    wanted = " ; ".join(_named(titles, outcome.question.relevant))
    found = " ; ".join(_named(titles, outcome.ranking[:3])) or "rien"
    place = f"au rang {outcome.rank}" if outcome.rank else "introuvable"
    return (
        f"<b>{escape(outcome.question.text)}</b> <small>{escape(outcome.question.id)}</small><br>"
        f"Attendu, {place} : {wanted}<br>Trouvé : {found}"
    )


def _named(titles: Mapping[str, str], ids: Iterable[str]) -> list[str]:
    return [f"{escape(titles[id])} <small>{escape(id)}</small>" for id in ids]


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first cell of a row names it; all cells are HTML already."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f'<td class="number">{cell}</td>' for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide" tabindex="0"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _coloured(value: Interval) -> str:
    """Words as well as colour say whether a difference is clear."""
    if not value.is_clear:
        return f"{signed(value)} (pas net)"
    kind, word = ("gain", "mieux") if value.mean > 0 else ("loss", "moins bien")
    return f'<span class="{kind}">{signed(value)} ({word})</span>'
