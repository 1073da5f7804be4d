// The page: puts the sections that the server sends where they belong.

import { Phone } from "./phone.js";
import { ask, listen } from "./server.js";
import { Clock, Story } from "./story.js";

const ROLES = ["prospect", "manager", "admin"];
const state = {};
const words = (key) => state.texts?.[key] ?? "";
const byId = (id) => document.getElementById(id);
const place = (role) => document.querySelector(`.place[data-role="${role}"]`);

const phones = Object.fromEntries(ROLES.map((role) => [role, new Phone(place(role), role, words)]));
const clock = new Clock(words);
const story = new Story(words);
let tab = "prospect", followsPlay = true, fresh = true;

// Doing ---------------------------------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-play]")) {
  button.addEventListener("click", () => {
    followsPlay = true;
    ask("play", { ending: button.dataset.play });
  });
}
byId("restart").addEventListener("click", () => { show("prospect"); ask("restart"); });
for (const name of ["quiz", "language"]) {
  byId(name).addEventListener("change", () => ask("choose", { [name]: byId(name).value }));
}

// Tabs, on a narrow screen --------------------------------------------------------------------------

for (const name of [...ROLES, "story"]) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.tab = name;
  button.append(document.createElement("span"));
  button.addEventListener("click", () => { followsPlay = false; show(name); });
  byId("tabs").append(button);
}

byId("latest").addEventListener("click", () => { followsPlay = false; show("story"); });

function show(name) {
  tab = name;
  for (const button of byId("tabs").children) {
    const chosen = button.dataset.tab === name;
    button.setAttribute("aria-pressed", chosen);
    if (chosen) button.querySelector(".dot")?.remove();
  }
  for (const each of document.querySelectorAll(".place")) each.classList.toggle("shown", each.dataset.role === name);
  if (phones[name]) phones[name].toEnd();
  else byId("story").scrollTop = byId("story").scrollHeight;
}

function unread(name) {
  const button = byId("tabs").querySelector(`[data-tab="${name}"]`);
  if (name === tab || button.querySelector(".dot")) return;
  const dot = document.createElement("span");
  dot.className = "dot";
  button.append(dot);
}

// Drawing -------------------------------------------------------------------------------------------

function drawWords() {
  document.documentElement.lang = state.choices.language;
  for (const at of document.querySelectorAll("[data-text]")) at.textContent = words(at.dataset.text);
  byId("lost").textContent = words("lost");
  for (const phone of Object.values(phones)) phone.translate();
  for (const button of document.querySelectorAll("[data-play]")) button.setAttribute("aria-label", words(`play.${button.dataset.play}`));
  clock.planned(state.planned);
  byId("tabs").lastElementChild.firstChild.textContent = words("story.tab");
}

function drawChoices({ quiz, quizzes, language, languages }) {
  const fill = (select, options, chosen) => {
    select.replaceChildren(...options.map(({ id, title }) => new Option(title, id, id === chosen, id === chosen)));
  };
  fill(byId("quiz"), quizzes, quiz);
  fill(byId("language"), languages, language);
}

function drawPlay({ playing, focus, told }) {
  for (const button of document.querySelectorAll("[data-play]")) {
    button.setAttribute("aria-pressed", button.dataset.play === playing);
  }
  for (const role of ROLES) {
    place(role).classList.toggle("lit", focus === role);
    phones[role].speak(!playing);
  }
  const at = byId("told");
  if (at.textContent !== told) {
    at.textContent = told;
    at.classList.remove("new");
    void at.offsetWidth; // starts the animation anew
    if (!fresh) at.classList.add("new");
  }
  if (focus && followsPlay && focus !== tab) show(focus);
}

/** On a narrow screen the newest line of the story stands above the phones. */
function drawLatest(line) {
  const parts = line ? [line.icon, line.title] : ["", words("story.empty")];
  byId("latest").replaceChildren(...parts.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
}

function changed(sections) {
  const again = fresh || "texts" in sections;
  Object.assign(state, sections);
  if (sections.texts) drawWords();
  if (sections.choices) drawChoices(state.choices);
  if ("planned" in sections) clock.planned(state.planned);
  for (const role of ROLES) {
    if (!sections[role]) continue;
    if (phones[role].draw(sections[role], again)) unread(role);
    byId("tabs").querySelector(`[data-tab="${role}"] span`).textContent = sections[role].name;
  }
  if (sections.clock || sections.choices) clock.draw(state.clock, state.choices.language);
  if (sections.story || sections.texts) { // an empty story says so, in the language of the page
    if (story.draw(state.story, again)) unread("story");
    drawLatest(state.story.at(-1));
  }
  if (sections.play) drawPlay(state.play);
  if (fresh) {
    fresh = false;
    document.body.dataset.ready = "true";
  }
}

show("prospect");
listen(changed, (there) => {
  byId("lost").hidden = there;
  if (there) fresh = true; // all of it comes anew
});
