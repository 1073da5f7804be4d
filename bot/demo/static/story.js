// The rail: the virtual clock, what is scheduled next, and the story of what just happened.

import { ask } from "./server.js";

const MINUTE = 60_000;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export class Clock {
  constructor(words) {
    this.words = words;
    this.time = document.getElementById("clock");
    this.state = null;
    for (const button of document.querySelectorAll("[data-jump]")) {
      button.addEventListener("click", () => ask("clock", { to: button.dataset.jump }).then((refused) => {
        if (refused && button.dataset.jump === "next") this.nothing();
      }));
    }
  }

  draw(state, language) {
    const jumped = this.state && this.state.ahead !== state.ahead;
    this.state = state;
    this.language = language;
    this.tick();
    if (jumped) {
      this.time.classList.remove("jumped");
      void this.time.offsetWidth; // starts the animation anew
      this.time.classList.add("jumped");
    }
  }

  /** Show the present moment: the wall's, as far ahead as the clock was moved, where the quiz is at home. */
  tick() {
    clearTimeout(this.timer);
    const now = Date.now() + this.state.ahead;
    const local = new Date(now + this.state.offset * MINUTE);
    const say = (form) => new Intl.DateTimeFormat(this.language === "en" ? "en-GB" : this.language, { timeZone: "UTC", ...form }).format(local);
    const clock = say({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.time.textContent = `${say({ weekday: "short", day: "numeric", month: "short" })}, ${clock}`;
    this.time.dateTime = new Date(now).toISOString();
    for (const status of document.querySelectorAll(".status .time")) status.textContent = clock;
    this.timer = setTimeout(() => this.tick(), MINUTE - (now % MINUTE) + 50);
  }

  planned(state) {
    document.getElementById("planned-when").textContent = state ? state.when : "";
    document.getElementById("planned-what").textContent = state ? state.what : this.words("planned.none");
  }

  nothing() {
    document.getElementById("planned-what").textContent = this.words("planned.still");
  }
}

export class Story {
  constructor(words) {
    this.words = words;
    this.list = document.getElementById("story");
    this.shown = new Map();
  }

  draw(lines, quietly) {
    const { list } = this;
    const sticky = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    const wanted = new Set(lines.map((line) => line.id));
    for (const [id, { node }] of this.shown) {
      if (!wanted.has(id)) {
        node.remove();
        this.shown.delete(id);
      }
    }
    list.querySelector(".empty")?.remove();
    if (!lines.length) list.append(element("li", "empty", this.words("story.empty")));
    let news = false;
    for (const line of lines) {
      const stamp = JSON.stringify(line), old = this.shown.get(line.id);
      if (old?.stamp === stamp) continue;
      const node = this.#line(line);
      if (old) old.node.replaceWith(node);
      else {
        if (!quietly && list.offsetParent) {
          node.classList.add("new");
          node.addEventListener("animationend", () => node.classList.remove("new"), { once: true });
        }
        list.append(node);
        news = true;
      }
      this.shown.set(line.id, { node, stamp });
    }
    if (sticky || quietly) list.scrollTop = list.scrollHeight;
    return news && !quietly;
  }

  #line(line) {
    const tone = line.tone === "clock" ? "clock-moved" : line.tone;
    const node = element("li", [tone, line.opens ? "opens" : ""].filter(Boolean).join(" "));
    const icon = element("span", "icon", line.icon);
    icon.setAttribute("aria-hidden", "true");
    node.append(icon, element("span", "title", line.title), element("span", "at", line.time));
    if (line.detail) node.append(element("span", "detail", line.detail));
    if (line.points.length) {
      const points = element("ul", "points");
      for (const { label, points: earned } of line.points) {
        const reason = element("li");
        reason.append(`${label} `, element("b", "", `${earned > 0 ? "+" : "−"}${Math.abs(earned)}`));
        points.append(reason);
      }
      node.append(points);
    }
    return node;
  }
}
