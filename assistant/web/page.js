// What Gradio leaves undone: French everywhere, marks that lead to their source, text that can be pasted elsewhere.
(() => {
  "use strict";

  // Gradio takes its language from the browser.
  Object.defineProperty(navigator, "language", { get: () => "fr" });

  // It adds .dark to the body once started; until then the page would flash white.
  const wish = new URLSearchParams(location.search).get("__theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shade = () => document.documentElement.classList.toggle("dark", wish ? wish === "dark" : dark.matches);
  dark.addEventListener("change", shade);
  shade();

  // What it says in English whatever the language.
  const FRENCH = new Map([
    ["chatbot conversation", "Conversation"],
    ["Scroll down", "Aller à la fin"],
    ["Connection Lost", "Connexion perdue"],
    [
      "Connection to the server was lost. Attempting reconnection...",
      "L'assistant ne répond plus : la page se rechargera dès qu'il sera de nouveau joignable.",
    ],
    ["Error", "Erreur"],
    ["Warning", "Attention"],
    ["Info", "Information"],
    ["Close", "Fermer"],
    ["processing |", "en cours"],
    ["undo", ""],
  ]);
  const PATTERNS = [
    [/^user's message: [^]*/, "Votre question"],
    [/^bot's message: [^]*/, "Réponse de l'assistant"],
    [/^Select example \d+: /, ""],
    [/^queue: (\d+)\/(\d*) \|$/, "file d'attente : $1 sur $2"],
    [/^Queue is full[^]*/, "Trop de questions à la fois : réessayez dans un instant."],
    [/^This application is currently busy[^]*/, "Trop de questions à la fois : réessayez dans un instant."],
  ];
  const inFrench = (words) => {
    const bare = words.trim();
    if (FRENCH.has(bare)) return FRENCH.get(bare);
    const found = PATTERNS.find(([english]) => english.test(bare));
    return found ? bare.replace(...found) : null;
  };

  const narrow = matchMedia("(max-width: 768px)");
  const mendText = (node) => {
    // Words of a person or of a source are nobody's label.
    if (node.parentElement?.closest(".prose, textarea, script, style")) return;
    const french = inFrench(node.data);
    if (french !== null && french !== node.data) node.data = french;
  };
  // Setting what is already set would be one more change to look at, without end.
  const set = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const mendLabels = (element) => {
    for (const name of ["aria-label", "title", "alt"]) {
      const words = element.getAttribute(name);
      const french = words && inFrench(words);
      if (french === "") element.removeAttribute(name);
      else if (french) set(element, name, french);
    }
    if (element.matches("[data-testid=user], [data-testid=bot]")) set(element, "role", "group");
    // A region that scrolls must be reached from the keyboard.
    if (element.matches("[role=log], #sources")) set(element, "tabindex", "0");
    // A list of buttons is no list.
    if (element.matches("#chat .examples")) {
      set(element, "role", "group");
      set(element, "aria-label", "Questions suggérées");
    }
    if (element.matches("button svg")) set(element, "aria-hidden", "true");
    // Under the chat, sources are titles until they are asked for.
    if (element.matches("#sources .source > details") && narrow.matches) element.open = false;
    // Its <label> holds the button too.
    if (element.matches("#question textarea")) set(element, "aria-label", "Votre question");
  };
  const mend = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return mendText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) mendText(node);
      else mendLabels(node);
    }
  };

  // A new question goes to the top and stays there while it is answered: the answer is read from its first line.
  let asked = 0;
  let held = null;
  const follow = () => {
    const questions = document.querySelectorAll("#chat [data-testid=user]");
    if (questions.length > asked) held = questions[questions.length - 1];
    asked = questions.length;
    if (!held?.isConnected) return;
    requestAnimationFrame(() => {
      const log = held?.closest("[role=log]");
      if (!log) return;
      const top = held.getBoundingClientRect().top;
      if (narrow.matches) scrollBy({ top: top - 12, behavior: "instant" });
      else log.scrollTop += top - log.getBoundingClientRect().top - 12;
    });
  };
  for (const gesture of ["wheel", "touchmove", "keydown", "pointerdown"])
    document.addEventListener(gesture, () => (held = null), { capture: true, passive: true });

  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(mend);
      else if (type === "attributes") mendLabels(target);
      else mendText(target);
    }
    follow();
  }).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["aria-label", "title", "alt"],
  });

  // Opens what hides the card, and the card.
  const unfold = (card) => {
    const folded = [card.closest("details:not([open])"), ...card.querySelectorAll("details:not([open])")].filter(Boolean);
    for (const one of folded) one.open = true;
    return folded;
  };
  // What is folded would be missing from the paper.
  let unfolded = [];
  addEventListener("beforeprint", () => (unfolded = [...document.querySelectorAll("#sources .source")].flatMap(unfold)));
  addEventListener("afterprint", () => unfolded.splice(0).forEach((one) => (one.open = false)));

  // [1] leads to its card and the card back to the mark, without touching the address: the page's <base> would
  // make a navigation of it, and the conversation would be lost.
  let left = null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    const href = link.getAttribute("href");
    const mark = href.replace("#marque-", "#source-");
    const marks = [...document.querySelectorAll("#chat a")].filter((one) => one.getAttribute("href") === mark);
    const back = href.startsWith("#marque-");
    const goal = back ? (marks.includes(left) ? left : marks[0]) : document.getElementById(href.slice(1));
    if (!back) left = link;
    if (!goal) return;
    unfold(goal);
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    const panel = goal.closest("#sources");
    goal.focus({ preventScroll: true });
    // Beside the chat only the panel moves; under it, the page.
    if (panel && panel.scrollHeight > panel.clientHeight)
      panel.scrollTo({ top: panel.scrollTop + goal.getBoundingClientRect().top - panel.getBoundingClientRect().top - 4, behavior });
    else goal.scrollIntoView({ block: back ? "center" : "start", behavior });
  });

  // What is copied is what is read, with its sources; Gradio would copy Markdown.
  let copied = null;
  const words = (element) =>
    [...element.querySelectorAll(".prose > *")]
      .map((block) =>
        block.matches("ul") ? [...block.children].map((item) => `- ${item.innerText.trim()}`).join("\n") : block.innerText,
      )
      .join("\n\n");
  const sources = (element) => {
    const ids = new Set([...element.querySelectorAll('a[href^="#source-"]')].map((a) => a.getAttribute("href").slice(1)));
    const cards = [...ids].map((id) => document.getElementById(id)).filter(Boolean);
    const lines = cards.map((card) => {
      // Words that are folded have no lines.
      const folded = unfold(card);
      const origins = [...card.querySelectorAll(".origins li")].map((item) => {
        const address = item.querySelector("a[href]")?.href;
        return `  ${item.innerText.trim()}${address ? ` (${address})` : ""}`;
      });
      const quote = card.querySelector("mark")?.innerText.trim().replace(/\s*\n\s*/g, "\n  ");
      for (const one of folded) one.open = false;
      return [card.querySelector("h4").innerText, ...(quote ? [`  « ${quote} »`] : []), ...origins].join("\n");
    });
    return lines.length ? `\n\nSources :\n${lines.join("\n")}` : "";
  };
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.("#chat .message-buttons button");
      const row = button?.closest(".message-buttons").previousElementSibling;
      const message = row?.querySelector("[data-testid=user], [data-testid=bot]");
      copied = message ? words(message) + sources(message) : null;
    },
    true,
  );
  if (navigator.clipboard) {
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    navigator.clipboard.writeText = (text) => write(copied ?? text);
  }
  document.addEventListener("copy", (event) => {
    if (copied === null || !document.activeElement?.matches("textarea:not([data-testid])")) return;
    event.clipboardData.setData("text/plain", copied);
    event.preventDefault();
  });
})();
