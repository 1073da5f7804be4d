// One phone: a chat with the bot, drawn from what the server tells; messages are kept by their number.

import { ask } from "./server.js";

const NEAR_THE_END = 80;
const TOAST_FOR = 3200;
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const IN_TEXT = /https?:\/\/[^\s<]*[^\s<.,;:!?»”")]|(?<![\w/])\/[a-z]{2,20}\b/g;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const ICONS = {
  document: "M6 2h8l5 5v15H6z M14 2v5h5",
  video: "M8 5l11 7-11 7z",
  voice: "M12 3a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3z M5 11a7 7 0 0 0 14 0 M12 18v4",
  audio: "M9 18V5l10-2v13 M9 18a3 2.5 0 1 1-6 0 3 2.5 0 0 1 6 0z M19 16a3 2.5 0 1 1-6 0 3 2.5 0 0 1 6 0z",
  place: "M12 22s7-7.5 7-13a7 7 0 0 0-14 0c0 5.500 7 13 7 13z M12 6.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5z",
  phone: "M7 2h10v20H7z M11 19h2",
};

function icon(path) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  made.append(line);
  return made;
}

export class Phone {
  constructor(place, role, words) {
    this.place = place;
    this.role = role;
    this.words = words;
    this.state = null;
    this.shown = new Map();
    this.toastNumber = null;
    this.wantsFocus = false;
    place.append(document.getElementById("phone").content.cloneNode(true));
    this.chat = place.querySelector(".chat");
    this.talk = place.querySelector(".talk");
    this.newer = place.querySelector(".newer");
    this.toast = place.querySelector(".toast");
    this.input = place.querySelector("input");
    this.chat.addEventListener("scroll", () => { if (this.#atEnd()) this.newer.hidden = true; });
    this.newer.addEventListener("click", () => this.toEnd(true));
    place.querySelector(".start").addEventListener("click", (event) => this.#do(event, "start"));
    place.querySelector("form").addEventListener("submit", (event) => this.#send(event));
    new ResizeObserver(() => { if (this.sticky) this.toEnd(); }).observe(this.chat);
  }

  /** Draw what is new; `first` after a (re)connection, when old news is no news. */
  draw(state, first) {
    const before = this.state, other = !before || before.person !== state.person;
    this.state = state;
    this.sticky = other || this.#atEnd();
    if (other) {
      this.shown.clear();
      this.talk.replaceChildren();
    }
    this.#heads(state);
    const arrived = this.#messages(state, other || first);
    this.#foot(state);
    this.#fingers(state);
    this.#toast(state.toast, first || other);
    if (this.sticky) this.toEnd();
    else if (arrived) this.newer.hidden = false;
    if (this.wantsFocus) this.#focusNewest();
    return arrived && !other && !first;
  }

  /** Put the page's words in anew. */
  translate() {
    const { place, words } = this;
    place.querySelector(".role").textContent = words(`role.${this.role}`);
    place.querySelector(".hint").textContent = words(`hint.${this.role}`);
    place.querySelector(".kind").textContent = words("bot");
    place.querySelector(".start").textContent = words("start");
    this.newer.setAttribute("aria-label", words("newer"));
    this.input.placeholder = words("message");
    this.input.setAttribute("aria-label", words("message"));
    place.querySelector("form button").setAttribute("aria-label", words("send"));
  }

  toEnd(smooth = false) {
    this.newer.hidden = true;
    this.sticky = true;
    this.chat.scrollTo({ top: this.chat.scrollHeight, behavior: smooth && !CALM.matches ? "smooth" : "instant" });
  }

  /** Let new messages be read out, or not: while a play runs, its own words are enough. */
  speak(aloud) {
    this.chat.setAttribute("aria-live", aloud ? "polite" : "off");
  }

  float(text) {
    this.toast.textContent = text;
    this.toast.hidden = true;
    void this.toast.offsetWidth; // starts the animation anew
    this.toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { this.toast.hidden = true; }, TOAST_FOR);
  }

  #atEnd() {
    return this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < NEAR_THE_END;
  }

  #heads(state) {
    const set = (selector, text) => { const at = this.place.querySelector(selector); if (at.textContent !== text) at.textContent = text; };
    set(".owner .name", state.name);
    set(".owner .face", state.name.slice(0, 1));
    set(".bar .bot", state.bot);
    set(".bar .face", state.bot.slice(0, 1));
    this.chat.setAttribute("aria-label", this.words("chat").replace("{name}", state.name));
    this.place.classList.toggle("empty", state.messages.length === 0);
  }

  #messages(state, quietly) {
    const wanted = new Set();
    let at = this.talk.firstElementChild, day = "", arrived = false;
    const put = (key, stamp, make) => {
      wanted.add(key);
      const old = this.shown.get(key);
      if (old && old.stamp === stamp) {
        if (old.node !== at) this.talk.insertBefore(old.node, at);
        else at = at.nextElementSibling;
        return;
      }
      const node = make();
      if (old) {
        if (old.node === at) at = at.nextElementSibling;
        if (old.node.contains(document.activeElement)) this.wantsFocus = true;
        old.node.replaceWith(node);
      } else {
        if (!quietly) this.#comeIn(node);
        this.talk.insertBefore(node, at);
        arrived = true;
      }
      this.shown.set(key, { node, stamp });
    };
    if (!state.messages.length) {
      const text = this.words("empty").replace("{name}", state.name);
      put("empty", text, () => element("p", "empty", text));
    }
    for (const message of state.messages) {
      if (message.day !== day) {
        day = message.day;
        const label = state.days[day];
        put(`day ${day}`, label, () => element("p", "day", label));
      }
      put(message.id, JSON.stringify(message), () => this.#message(message));
    }
    for (const [key, { node }] of this.shown) {
      if (!wanted.has(key)) {
        node.remove();
        this.shown.delete(key);
      }
    }
    return arrived;
  }

  /** Let a new message slide in, once; nobody sees it in a phone that is not shown. */
  #comeIn(node) {
    if (!this.place.offsetParent) return;
    node.classList.add("new");
    node.addEventListener("animationend", () => node.classList.remove("new"), { once: true });
  }

  #message(message) {
    const node = element("div", `message ${message.mine ? "mine" : "theirs"}`);
    node.dataset.id = message.id;
    const bubble = element("div", "bubble");
    if (message.photos.length) {
      const photos = element("div", `photos ${message.photos.length > 1 ? "several" : ""}`.trim());
      photos.append(...message.photos.map((link) => {
        const picture = element("img");
        picture.src = link;
        picture.alt = "";
        return picture;
      }));
      bubble.append(photos);
    }
    if (message.file) bubble.append(this.#file(message.file));
    if (message.place) {
      const place = element("div", "attached place-card");
      place.append(icon(ICONS.place), element("b", "", message.place.name || this.words("place")), element("span", "", message.place.at));
      bubble.append(place);
    }
    if (message.contact) {
      const contact = element("div", "contact");
      const face = element("span", "face", message.contact.name.slice(0, 1));
      face.setAttribute("aria-hidden", "true");
      contact.append(face, element("b", "", message.contact.name));
      contact.append(element("span", "", message.contact.phone));
      bubble.append(contact);
    }
    if (message.html) {
      const text = element("div", "text");
      text.innerHTML = message.html; // safe: the emulator writes it itself, from parsed entities
      this.#enliven(text);
      bubble.append(text);
    }
    if (message.edited) bubble.classList.add("edited");
    const meta = element("span", "meta", message.edited ? `${this.words("edited")} ${message.time}` : message.time);
    bubble.append(meta);
    node.append(bubble);
    if (message.photos.length || message.buttons.length) node.classList.add("wide");
    if (message.buttons.length) node.append(this.#buttons(message));
    return node;
  }

  /** A file that is no picture: what it is, how big, and a document can be saved. */
  #file(file) {
    const made = element(file.link ? "a" : "div", "attached");
    if (file.link) {
      made.href = file.link;
      made.download = file.name;
      made.title = this.words("file.save");
    }
    const known = file.kind === "document" ? file.name : this.words(`file.${file.kind}`);
    made.append(icon(ICONS[file.kind] ?? ICONS.document), element("b", "", known), element("span", "", file.size));
    return made;
  }

  #buttons(message) {
    const buttons = element("div", "buttons");
    for (const row of message.buttons) {
      const line = element("div");
      for (const { text, data, url, aside } of row) {
        const button = element("button", url ? "link" : "", text);
        button.type = "button";
        button.dataset.button = data ?? "";
        button.toggleAttribute("data-aside", aside);
        button.addEventListener("click", (event) => {
          if (url) this.float(this.words("link").replace("{link}", url));
          else this.#do(event, "tap", { message: message.id, button: data });
        });
        line.append(button);
      }
      buttons.append(line);
    }
    return buttons;
  }

  /** Make addresses and commands in a text what they are in Telegram: something to tap. */
  #enliven(text) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("a, code, pre")) nodes.push(walker.currentNode);
    for (const node of nodes) {
      const parts = [];
      let done = 0;
      for (const found of node.data.matchAll(IN_TEXT)) {
        parts.push(node.data.slice(done, found.index), this.#tappable(found[0]));
        done = found.index + found[0].length;
      }
      if (done) node.replaceWith(...parts, node.data.slice(done));
    }
    for (const link of text.querySelectorAll("a[href]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.float(this.words("link").replace("{link}", link.href));
      });
    }
  }

  #tappable(text) {
    if (text.startsWith("/")) {
      const command = element("button", "command", text);
      command.type = "button";
      command.addEventListener("click", (event) => this.#do(event, "say", { text }));
      return command;
    }
    const link = element("a", "", text);
    link.href = text;
    return link;
  }

  #foot(state) {
    const keys = this.place.querySelector(".keys");
    const stamp = JSON.stringify(state.keys);
    if (keys.dataset.stamp !== stamp) {
      keys.dataset.stamp = stamp;
      keys.replaceChildren(...state.keys.flat().map(({ text, asks }) => {
        const key = element("button", "", text);
        key.type = "button";
        if (asks) key.prepend(icon(ICONS[asks]));
        key.dataset.button = text;
        key.addEventListener("click", (event) => this.#do(event, "say", { text }));
        return key;
      }));
    }
    if (state.draft) this.input.value = state.draft;
    else if (this.drafted && this.input.value === this.drafted) this.input.value = "";
    this.drafted = state.draft;
  }

  #fingers(state) {
    const busy = new Set(state.busy.map(([message, button]) => `${message} ${button}`));
    const finger = state.finger ? state.finger.join(" ") : "";
    for (const button of this.place.querySelectorAll(".buttons button, .keys button")) {
      const key = `${button.closest(".message")?.dataset.id ?? 0} ${button.dataset.button}`;
      button.classList.toggle("busy", busy.has(key));
      button.classList.toggle("pressed", key === finger);
      if (busy.has(key)) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
    const start = this.place.querySelector(".start");
    start.classList.toggle("pressed", finger === "0 start");
    start.classList.toggle("calling", this.role === "prospect" && !finger);
  }

  #toast(toast, quietly) {
    if (toast && toast.number !== this.toastNumber && !quietly) this.float(toast.text);
    this.toastNumber = toast ? toast.number : this.toastNumber;
  }

  #send(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.toEnd();
    ask("say", { phone: this.role, text });
  }

  async #do(event, action, details = {}) {
    if (event.detail > 1) return; // the second half of a double click would hit whatever came in the button's place
    const button = event.currentTarget;
    if (action === "tap") button.classList.add("busy");
    this.wantsFocus = event.detail === 0; // pressed by key: the focus goes on to the next question
    this.sticky = true;
    const refused = await ask(action, { phone: this.role, ...details });
    if (refused) button.classList.remove("busy");
  }

  /** After a key press the focus follows the talk; nobody has to walk there again. */
  #focusNewest() {
    const last = this.talk.lastElementChild;
    const next = this.place.querySelector(".keys button") || last?.querySelector(".buttons button:not([data-aside])");
    if (next && document.activeElement !== next) {
      next.focus({ preventScroll: true });
      this.wantsFocus = false;
    } else if (document.activeElement === document.body) {
      this.input.focus({ preventScroll: true });
    }
  }
}
