// Spots that would lie on top of each other become one: tiles are clustered each by itself, so their edges may meet.

import { MOST_PX, sizeOf } from "./pins.js";

const OVERLAP = 0.9; // edges may touch a little

/** Return `spots` with those that would cover each other merged; `project` gives the place of one on the screen. */
export function merged(spots, project) {
  const cells = new Map();
  const kept = [];
  for (const each of [...spots].sort((one, other) => other.count - one.count || one.lon - other.lon)) {
    const { x, y } = project(each);
    const near = covering(cells, { x, y, spot: each });
    if (near) {
      join(near.spot, each);
      continue;
    }
    const entry = { x, y, spot: { ...each, categories: { ...each.categories } } };
    kept.push(entry.spot);
    const cell = cellOf(x, y);
    cells.set(cell, [...(cells.get(cell) ?? []), entry]);
  }
  return kept;
}

function join(into, other) {
  const count = into.count + other.count;
  for (const axis of ["lon", "lat"]) into[axis] += ((other[axis] - into[axis]) * other.count) / count;
  for (const [category, number] of Object.entries(other.categories))
    into.categories[category] = (into.categories[category] ?? 0) + number;
  into.count = count;
  into.id = null;
}

function covering(cells, { x, y, spot }) {
  for (const across of [-1, 0, 1])
    for (const down of [-1, 0, 1])
      for (const entry of cells.get(cellOf(x + across * MOST_PX, y + down * MOST_PX)) ?? []) {
        const least = (OVERLAP * (sizeOf(entry.spot) + sizeOf(spot))) / 2;
        if (Math.hypot(entry.x - x, entry.y - y) < least) return entry;
      }
  return null;
}

function cellOf(x, y) {
  return `${Math.floor(x / MOST_PX)}/${Math.floor(y / MOST_PX)}`;
}
