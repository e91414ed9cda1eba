// Which offers and clusters are in view: tiles of the server, only those in view, each asked for once.
const MOST_ZOOM = 22;
const KEPT = 300;
const KEPT_MS = 120_000;

export class Tiles {
  /** `template` is an address with {z}, {x} and {y}; `changed` is called with what came. */
  constructor(template, query, changed) {
    this.template = template;
    this.query = query;
    this.changed = changed;
    this.kept = new Map();
    this.asked = new Map();
    this.wanted = [];
  }

  /** Show the tiles of `bounds` ([west, south, east, north]) at the zoom of the map (512 pixels to the world at 0). */
  show(bounds, zoom) {
    const z = Math.min(Math.max(Math.floor(zoom) + 1, 0), MOST_ZOOM);
    this.wanted = keysIn(bounds, z);
    for (const [key, { controller }] of this.asked) if (!this.wanted.includes(key)) controller.abort();
    for (const key of this.wanted) if (!this.fresh(key) && !this.asked.has(key)) this.ask(key);
    this.tell();
  }

  fresh(key) {
    const tile = this.kept.get(key);
    return tile && Date.now() - tile.at < KEPT_MS;
  }

  async ask(key) {
    const controller = new AbortController();
    this.asked.set(key, { controller });
    const [z, x, y] = key.split("/");
    const address = this.template.replace("{z}", z).replace("{x}", x).replace("{y}", y);
    try {
      const answer = await fetch(this.query ? `${address}?${this.query}` : address, { signal: controller.signal });
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      const { features } = await answer.json();
      this.keep(key, features.map(spot));
    } catch (error) {
      if (error.name !== "AbortError") console.warn(error);
    } finally {
      this.asked.delete(key);
      this.tell();
    }
  }

  keep(key, spots) {
    this.kept.delete(key);
    this.kept.set(key, { at: Date.now(), spots });
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
  }

  tell() {
    const spots = this.wanted.flatMap((key) => this.kept.get(key)?.spots ?? []);
    this.changed(spots, { isWhole: this.wanted.every((key) => !this.asked.has(key)) });
  }
}

/** Return the tiles that `bounds` touch at zoom `z`, as "z/x/y". */
export function keysIn([west, south, east, north], z) {
  const side = 2 ** z;
  const column = (longitude) => clamp(Math.floor((longitude / 360 + 0.5) * side), side);
  const row = (latitude) => {
    const sine = Math.sin((latitude * Math.PI) / 180);
    return clamp(Math.floor((0.5 - Math.atanh(sine) / (2 * Math.PI)) * side), side);
  };
  const keys = [];
  for (let y = row(north); y <= row(south); y += 1)
    for (let x = column(west); x <= column(east); x += 1) keys.push(`${z}/${x}/${y}`);
  return keys;
}

function clamp(number, side) {
  return Math.min(Math.max(number, 0), side - 1);
}

function spot({ geometry, properties }) {
  const [lon, lat] = geometry.coordinates;
  return { lon, lat, count: properties.count, categories: properties.categories, id: properties.id ?? null };
}
