"""Adapter: the Gradio chat page and its sources panel."""

import logging
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from anyio import to_thread

from knowledge import KnowledgeError

from ..errors import AssistantError, BadQuestion
from ..rendering import Turn, chat_markdown, exports_html, literal, panel_html, shortened, typeset
from .hosting import open_gradio
from .measuring import Answerer
from .records import Records, Turns

TITLE = "Assistant de la co-construction"
NOTICE = (
    "**Réponses composées par un système automatique, à vérifier** : ouvrez la source de chaque phrase avant de "
    "vous en servir. Ne saisissez pas de données personnelles ([confidentialité](../confidentialite)).\n\n"
    f"# {TITLE}"
)
SUGGESTIONS = (
    "Quelles sont les conditions de la co-construction ?",
    "Quels sont les freins et comment les lever ?",
    "Subvention ou marché public : comment choisir ?",
    "Combien de maires pensent que les alliances sont source d'innovation ?",
)
THANKS = "Avis noté : réponse {}. Un commentaire (facultatif ; ni nom, ni coordonnées)"
UNNOTED = "L'avis n'a pas pu être noté : réessayez dans un instant, ou donnez un commentaire"
NOTED = "Merci, votre commentaire est noté. En envoyer un autre le remplace"
STOPPED = "Réponse arrêtée à votre demande."
CLEAR = "Effacer la conversation"
BRING_BACK = "Annuler l'effacement"
_BROKEN = "La réponse n'a pas pu être composée : posez la question autrement, ou signalez-le à qui tient cette page."
# Answers made at the same time, and questions that wait for their turn: beyond, the page asks to try again.
_AT_ONCE = 8
_WAITING = 64
_LONGEST_COMMENT = 1000


def build_page(assistant: Answerer, records: Records) -> Any:
    """
    The Blocks to mount. Nothing in it is fetched from elsewhere.

    The conversation is kept on the server, as turns; the page shows it and never gives it back.
    """
    gradio = open_gradio()
    ready = {"submit_btn": "Envoyer", "stop_btn": False}
    waiting = {"submit_btn": False, "stop_btn": "Arrêter"}

    def offered(turns: Turns, visit: str = "") -> tuple[Any, ...]:
        """The links that take the conversation away, no opinion asked for yet, and what is new of the visit."""
        code = next((turn.conversation for turn in reversed(turns) if turn.is_kept), "")
        return (
            exports_html(records.hold(turns)) + _code_html(code),
            gradio.update(visible=False),
            None,
            visit or gradio.skip(),
        )

    def clearable(turns: Turns, cleared: Turns = ()) -> tuple[Any, Turns]:
        """The button that clears the conversation, or brings back the one that was."""
        return gradio.update(value=BRING_BACK if cleared else CLEAR, visible=bool(turns or cleared)), cleared

    def ended(turns: Turns, cleared: Turns = (), typed: str | None = None) -> tuple[Any, ...]:
        """The whole page, ready for a question, of which what is `typed` is a part."""
        value = {} if typed is None else {"value": typed}
        return gradio.update(**ready, **value), *_shown(turns), *offered(turns), *clearable(turns, cleared)

    async def respond(question: str, turns: Turns, visit: str) -> AsyncIterator[tuple[Any, ...]]:
        latest = (*(turn for turn in turns if not turn.is_rejected), Turn(question))
        visit = visit or secrets.token_urlsafe(16)
        yield gradio.update(value="", **waiting), *_shown(latest), *offered((), visit), *clearable(latest)
        async for better in _apart(_answered(assistant, records, latest, visit)):
            latest = better
            yield gradio.skip(), *_shown(latest), *(gradio.skip() for _ in range(6))
        # What cannot be taken as it is goes back to its author.
        yield ended(latest, typed=question if latest[-1].is_rejected else None)

    async def suggest(turns: Turns, visit: str, chosen: gradio.SelectData) -> AsyncIterator[tuple[Any, ...]]:  # type: ignore[name-defined]
        question = chosen.value["text"] if isinstance(chosen.value, dict) else chosen.value
        async for step in respond(str(question), turns, visit):
            yield step

    async def retry(turns: Turns, visit: str) -> AsyncIterator[tuple[Any, ...]]:
        for turn in turns[-1:]:
            async for step in respond(turn.question, turns[:-1], visit):
                yield step

    def undo(turns: Turns) -> tuple[Any, ...]:
        return ended(turns[:-1], typed=turns[-1].question if turns else "")

    def stop(turns: Turns) -> tuple[Any, ...]:
        return ended(_stopped(turns))

    def clear(turns: Turns, cleared: Turns) -> tuple[Any, ...]:
        """One touch clears and the next one undoes it: nothing is lost before another question is asked."""
        return ended(cleared) if cleared else ended((), _stopped(turns))

    def judge(turns: Turns, given: gradio.LikeData) -> tuple[Any, ...]:  # type: ignore[name-defined]
        turn = _turn_at(turns, given.index if isinstance(given.index, int) else given.index[0])
        if turn is None or not isinstance(given.liked, bool):
            return gradio.skip(), gradio.skip()
        noted = records.judge(turn, given.liked)
        label = THANKS.format("utile" if given.liked else "peu utile") if noted else UNNOTED
        return gradio.update(value="", label=label, visible=True), (turn, given.liked)

    def comment(words: str, judged: tuple[Turn, bool] | None) -> Any:
        if judged and not records.judge(*judged, words[:_LONGEST_COMMENT]):
            return gradio.update(label=UNNOTED, visible=True)
        return gradio.update(value="", label=NOTED, visible=True)

    with gradio.Blocks(title=TITLE, analytics_enabled=False) as page:
        turns, judged, cleared = gradio.State(()), gradio.State(None), gradio.State(())
        # A secret of the page that is open: what is kept of it has one code, which it makes.
        visit = gradio.State("")
        gradio.Markdown(NOTICE, elem_id="notice")
        with gradio.Row(equal_height=False):
            with gradio.Column(scale=3, min_width=320):
                chat = gradio.Chatbot(
                    label="Conversation",
                    show_label=False,
                    elem_id="chat",
                    buttons=["copy"],
                    allow_tags=False,
                    latex_delimiters=[],
                    autoscroll=False,
                    placeholder="Posez une question sur la co-construction des politiques publiques.",
                    examples=[{"text": question, "display_text": typeset(question)} for question in SUGGESTIONS],
                )
                remark = gradio.Textbox(elem_id="remark", visible=False, max_lines=4, submit_btn="Envoyer l'avis")
                box = gradio.Textbox(label="Votre question", elem_id="question", max_lines=8, **ready)
                with gradio.Row(equal_height=False):
                    exports = gradio.Markdown("", elem_id="exports")
                    eraser = gradio.Button(CLEAR, elem_id="clear", visible=False)
            with gradio.Column(scale=2, min_width=320):
                gradio.Markdown("## Sources")
                panel = gradio.Markdown(_shown(())[1], elem_id="sources", latex_delimiters=[])
        shared = {
            "outputs": [box, chat, panel, turns, exports, remark, judged, visit, eraser, cleared],
            "api_visibility": "private",
            "show_progress_on": chat,
        }
        slow = {**shared, "concurrency_id": "answers", "concurrency_limit": _AT_ONCE}
        running = [
            box.submit(respond, [box, turns, visit], **slow),
            chat.example_select(suggest, [turns, visit], **slow),
            chat.option_select(suggest, [turns, visit], **slow),
            chat.retry(retry, [turns, visit], **slow),
        ]
        box.stop(stop, turns, cancels=running, **shared)
        chat.undo(undo, turns, cancels=running, **shared)
        eraser.click(clear, [turns, cleared], cancels=running, **shared)
        if records.opinions is not None:
            own = {"api_visibility": "private", "show_progress": "hidden"}
            chat.like(judge, turns, [remark, judged], **own)
            remark.submit(comment, [remark, judged], remark, **own)
    page.queue(default_concurrency_limit=_AT_ONCE, max_size=_WAITING, api_open=False)
    return page


def _code_html(code: str) -> str:
    """What the conversation is kept under, "" where it is not."""
    said = "voyez ou effacez ce qui en est gardé"
    link = f'<a href="../confidentialite" target="_blank" rel="noopener">{said}</a>'
    return f'<p class="code">Code de cette conversation : <code>{code}</code>. Avec lui, {link}.</p>' if code else ""


def head() -> str:
    """What the page's <head> starts with: its look, and what Gradio leaves undone."""
    here = Path(__file__).parent
    style, layout, script = ((here / name).read_text() for name in ("theme.css", "page.css", "page.js"))
    return f'<link rel="icon" href="data:,"><style>{style}\n{layout}</style><script>{script}</script>'


async def _apart(steps: Iterator[Turns]) -> AsyncIterator[Turns]:
    """The steps, each waited for in a thread that is left behind when nobody waits any more: a stop is felt at once."""
    while (step := await to_thread.run_sync(next, steps, None, abandon_on_cancel=True)) is not None:
        yield step


def _answered(assistant: Answerer, records: Records, turns: Turns, visit: str) -> Iterator[Turns]:
    """The conversation with its last question answered, better and better; at the end, with what to ask next."""
    *before, last = turns
    earlier = [turn.question for turn in before]
    try:
        for answer in assistant.stream(last.question, earlier):
            last = Turn(last.question, answer)
            yield *before, last
        last = records.kept(last, visit, earlier)
        yield *before, last
        yield *before, _followed(assistant, last)
    except BadQuestion as error:
        yield *before, Turn(last.question, problem=str(error), is_rejected=True)
    except (AssistantError, KnowledgeError) as error:
        yield *before, Turn(last.question, problem=str(error))
    except Exception:
        # A person waits for it: they are told, and the traceback goes to the log.
        logging.getLogger(__name__).exception("a question could not be answered")
        yield *before, Turn(last.question, problem=_BROKEN)


def _stopped(turns: Turns) -> Turns:
    """The conversation without the end of an answer that was being made; one that is complete only lacks suggestions."""
    stopped = (turn if turn.code or turn.problem else replace(turn, problem=STOPPED) for turn in turns[-1:])
    return *turns[:-1], *stopped


def _followed(assistant: Answerer, turn: Turn) -> Turn:
    """The turn with what to ask next; an answer that is there is not lost for want of it."""
    try:
        return turn if turn.answer is None else replace(turn, answer=assistant.followed(turn.answer))
    except KnowledgeError:
        return turn


def _turn_at(turns: Turns, message: int) -> Turn | None:
    """The turn that the chat's message belongs to."""
    of_messages = [turn for at, turn in enumerate(turns, 1) for _ in _messages(turn, at)]
    return of_messages[message] if 0 <= message < len(of_messages) else None


def _shown(turns: Turns) -> tuple[list[dict[str, Any]], str, Turns]:
    """The chat's messages, the panel, and the turns to keep."""
    messages = [message for at, turn in enumerate(turns, 1) for message in _messages(turn, at)]
    return messages, panel_html(turns, date.today().year), turns


def _messages(turn: Turn, at: int) -> Iterator[dict[str, Any]]:
    if question := turn.question.strip():
        yield {"role": "user", "content": literal(shortened(question) if turn.is_rejected else question)}
    said = [chat_markdown(turn.answer, at)] if turn.answer else []
    if turn.problem:
        said.append(literal(turn.problem))
    if said:
        suggestions = turn.answer.suggestions if turn.answer else ()
        options = [{"value": question, "label": typeset(question)} for question in suggestions]
        yield {"role": "assistant", "content": "\n\n".join(said), "options": options}
