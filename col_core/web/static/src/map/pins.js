// What stands on the map for a spot: a pin in the shape and colour of its category, or a ring of the mix with a count.
import { icon, make, svg } from "./elements.js";

const RADIUS = 15.915_494; // a circle of circumference 100
const PIN_PX = 36;
const LEAST_PX = 40;
const GAP = 1.5;
const MOST_PARTS = 6; // more would be confetti; the rest of the mix is one grey part
export const MOST_PX = 64;

/** Return how wide a spot is on the screen, in pixels. */
export function sizeOf({ count }) {
  return count === 1 ? PIN_PX : Math.round(Math.min(LEAST_PX + Math.log2(count) * 3, MOST_PX));
}

export function pinFor(spot, labels) {
  return spot.count === 1 && spot.id ? pin(spot, labels) : cluster(spot, labels);
}

/** Return a key that two spots share exactly if they look the same. */
export function keyOf(spot) {
  const { id, lon, lat, count, categories } = spot;
  return id ?? [lon.toFixed(6), lat.toFixed(6), count, ...Object.entries(categories).flat()].join();
}

/** Return the drawing of a pin: shape of the category with its icon. */
export function pinDrawing(category) {
  const name = category ?? "none";
  return [icon(`shape-${name}`, "map-pin-shape"), icon(`category-${name}`, "map-pin-icon")];
}

function pin(spot, labels) {
  const [category] = Object.keys(spot.categories);
  const name = labels.category(category) || labels.text("pin") || labels.text("map");
  return make(
    "button",
    { type: "button", class: "map-pin", "aria-label": name, "data-category": category ?? "none", tabIndex: -1 },
    ...pinDrawing(category),
  );
}

function cluster(spot, labels) {
  const button = make(
    "button",
    { type: "button", class: "map-cluster", "aria-label": labels.counted("cluster", spot.count), tabIndex: -1 },
    ring(spot.categories),
    make("span", { class: "map-cluster-count", "aria-hidden": "true" }, labels.numbers.format(spot.count)),
  );
  button.style.setProperty("--size", `${sizeOf(spot)}px`);
  return button;
}

function ring(categories) {
  const sorted = Object.entries(categories).sort(([, one], [, other]) => other - one);
  const rest = sorted.slice(MOST_PARTS).reduce((sum, [, count]) => sum + count, 0);
  const parts = [...sorted.slice(0, MOST_PARTS), ...(rest ? [["none", rest]] : [])];
  const whole = parts.reduce((sum, [, count]) => sum + count, 0);
  const circle = (attributes) => svg("circle", { cx: 20, cy: 20, r: RADIUS, ...attributes });
  const drawn = [circle({ class: "map-cluster-ground" })];
  if (!parts.length) parts.push(["none", 1]);
  let start = 0;
  for (const [category, count] of parts) {
    const share = (100 * count) / (whole || 1);
    const length = parts.length > 1 ? Math.max(share - GAP, 0.75) : 100;
    drawn.push(
      circle({ "data-category": category, "stroke-dasharray": `${length} ${100 - length}`, "stroke-dashoffset": -start }),
    );
    start += share;
  }
  return svg("svg", { class: "map-cluster-ring", viewBox: "0 0 40 40", "aria-hidden": "true" }, ...drawn);
}
