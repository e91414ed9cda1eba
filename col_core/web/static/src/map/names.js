// Names of districts and rivers on the ground, as text of the page's own typeface; the larger the district, the
// sooner it is named. Screen readers leave them out: the list names the district of each offer.
import { make } from "./elements.js";

const ROOM_TO_SPARE = 1.5;
const PADDING_PX = 3;
const ASIDE_PX = 34; // clears a pin that stands where the name would

export class GroundNames {
  constructor(map, ground) {
    this.map = map;
    this.taken = [];
    this.layer = make("div", { class: "map-names", "aria-hidden": "true" });
    this.names = [...ground.districts.features.map(district), ...ground.rivers.features.map(river)];
    this.names.sort((one, other) => other.room - one.room);
    this.layer.append(...this.names.map(({ element }) => element));
    map.getCanvasContainer().append(this.layer);
    map.on("move", () => this.follow());
    map.on("moveend", () => this.arrange(this.taken));
    this.measure();
    document.fonts.ready.then(() => this.measure());
  }

  measure() {
    for (const name of this.names) [name.width, name.height] = [name.element.offsetWidth, name.element.offsetHeight];
    this.arrange(this.taken);
  }

  /** Name what there is room for, around `taken`: functions that give a box [left, top, right, bottom] to keep free. */
  arrange(taken) {
    this.taken = taken;
    const boxes = taken.map((boxOf) => boxOf());
    const pixelsPerDegree = (512 * 2 ** this.map.getZoom()) / 360;
    for (const name of this.names) {
      const fits = name.room === null || 2 * name.room * pixelsPerDegree * ROOM_TO_SPARE > name.width;
      const isFree = (down) => !boxes.some((other) => overlap(this.boxOf(name, down), other));
      const down = fits ? [0, ASIDE_PX, -ASIDE_PX].find(isFree) : undefined;
      name.element.classList.toggle("is-shown", down !== undefined);
      name.down = down ?? 0;
      if (down !== undefined) boxes.push(this.boxOf(name, down));
    }
    this.follow();
  }

  boxOf({ at, width, height }, down) {
    const { x, y } = this.map.project(at);
    const [across, up] = [width / 2 + PADDING_PX, height / 2 + PADDING_PX];
    return [x - across, y + down - up, x + across, y + down + up];
  }

  follow() {
    for (const { element, at, down } of this.names) {
      const { x, y } = this.map.project(at);
      element.style.transform = `translate(${x.toFixed(1)}px, ${(y + down).toFixed(1)}px) translate(-50%, -50%)`;
    }
  }
}

function district({ properties: { name, label, room } }) {
  return { element: make("span", { class: "map-name" }, name), at: label, room: room || null, down: 0 };
}

function river({ properties: { name }, geometry: { coordinates } }) {
  const at = coordinates[Math.floor(coordinates.length / 2)];
  return { element: make("span", { class: "map-name map-name-river" }, name), at, room: null, down: 0 };
}

function overlap([left, top, right, bottom], [otherLeft, otherTop, otherRight, otherBottom]) {
  return left < otherRight && otherLeft < right && top < otherBottom && otherTop < bottom;
}
