"""
Measures what a reader's browser waits for: the page and the widget side by side, each in a new profile.

    python -m benchmarks.web [--base DOSSIER] [--rounds 5]

Prints a Markdown table (medians). Needs an ingested base and Chromium.
"""

import argparse
import shutil
import socket
import statistics
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import sync_playwright

from assistant import Assistant
from assistant.web.serving import SERVER, build_app
from knowledge import KnowledgeBase, KnowledgeSettings

QUESTION = "Quelles sont les conditions de la co-construction ?"
Figures = dict[str, float]
# Notes when there is first something to write in or to click.
WATCH = """(function look() {
    if (document.querySelector('rtes-assistant')?.shadowRoot || document.querySelector('#question textarea'))
        window.usable = performance.now();
    else setTimeout(look, 1);
})()"""
USABLE = """() => { const ends = performance.getEntriesByType('resource').map(e => e.responseEnd);
    return [window.usable, window.usable - Math.max(...ends.filter(end => end <= window.usable))] }"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, default=KnowledgeSettings().base)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium n'est pas installé : `make chromium` l'installe.")
    assistant = Assistant(KnowledgeBase.open(arguments.base).retriever())
    assistant.warm_up()
    address = serve(build_app(assistant))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        measured: dict[str, list[Figures]] = {"la page": [], "le widget": []}
        for _ in range(arguments.rounds):
            measured["la page"].append(visit(browser, f"{address}/chat/", ready_page, ask_page))
            measured["le widget"].append(visit(browser, f"{address}/demo", ready_widget, ask_widget))
        browser.close()
    show(measured)


def serve(app: Any) -> str:
    """The address of the application, served by a thread of this process."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", **SERVER))
    threading.Thread(target=server.run, args=([listener],), daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def visit(browser: Any, address: str, ready: Callable[[Any], None], ask: Callable[[Any], None]) -> Figures:
    """What is fetched, and the milliseconds to something to use and to an answer."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(WATCH)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Performance.enable")
    fetched: list[float] = []
    network.on("Network.loadingFinished", lambda event: fetched.append(event["encodedDataLength"]))
    page.goto(address, wait_until="commit")
    ready(page)
    usable, since = page.evaluate(USABLE)
    requests, weight = len(fetched), sum(fetched) / 1000
    start = page.evaluate("performance.now()")
    ask(page)
    figures = {
        "requêtes avant la question": requests,
        "ko avant la question": weight,
        "ms avant de pouvoir s'en servir": usable,
        "dont, après le dernier octet": since,
        "ms de l'envoi à la réponse": page.evaluate("performance.now()") - start,
        "requêtes en tout": len(fetched),
        "ko en tout": sum(fetched) / 1000,
        "ms de script en tout": 1000 * metric(network, "ScriptDuration"),
    }
    context.close()
    return figures


def metric(network: Any, name: str) -> float:
    found = {one["name"]: one["value"] for one in network.send("Performance.getMetrics")["metrics"]}
    return float(found[name])


def ready_page(page: Any) -> None:
    page.get_by_role("textbox", name="Votre question").wait_for()


def ask_page(page: Any) -> None:
    page.get_by_role("textbox", name="Votre question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_test_id("bot").wait_for()


def ready_widget(page: Any) -> None:
    page.get_by_role("button", name="Une question ?").wait_for()


def ask_widget(page: Any) -> None:
    """The dialog is opened first: that is part of the wait."""
    page.get_by_role("button", name="Une question ?").click()
    page.get_by_label("Votre question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".kept").wait_for()


def show(measured: dict[str, list[Figures]]) -> None:
    names = list(measured)
    print(f"| mesure | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for figure in measured[names[0]][0]:
        medians = (statistics.median(one[figure] for one in measured[name]) for name in names)
        print(f"| {figure} | {' | '.join(f'{median:.0f}' for median in medians)} |")


if __name__ == "__main__":
    main()
