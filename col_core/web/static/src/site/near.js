// [data-near-me]: asks where the visitor is and shows what is near. Who refuses gets [data-near-fallback], the choice
// of a district, with the words of data-refused. The place goes into the address rounded to about a hundred metres.
import { announce } from "./announce.js";

const DIGITS = 3;
const PATIENCE_MS = 10_000;

export function near() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-near-me]");
    if (!button) return;
    event.preventDefault();
    if (button.ariaPressed === "true") return go(button, null);
    if (!navigator.geolocation) return refused(button);
    button.ariaBusy = "true";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => go(button, `${coords.latitude.toFixed(DIGITS)},${coords.longitude.toFixed(DIGITS)}`),
      () => refused(button),
      { timeout: PATIENCE_MS, maximumAge: 60_000 },
    );
  });
}

function go(button, place) {
  const to = new URL(button.dataset.href ?? location.href, location.href);
  if (to.pathname === location.pathname) to.search = location.search;
  for (const name of ["near", "sort", "page", "bbox", "radius_m"]) to.searchParams.delete(name);
  if (place) {
    to.searchParams.set("near", place);
    to.searchParams.set("sort", "distance");
  }
  location.assign(to);
}

function refused(button) {
  button.ariaBusy = "false";
  const fallback = document.querySelector("[data-near-fallback]");
  const sheet = fallback?.closest("[popover]");
  if (sheet && !sheet.matches(":popover-open")) sheet.showPopover();
  announce(button.dataset.refused);
  if (!fallback) return;
  fallback.hidden = false;
  fallback.classList.add("is-needed");
  fallback.scrollIntoView({ block: "nearest" });
  fallback.querySelector("a, button, input, select")?.focus();
}
