const SHOWN_MS = 6000;
let timer;

/** Show `text` for a moment in the page's live region, which screen readers read out when they come to it. */
export function announce(text) {
  const place = document.querySelector("[data-toast]");
  if (!place || !text) return;
  clearTimeout(timer);
  place.textContent = text;
  timer = setTimeout(() => (place.textContent = ""), SHOWN_MS);
}
