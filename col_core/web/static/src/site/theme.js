// [data-theme-toggle]: light or dark. Who chooses what the system has anyway follows the system again.
import { keep, load } from "./storage.js";

const KEY = "col:theme"; // the head of each page reads it too, before the first paint
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

export function theme() {
  show(load(KEY));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const wanted = isDark() ? "light" : "dark";
    const chosen = (wanted === "dark") === prefersDark.matches ? null : wanted;
    keep(KEY, chosen);
    show(chosen);
  });
  addEventListener("storage", (event) => event.key === KEY && show(event.newValue));
  prefersDark.addEventListener("change", paint);
}

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : prefersDark.matches;
}

function show(chosen) {
  const { dataset } = document.documentElement;
  if (chosen === "light" || chosen === "dark") dataset.theme = chosen;
  else delete dataset.theme;
  paint();
}

function paint() {
  for (const button of document.querySelectorAll("[data-theme-toggle]")) button.ariaPressed = String(isDark());
}
