// Colours of the page for MapLibre, which knows neither custom properties nor OKLCH.

const names = ["surface", "raised", "ink", "muted", "line", "accent", "water", "land"];

/** Return each colour token of `element` as rgb(…). */
export function coloursOf(element) {
  const probe = element.appendChild(document.createElement("i"));
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  try {
    return Object.fromEntries(names.map((name) => [name, rgb(pen, probe, name)]));
  } finally {
    probe.remove();
  }
}

function rgb(pen, probe, name) {
  probe.style.color = `var(--${name})`;
  pen.fillStyle = getComputedStyle(probe).color;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

/** Call `changed` whenever the page turns light or dark, by the system or by hand. */
export function onColourChange(changed) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
