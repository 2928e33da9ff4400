// The assistant on any site: <script src="…/widget.js" defer></script>. One element in a shadow tree; nothing is
// fetched before it is opened, nothing is kept in the browser unless data-remember asks for it, and every word of the
// server is text, never markup.
(() => {
  "use strict";
  if (customElements.get("rtes-assistant")) return;

  const SCRIPT = document.currentScript;
  const SERVER = new URL("api/", SCRIPT.src);
  const PRIVACY = new URL("confidentialite", SCRIPT.src);
  // The server puts the sheet here.
  const SHEET = new CSSStyleSheet();
  SHEET.replaceSync("widget.css");

  // Milliseconds: without a sign of life (the server gives one every 15 s), and before the wait is owned up to.
  const SILENCE = 40000;
  const PATIENCE = 8000;
  // Before what was said is asked for again, where that failed in passing.
  const AGAIN = [1000, 3000];
  const KEY = "rtes-assistant";
  const AWAY =
    "L'assistant n'est pas joignable pour le moment. Réessayez dans un instant ; pour une question pressante, écrivez " +
    "au RTES : www.rtes.fr.";
  const CUT = "La connexion a été coupée avant la fin de la réponse : ce qui précède est incomplet.";
  const SLOW = "L'assistant met trop de temps à répondre. Réessayez dans un instant.";
  const STOPPED = "Réponse arrêtée à votre demande.";
  const UNTOLD = "La conversation n'est pas effacée du serveur. Effacez-la à la page Confidentialité : code ";
  const WRITTEN = "Texte rédigé par un modèle de langue, puis confronté aux sources phrase par phrase.";
  const NOTICE =
    "Réponses composées par un système automatique, à vérifier : ouvrez la source de chaque phrase. Ne saisissez pas de " +
    "données personnelles.";

  // An element: properties, attributes and listeners (on…) together; strings become text.
  const make = (tag, given = {}, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name in element) element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...inside.flat().filter((one) => one !== null && one !== ""));
    return element;
  };
  const button = (words, onclick, given = {}) => make("button", { type: "button", onclick, ...given }, words);
  // No line starts with the mark that French sets apart from its word.
  const typeset = (text) => text.replace(/ ([?!:;»%€])/g, "\u00a0$1").replace(/« /g, "«\u00a0");
  // The words of a source, a bullet for the dash that begins a line.
  const lines = (text) =>
    text.split(/^([-*•–—] )/m).map((words, at) => (at % 2 ? make("span", { className: "bullet" }, words) : words));
  // A link, or the words alone for an address that is not of the web.
  const link = (address, words) => {
    if (!/^https?:\/\//i.test(address)) return words;
    const aside = make("span", { className: "unseen" }, " (nouvel onglet)");
    return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words, aside);
  };
  const icon = (path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };
  const SPEECH = "M4 5h16v11H10l-4 4v-4H4z";
  const CROSS = "M6 6l12 12M18 6L6 18";
  const BIN = "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13";

  // What the server says, as it comes: bytes cut anywhere, even inside a character, make the same events.
  class Events {
    #decoder = new TextDecoder();
    #rest = "";
    #name = "";
    #data = [];

    // The events that these bytes complete: [name, text] each.
    read(bytes) {
      // A \r at the very end may be half of an end of line.
      const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r(?=[^])/);
      this.#rest = lines.pop();
      return lines.map((line) => this.#take(line)).filter(Boolean);
    }

    #take(line) {
      if (line === "") {
        const event = this.#data.length ? [this.#name || "message", this.#data.join("\n")] : null;
        this.#name = "";
        this.#data = [];
        return event;
      }
      const [, field, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
      if (field === "event") this.#name = value ?? "";
      if (field === "data") this.#data.push(value ?? "");
      return null;
    }
  }

  // What can be told to a person, and whether asking again may help.
  class Trouble extends Error {
    constructor(sentence, { status = 0 } = {}) {
      super(sentence);
      this.status = status;
      this.mayRetry = ![403, 413, 422].includes(status);
    }
  }

  class Server {
    #token = "";
    #remembers;

    constructor(remembers) {
      this.#remembers = remembers;
      if (remembers) this.#token = stored() ?? "";
    }

    get isKnown() {
      return this.#token !== "";
    }

    // What one starts from, and a session with it where there is none: a question may have opened one meanwhile.
    async open() {
      const opened = await (await this.#call("POST", "session", {})).json();
      if (!this.isKnown) this.#hold(opened.token);
      return opened;
    }

    // What was said on the page before; nothing where that session has ended. Nothing else ends it.
    async earlier() {
      const said = await this.#again(() => this.isKnown && this.#inSession("GET", "conversation"));
      return said ? said.json() : { exchanges: [], code: "", takes_feedback: false };
    }

    // The session that is left for another, or for none.
    swap(token = "") {
      const left = this.#token;
      this.#hold(token);
      return left;
    }

    // The server is told, be it while the page goes away.
    forget(token) {
      return this.#again(() => token && this.#call("DELETE", "conversation", undefined, undefined, token));
    }

    // What may have failed in passing is asked for again; null where the session has ended.
    async #again(call) {
      for (const wait of [...AGAIN, 0]) {
        try {
          return await call();
        } catch (error) {
          if (error.status === 401) return null;
          if (!wait || !error.mayRetry) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }

    judge(verdict) {
      return this.#call("POST", "feedback", verdict);
    }

    // The events of an answer; `begun` is called when the server has taken the question.
    async *ask(asked, signal, begun) {
      const silence = new AbortController();
      const abort = () => silence.abort();
      signal.addEventListener("abort", abort);
      let timer = 0;
      const live = () => {
        clearTimeout(timer);
        timer = setTimeout(abort, SILENCE);
      };
      live();
      try {
        const response = await this.#renewed("ask", asked, silence.signal);
        begun();
        const events = new Events();
        const reader = response.body.getReader();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          live();
          yield* events.read(value);
        }
      } catch (error) {
        if (silence.signal.aborted && !signal.aborted) throw new Trouble(SLOW);
        throw error;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
      }
    }

    // A session that has ended is replaced by another, once.
    async #renewed(path, body, signal) {
      try {
        if (this.isKnown) return await this.#inSession("POST", path, body, signal);
      } catch (error) {
        if (error.status !== 401) throw error;
      }
      await this.open();
      return this.#call("POST", path, body, signal);
    }

    #hold(token) {
      this.#token = token;
      if (this.#remembers) stored(token);
    }

    // A session that the server does not know is held no more.
    async #inSession(method, path, body, signal) {
      const token = this.#token;
      try {
        return await this.#call(method, path, body, signal);
      } catch (error) {
        if (error.status === 401 && this.#token === token) this.#hold("");
        throw error;
      }
    }

    async #call(method, path, body, signal = AbortSignal.timeout(SILENCE), token = this.#token) {
      const headers = {};
      if (body) headers["content-type"] = "application/json";
      if (token && path !== "session") headers.authorization = `Bearer ${token}`;
      const wanted = { method, headers, signal, mode: "cors", credentials: "omit", cache: "no-store" };
      wanted.keepalive = method === "DELETE";
      if (body) wanted.body = JSON.stringify(body);
      let response;
      try {
        response = await fetch(new URL(path, SERVER), wanted);
      } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new Trouble(AWAY);
      }
      if (response.ok) return response;
      const said = await response.json().catch(() => ({}));
      // A server in front of ours speaks its own language.
      throw new Trouble(typeof said.detail === "string" ? said.detail : AWAY, { status: response.status });
    }
  }

  // The token kept for the next page of the same tab; storage may be forbidden.
  const stored = (token) => {
    try {
      if (token !== undefined) sessionStorage.setItem(KEY, token);
      return sessionStorage.getItem(KEY);
    } catch {
      return null;
    }
  };

  const emptyLog = () => make("div", { role: "log", "aria-label": "Conversation" });

  // Black or white, whichever is read best on a colour.
  const readable = (colour) => {
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map((level) => {
      const share = level / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
  };

  class Assistant extends HTMLElement {
    static Events = Events;

    #root = null;
    #server = null;
    #dialog = null;
    #running = null;
    #left = null;
    #held = null;
    #takesFeedback = false;
    #code = "";
    #cleared = null;
    #parts = {};

    connectedCallback() {
      if (this.#root) return;
      const shadow = this.attachShadow({ mode: "open" });
      shadow.adoptedStyleSheets = [SHEET];
      const { position, color, title = "Assistant de la co-construction" } = this.dataset;
      const side = position === "left" ? " left" : "";
      this.#root = make("section", { className: `assistant${side}`, lang: "fr", "aria-label": title });
      this.#parts.bubble = button([icon(SPEECH), make("span", {}, "Une question ?")], () => this.open(), {
        className: "bubble",
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
      });
      this.#root.append(this.#parts.bubble);
      if (color && CSS.supports("color", color)) {
        this.#root.style.setProperty("--brand", color);
        this.#root.style.setProperty("--on-brand", readable(color));
      }
      this.#shade();
      shadow.append(this.#root);
    }

    open() {
      if (!this.#dialog) this.#build();
      if (this.#dialog.open) return;
      this.#dialog.showModal();
      this.#parts.bubble.setAttribute("aria-expanded", "true");
      // On a touch screen the keyboard would hide what is to be read first.
      const touch = matchMedia("(pointer: coarse)").matches;
      (touch ? this.#parts.title : this.#parts.box).focus({ preventScroll: true });
    }

    close() {
      this.#dialog?.close();
    }

    // Light or dark as the reader, or the site, wishes.
    #shade() {
      const wish = this.dataset.theme;
      const dark = matchMedia("(prefers-color-scheme: dark)");
      const shade = () => this.#root.classList.toggle("dark", wish ? wish === "dark" : dark.matches);
      dark.addEventListener("change", shade);
      shade();
    }

    #build() {
      const { title = "Assistant de la co-construction", greeting, remember } = this.dataset;
      this.#server = new Server(remember !== undefined);
      const parts = this.#parts;
      parts.title = make("h2", { id: "title", tabIndex: -1 }, title);
      parts.greeting = make("p", {}, greeting ?? "Posez une question sur la co-construction des politiques publiques.");
      parts.ideas = make("div", { className: "choices" });
      const undo = button("Annuler l'effacement", () => this.#bringBack(), { className: "choice" });
      parts.undo = make("div", { className: "choices", hidden: true }, undo);
      parts.welcome = make("div", { className: "welcome" }, parts.undo, parts.greeting, parts.ideas);
      parts.log = emptyLog();
      // What is still being written stands outside the log: the log announces whole answers.
      parts.draft = make("div", { className: "draft" });
      parts.talk = make("div", { className: "talk", tabIndex: 0, role: "group", "aria-label": "Questions et réponses" });
      parts.talk.append(parts.welcome, parts.log, parts.draft);
      parts.source = make("section", { className: "source", hidden: true, tabIndex: -1, "aria-labelledby": "source" });
      parts.status = make("p", { className: "status", role: "status" });
      parts.box = make("textarea", { id: "box", rows: 2, maxLength: 2000, onkeydown: (event) => this.#typed(event) });
      parts.send = make("button", { type: "submit", className: "send" }, "Envoyer");
      parts.stop = button("Arrêter", () => this.#stop(), { className: "send", hidden: true });
      const form = make("form", { onsubmit: (event) => (event.preventDefault(), this.#submit()) });
      form.append(make("label", { htmlFor: "box" }, "Votre question"), parts.box, parts.send, parts.stop);
      const named = (words) => ({ className: "tool", "aria-label": words, title: words });
      parts.bin = button(icon(BIN), () => this.#clear(), named("Effacer la conversation"));
      const cross = button(icon(CROSS), () => this.close(), named("Fermer"));
      parts.privacy = make("p", { className: "privacy" });
      this.#dialog = make("dialog", {
        "aria-labelledby": "title",
        "aria-describedby": "notice",
        onkeydown: (event) => this.#pressed(event),
        onclose: () => this.#closed(),
      });
      this.#dialog.append(
        make("header", {}, parts.title, parts.bin, cross),
        make("p", { className: "notice", id: "notice" }, typeset(NOTICE)),
        make("div", { className: "columns" }, parts.talk, parts.source),
        parts.status,
        form,
        parts.privacy,
      );
      this.#tellKept("");
      for (const gesture of ["wheel", "touchmove", "keydown", "pointerdown"])
        parts.talk.addEventListener(gesture, () => (this.#held = null), { passive: true });
      document.addEventListener("visibilitychange", () => document.hidden && this.#forget());
      this.#root.append(this.#dialog);
      this.#greet();
    }

    // A session, the suggestions, and what was said on the page before.
    async #greet() {
      const { ideas, log, welcome } = this.#parts;
      ideas.replaceChildren();
      try {
        const said = await this.#server.earlier();
        // It was cleared meanwhile.
        if (!log.isConnected) return;
        const earlier = said.exchanges;
        const known = earlier.length > 0;
        this.#tellKept(said.code);
        const opened = known ? { ...said, suggestions: [] } : await this.#server.open();
        this.#takesFeedback = opened.takes_feedback;
        ideas.replaceChildren(...this.#choices(opened.suggestions));
        // What was asked meanwhile is among it.
        if (!known || log.hasChildNodes()) return;
        welcome.hidden = true;
        for (const { id, question, answer, problem } of earlier) {
          this.#asked(question);
          this.#keep(question, answer, problem, { id, begun: true });
        }
      } catch (error) {
        const again = button("Réessayer", () => this.#greet(), { className: "choice" });
        ideas.replaceChildren(make("p", { className: "problem", role: "alert" }, sentence(error)), again);
      }
    }

    // What is kept of the conversation has a code, with which it can be read and erased.
    #tellKept(code) {
      this.#code = code;
      const { privacy } = this.#parts;
      const aside = make("span", { className: "unseen" }, " (nouvel onglet)");
      privacy.replaceChildren(
        make("a", { href: PRIVACY.href, target: "_blank", rel: "noopener noreferrer" }, "Confidentialité", aside),
      );
      if (!code) return;
      const whole = make("span", { className: "unseen" }, " de cette conversation");
      const taken = () => {
        copy.textContent = "Copié";
        copy.setAttribute("aria-label", "Code copié");
      };
      const take = () => navigator.clipboard?.writeText(code).then(taken, () => {});
      const copy = button("Copier", take, { "aria-label": "Copier le code de cette conversation" });
      privacy.append(" · Code", whole, " : ", make("span", { className: "code" }, code), " ", copy);
    }

    #closed() {
      this.#parts.bubble.setAttribute("aria-expanded", "false");
      this.#parts.bubble.focus({ preventScroll: true });
      this.#forget();
    }

    // Escape leaves the source first; Tab goes round inside.
    #pressed(event) {
      if (event.key === "Escape" && !this.#parts.source.hidden) {
        event.preventDefault();
        this.#back();
      }
      if (event.key !== "Tab") return;
      const stops = [...this.#dialog.querySelectorAll("button, textarea, a[href], [tabindex='0']")];
      const shown = stops.filter((one) => one.getClientRects().length);
      const [first, last] = [shown[0], shown[shown.length - 1]];
      const focused = this.shadowRoot.activeElement;
      if (event.shiftKey ? focused !== first && shown.includes(focused) : focused !== last) return;
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }

    #typed(event) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    }

    #submit() {
      const question = this.#parts.box.value.trim();
      if (this.#running || !question) return this.#parts.box.focus();
      this.#parts.box.value = "";
      this.#ask(question);
    }

    // `again`: the server has the question already; `isShown`: the reader has.
    async #ask(question, { again = false, isShown = false } = {}) {
      if (this.#running) return;
      this.#forget();
      const { log, draft, welcome, status, box } = this.#parts;
      const running = (this.#running = new AbortController());
      welcome.hidden = true;
      for (const old of log.querySelectorAll(".again")) old.remove();
      if (!isShown) this.#asked(question);
      this.#busy(true);
      const slow = setTimeout(() => (status.textContent = "La réponse se fait attendre…"), PATIENCE);
      const made = { answer: null, problem: "", id: "", begun: again, mayRetry: true };
      running.end = () => {
        clearTimeout(slow);
        if (this.#running !== running) return;
        this.#running = null;
        this.#busy(false);
        draft.replaceChildren();
        this.#keep(question, made.answer, running.signal.aborted ? STOPPED : made.problem, made);
        this.#follow();
      };
      try {
        const wanted = { question, again, page: this.dataset.page ?? location.origin + location.pathname };
        for await (const [name, text] of this.#server.ask(wanted, running.signal, () => (made.begun = true))) {
          if (this.#running !== running) return;
          const told = JSON.parse(text);
          if (name === "answer") {
            made.answer = told;
            draft.replaceChildren(this.#shown(told));
            this.#follow();
          } else if (name === "error") made.problem = told;
          else if (name === "done") {
            made.id = told.id;
            if (told.code) this.#tellKept(told.code);
          }
        }
        if (!made.id && !made.problem) made.problem = CUT;
      } catch (error) {
        made.problem = made.answer && !error.status ? cutBy(error) : sentence(error);
        made.mayRetry = error.mayRetry !== false;
        if (error.status === 422 && !box.value) box.value = question;
      }
      running.end();
    }

    #busy(is) {
      const { send, stop, status, box } = this.#parts;
      const had = [send, stop].includes(this.shadowRoot.activeElement);
      send.hidden = is;
      stop.hidden = !is;
      status.textContent = is ? "Réponse en cours…" : "";
      if (had) (is ? stop : box).focus({ preventScroll: true });
    }

    #stop() {
      const running = this.#running;
      running?.abort();
      running?.end();
    }

    // It can be undone until another question, or until the dialog is closed or the page left: then it is told.
    #clear() {
      this.#stop();
      this.#forget();
      const { log, welcome, undo, source, status } = this.#parts;
      this.#cleared = { log, code: this.#code, token: this.#server.swap() };
      log.replaceWith((this.#parts.log = emptyLog()));
      source.hidden = true;
      this.#dialog.classList.remove("wide");
      welcome.hidden = false;
      undo.hidden = false;
      undo.firstChild.focus({ preventScroll: true });
      status.textContent = "Conversation effacée.";
      if (!log.hasChildNodes()) this.#forget();
      this.#greet();
    }

    #bringBack() {
      const { log, code, token } = this.#cleared;
      const { welcome, undo, status, bin } = this.#parts;
      this.#cleared = null;
      this.#server.swap(token);
      // A log that comes with its words announces none of them.
      this.#parts.log.replaceWith(log);
      this.#parts.log = log;
      welcome.hidden = undo.hidden = true;
      this.#tellKept(code);
      status.textContent = "Conversation rétablie.";
      bin.focus({ preventScroll: true });
    }

    #forget() {
      if (!this.#cleared) return;
      const { code, token } = this.#cleared;
      const { undo, box } = this.#parts;
      this.#cleared = null;
      if (undo.contains(this.shadowRoot.activeElement)) box.focus({ preventScroll: true });
      undo.hidden = true;
      const tell = () => code && this.#parts.log.append(make("p", { className: "problem" }, UNTOLD, code));
      this.#server.forget(token).catch(tell);
    }

    #asked(question) {
      const asked = make("p", { className: "asked" }, make("span", { className: "unseen" }, "Votre question : "));
      asked.append(typeset(question));
      this.#held = asked;
      this.#parts.log.append(asked);
      this.#follow();
    }

    // The question stays in sight while it is answered, until the reader moves.
    #follow() {
      const { talk } = this.#parts;
      if (!this.#held) return;
      talk.scrollTop += this.#held.getBoundingClientRect().top - talk.getBoundingClientRect().top - 8;
    }

    // A finished answer enters the log whole.
    #keep(question, answer, problem, { id, begun, mayRetry = true }) {
      const kept = make("div", { className: "kept" });
      if (answer) kept.append(this.#shown(answer));
      if (problem) kept.append(make("p", { className: "problem" }, typeset(problem)));
      if (answer?.suggestions.length) {
        const choices = make("div", { className: "choices", role: "group", "aria-label": "Questions proches" });
        choices.append(...this.#choices(answer.suggestions));
        kept.append(choices);
      }
      const tools = make("div", { className: "tools" });
      kept.append(tools);
      if (answer && id && this.#takesFeedback) {
        const { thumbs, form, said } = this.#opinion(id);
        tools.append(...thumbs);
        kept.append(form, said);
      }
      if (mayRetry) {
        const retry = () => {
          kept.remove();
          this.#ask(question, { again: begun, isShown: true });
        };
        tools.append(button("Réessayer", () => this.#running || retry(), { className: "again" }));
      }
      this.#parts.log.append(kept);
    }

    #choices(questions) {
      return questions.map((question) => button(typeset(question), () => this.#ask(question), { className: "choice" }));
    }

    // Two thumbs; the comment that one of them asks for; what became of it.
    #opinion(id) {
      const box = make("textarea", { rows: 2, maxLength: 1000 });
      const said = make("p", { className: "said", role: "status" });
      let useful = true;
      const tell = async (comment) => {
        try {
          await this.#server.judge({ id, useful, comment });
          said.textContent = "Merci, votre avis est noté.";
          if (comment) form.hidden = true;
        } catch (error) {
          said.textContent = sentence(error);
        }
      };
      const choose = (is) => {
        useful = is;
        thumbs.forEach((one, at) => one.setAttribute("aria-pressed", String(is === (at === 0))));
        form.hidden = false;
        tell(box.value.trim());
      };
      const thumbs = [true, false].map((is) =>
        button(is ? "Utile" : "Pas utile", () => choose(is), { "aria-pressed": "false" }),
      );
      const send = (event) => {
        event.preventDefault();
        tell(box.value.trim());
      };
      const form = make("form", { className: "comment", hidden: true, onsubmit: send });
      form.append(
        make("label", {}, "Un commentaire ? (facultatif)", box),
        make("p", {}, "L'avis est gardé avec la question et la réponse, sans votre adresse."),
        make("button", { type: "submit" }, "Envoyer le commentaire"),
      );
      return { thumbs, form, said };
    }

    // The claims in their paragraphs and lists, each followed by its marks.
    #shown(answer) {
      const view = make("div", { className: "answer" });
      const sources = new Map(answer.citations.map((citation) => [citation.number, citation]));
      let block = null;
      let above = "";
      for (const { text, numbers, layout } of answer.claims) {
        const marks = numbers.filter((number) => sources.has(number)).map((number) => {
          const citation = sources.get(number);
          const words = `[${number}] Source : ${citation.title}`;
          const given = { className: "mark", "aria-label": words, title: typeset(citation.place) };
          return button(`[${number}]`, (event) => this.#open(event.currentTarget, citation), given);
        });
        // The last word keeps its marks on its line, unless it is longer than one.
        const [, most, last] = /^(.*\s)?(\S*)$/s.exec(typeset(text).trim());
        const said = [most ?? "", make("span", { className: last.length < 30 ? "end" : "" }, last, marks)];
        if (layout === "item") {
          if (above !== "item") view.append((block = make("ul")));
          block.append(make("li", {}, said));
        } else {
          if (!block || layout === "paragraph" || above === "item") view.append((block = make("p")));
          else block.append(" ");
          block.append(...said);
        }
        above = layout;
      }
      for (const note of answer.notes) view.append(make("p", { className: "note" }, typeset(note)));
      if (answer.mode === "rédigé" && answer.citations.length) view.append(make("p", { className: "note" }, WRITTEN));
      if (answer.is_abstention && answer.leads.length) {
        const leads = answer.leads.map((lead) =>
          make("li", {}, button(typeset(lead.place), (event) => this.#open(event.currentTarget, lead), { className: "lead" })),
        );
        view.append(make("ul", { className: "leads", "aria-label": "Pistes" }, leads));
      }
      return view;
    }

    // The source of a mark, or a lead: the quote in its context, who said it, when, and where to read on.
    #open(from, source) {
      const cited = source.number !== undefined;
      const panel = this.#parts.source;
      const heading = cited ? `[${source.number}] ${source.title}` : `Piste, et non réponse : ${source.title}`;
      const words = make("blockquote");
      if (!cited) words.append(...lines(source.text));
      else words.append(...lines(source.before), source.quote ? make("mark", {}, lines(source.quote)) : "", ...lines(source.after));
      const origins = source.references.map((one) => {
        const title = `« ${one.title.replace(/«\s*/g, "“").replace(/\s*»/g, "”")} »`;
        return make("li", {}, `D'après ${typeset(one.publisher)}, `, link(one.url, typeset(title)), `, ${one.dated || "sans date"}`, old(one));
      });
      const own = [source.publisher, source.dated, source.page ? `page ${source.page}` : "", source.link && link(source.link, "ouvrir le document")];
      const told = own.filter((one) => one && one !== source.link).flatMap((one, at) => (at ? [", ", one] : [one]));
      if (told.length) origins.push(make("li", {}, ...told, old(source)));
      panel.replaceChildren(
        make("h3", { id: "source" }, typeset(heading)),
        make("p", { className: "place" }, typeset(source.place)),
        words,
        make("ul", { className: "origins" }, origins),
        button("Revenir à la réponse", () => this.#back(), { className: "choice" }),
      );
      this.#left = from;
      panel.hidden = false;
      this.#dialog.classList.add("wide");
      panel.scrollTop = 0;
      panel.focus({ preventScroll: true });
      panel.querySelector("mark")?.scrollIntoView({ block: "nearest" });
    }

    #back() {
      this.#parts.source.hidden = true;
      this.#dialog.classList.remove("wide");
      const { box } = this.#parts;
      // An answer that is being written replaces its marks.
      (this.#left?.isConnected ? this.#left : box).focus();
    }
  }

  const old = ({ is_old: is }) => (is ? make("strong", { className: "old" }, "plus de cinq ans") : "");
  const sentence = (error) => (error instanceof Trouble ? error.message : AWAY);
  const cutBy = (error) => (error instanceof Trouble && error.message === SLOW ? SLOW : CUT);

  customElements.define("rtes-assistant", Assistant);
  if (!document.querySelector("rtes-assistant")) {
    const element = document.createElement("rtes-assistant");
    Object.assign(element.dataset, SCRIPT.dataset);
    document.body.append(element);
  }
})();
