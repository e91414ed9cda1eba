// One SVG with a <symbol> for each icon, category shape and alias ("category-arts" draws the icon of that category).
import { readFile } from "node:fs/promises";
import path from "node:path";

const SHAPES = {
  circle: '<circle cx="16" cy="16" r="15"/>',
  square: '<rect x="2" y="2" width="28" height="28" rx="7"/>',
  diamond: '<path d="M13.2 1.7a4 4 0 0 1 5.600 0l11.500 11.500a4 4 0 0 1 0 5.600L18.800 30.300a4 4 0 0 1-5.600 0L1.700 18.800a4 4 0 0 1 0-5.600z"/>',
  hexagon: '<path d="M14 1.500a4 4 0 0 1 4 0l9.500 5.500a4 4 0 0 1 2 3.460v11.080a4 4 0 0 1-2 3.460L18 30.500a4 4 0 0 1-4 0L4.500 25a4 4 0 0 1-2-3.460V10.460A4 4 0 0 1 4.500 7z"/>',
  shield: '<path d="M6 2h20a4 4 0 0 1 4 4v10c0 7.500-5 12.200-12.400 14.500a5 5 0 0 1-3.200 0C7 28.200 2 23.500 2 16V6a4 4 0 0 1 4-4z"/>',
  drop: '<path d="M13.400 1.600a3.700 3.700 0 0 1 5.200 0C24 7 30.500 11 30.500 18a14.500 13.500 0 0 1-29 0C1.500 11 8 7 13.400 1.600z"/>',
  leaf: '<path d="M16 1.500h12.500a2 2 0 0 1 2 2V16A14.500 14.500 0 0 1 16 30.500H3.500a2 2 0 0 1-2-2V16A14.500 14.500 0 0 1 16 1.500z"/>',
};

/** Return the sprite and what each of its symbols draws. `aliases` maps a prefix to name → icon, `shapes` a category to its shape. */
export async function sprite({ folder, icons, aliases, shapes }) {
  const symbols = new Map();
  for (const name of icons) symbols.set(name, await iconSymbol(folder, name, name));
  for (const [prefix, table] of Object.entries(aliases))
    for (const [name, icon] of Object.entries(table)) {
      const id = `${prefix}-${name}`;
      symbols.set(id, await iconSymbol(folder, icon, id));
    }
  for (const [category, shape] of Object.entries(shapes)) {
    const id = `shape-${category}`;
    symbols.set(id, `<symbol id="${id}" viewBox="0 0 32 32">${SHAPES[shape]}</symbol>`);
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg">\n${[...symbols.values()].join("\n")}\n</svg>\n`;
  const drawings = Object.fromEntries([...symbols].map(([name, symbol]) => [name, symbol.replace(/^<symbol[^>]*>|<\/symbol>$/g, "")]));
  return { svg, drawings };
}

/** Return what each of `icons` draws, for pictures that are made on the server. */
export async function drawings(folder, icons) {
  return Object.fromEntries(await Promise.all(icons.map(async (icon) => [icon, await drawing(folder, icon)])));
}

async function iconSymbol(folder, icon, id) {
  const pen = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${id}" viewBox="0 0 24 24" ${pen}>${await drawing(folder, icon)}</symbol>`;
}

async function drawing(folder, icon) {
  const svg = await readFile(path.join(folder, `${icon}.svg`), "utf8");
  const inner = svg.replace(/<!--.*?-->/gs, "").match(/<svg[^>]*>(.*)<\/svg>/s)[1];
  return inner.replace(/\s+/g, " ").replace(/> </g, "><").replace(/ \/>/g, "/>").trim();
}
