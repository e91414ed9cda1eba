// The pins as buttons over the map. One of them is in the order of tabs; arrow keys walk to the next one that way.
import { make } from "./elements.js";
import { keyOf, pinFor, sizeOf } from "./pins.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FRONT = 100_000;
const TAKEN_IN_PX = 72;

export class MarkerLayer {
  /** `on` are functions: `chosen(spot, button)`, `pointed(spot or null)`. */
  constructor(map, labels, on) {
    this.map = map;
    this.labels = labels;
    this.on = on;
    this.markers = new Map();
    this.group = make("div", { class: "map-markers", role: "group", "aria-label": labels.text("offers") || labels.text("map") });
    map.getCanvasContainer().append(this.group);
    map.on("move", () => this.place());
    this.group.addEventListener("keydown", (event) => this.walk(event));
    this.group.addEventListener("dblclick", (event) => event.stopPropagation());
    this.group.addEventListener("focusin", (event) => this.current(event.target.closest("button")));
  }

  /** Show exactly `spots`; those that were there keep their buttons, and the focus. */
  show(spots) {
    const before = this.markers;
    this.markers = new Map();
    for (const spot of spots) {
      const key = keyOf(spot);
      const marker = before.get(key) ?? this.make(spot);
      before.delete(key);
      this.markers.set(key, marker);
    }
    for (const { button } of before.values()) {
      if (button === document.activeElement) this.map.getCanvas().focus();
      button.remove();
    }
    if (!this.group.querySelector('[tabindex="0"]')) this.current(this.sorted()[0]?.button);
    this.place();
  }

  make(spot) {
    const button = pinFor(spot, this.labels);
    button.addEventListener("click", () => this.on.chosen(spot, button));
    button.addEventListener("pointerenter", () => this.on.pointed(spot));
    button.addEventListener("pointerleave", () => this.on.pointed(null));
    button.addEventListener("focus", () => this.on.pointed(spot));
    button.addEventListener("blur", () => this.on.pointed(null));
    this.group.append(button);
    return { spot, button };
  }

  place() {
    for (const { spot, button } of this.markers.values()) {
      const { x, y } = this.map.project([spot.lon, spot.lat]);
      button.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
      button.style.zIndex = String(Math.max(Math.round(y), 0) + (button.classList.contains("is-chosen") ? FRONT : 0));
    }
  }

  /** Return a function for each marker that gives the box it covers: [left, top, right, bottom] on the map. */
  boxes() {
    return [...this.markers.values()].map(({ spot }) => () => {
      const { x, y } = this.map.project([spot.lon, spot.lat]);
      const half = sizeOf(spot) / 2;
      return [x - half, y - half, x + half, y + half];
    });
  }

  /** Return the marker of the opportunity `id`, if it has one of its own in view. */
  of(id) {
    return this.markers.get(id) ?? null;
  }

  /** Return the marker that stands for an opportunity: its own, or the cluster that has taken it in. */
  standingFor(id, place) {
    if (this.of(id) || !place) return this.of(id);
    const at = this.map.project(place);
    const far = ({ spot }) => this.map.project([spot.lon, spot.lat]).dist(at);
    const clusters = [...this.markers.values()].filter((each) => !each.spot.id && far(each) < TAKEN_IN_PX);
    return clusters.sort((one, other) => far(one) - far(other))[0] ?? null;
  }

  /** Mark one marker, and no others. */
  link(marker) {
    for (const each of this.markers.values()) each.button.classList.toggle("is-linked", each === marker);
  }

  /** Return the single offers in view, from left to right. */
  singles() {
    return this.sorted().filter(({ spot }) => spot.id);
  }

  sorted() {
    return [...this.markers.values()].sort((one, other) => one.spot.lon - other.spot.lon);
  }

  choose(id) {
    for (const [key, { button }] of this.markers) {
      button.classList.toggle("is-chosen", key === id);
      if (button.classList.contains("map-pin")) button.ariaExpanded = String(key === id);
    }
    this.place();
  }

  current(button) {
    if (!button) return;
    for (const other of this.group.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    button.tabIndex = 0;
  }

  walk(event) {
    const way = ARROWS[event.key];
    const here = event.target.closest("button");
    if (!way || !here) return;
    event.preventDefault();
    event.stopPropagation(); // the map would move instead
    nearestThatWay(here, way, [...this.markers.values()].map(({ button }) => button))?.focus();
  }
}

function nearestThatWay(here, [across, down], buttons) {
  const middle = (button) => {
    const { left, top, width, height } = button.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [x, y] = middle(here);
  let nearest = null;
  let least = Infinity;
  for (const button of buttons) {
    const [otherX, otherY] = middle(button);
    const ahead = (otherX - x) * across + (otherY - y) * down;
    const aside = Math.abs((otherX - x) * down) + Math.abs((otherY - y) * across);
    const cost = ahead + 2 * aside;
    if (button !== here && ahead > 1 && cost < least) [nearest, least] = [button, cost];
  }
  return nearest;
}
