const SHOWN_MS = 6000;
let timer;

/**
 * Show `text` for a moment in the page's live region, which screen readers read out when they come to it.
 * Where something is open above the page, the region goes into it, since nothing of the page shows through.
 */
export function announce(text) {
  const place = document.querySelector("[data-toast]");
  if (!place || !text) return;
  clearTimeout(timer);
  (document.querySelector("[popover]:popover-open") ?? document.body).append(place);
  place.textContent = text;
  timer = setTimeout(() => (place.textContent = ""), SHOWN_MS);
}
