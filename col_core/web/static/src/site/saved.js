// What a visitor saved, kept in this browser alone: [data-save="<id>"] buttons, [data-saved-count], and the page's
// [data-saved-list] data-cards="<address of cards>" data-most="<ids a request>", with [data-saved-empty] beside it.
import { keep, load } from "./storage.js";

const KEY = `col:${document.documentElement.dataset.city}:saved`;
const MOST_IDS = 100;

export function saved() {
  paint(document);
  fill();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-save]");
    if (button) toggle(button.dataset.save);
  });
  document.addEventListener("content:added", (event) => paint(event.target));
  addEventListener("storage", (event) => {
    if (event.key !== KEY && event.key !== null) return;
    paint(document);
    fill();
  });
  // A page that comes back whole from the history of the browser may have missed a change.
  addEventListener("pageshow", (event) => event.persisted && paint(document));
}

function ids() {
  try {
    const stored = JSON.parse(load(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

function toggle(id) {
  const before = ids();
  const after = before.includes(id) ? before.filter((each) => each !== id) : [id, ...before];
  keep(KEY, after.length ? JSON.stringify(after) : null);
  paint(document);
}

function paint(root) {
  const now = ids();
  for (const button of root.querySelectorAll("[data-save]"))
    button.ariaPressed = String(now.includes(button.dataset.save));
  for (const place of document.querySelectorAll("[data-saved-count]")) {
    place.textContent = now.length || "";
    place.hidden = !now.length;
  }
}

/** Fill the list with cards that the server makes, and forget what is not there any more. */
async function fill() {
  const list = document.querySelector("[data-saved-list]");
  if (!list) return;
  const wanted = ids();
  const most = Number(list.dataset.most) || MOST_IDS;
  list.ariaBusy = "true";
  try {
    const parts = [];
    for (let at = 0; at < wanted.length; at += most) parts.push(await cards(list, wanted.slice(at, at + most)));
    list.replaceChildren(...parts);
    const found = [...list.querySelectorAll("[data-opportunity-id]")].map((card) => card.dataset.opportunityId);
    const gone = wanted.filter((id) => !found.includes(id));
    const left = ids().filter((id) => !gone.includes(id));
    keep(KEY, left.length ? JSON.stringify(left) : null);
    const empty = document.querySelector("[data-saved-empty]");
    if (empty) empty.hidden = found.length > 0;
    paint(document);
  } finally {
    list.ariaBusy = "false";
  }
}

async function cards(list, some) {
  const answer = await fetch(`${list.dataset.cards}?${new URLSearchParams({ ids: some.join(",") })}`);
  if (!answer.ok) throw new Error(`The saved offers cannot be had: ${answer.status}`);
  return document.createRange().createContextualFragment(await answer.text());
}
