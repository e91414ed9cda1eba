// The style sheets that are made and not written: faces of the typefaces, colours of the categories.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const PACKAGE = "@fontsource-variable";
const SUBSETS = ["latin", "latin-ext"]; // latin-ext holds č š ž and ą č ę ė į š ų ū ž
const FACES = [
  { family: "Figtree", folder: "figtree", style: "normal", weights: "300 900" },
  { family: "Figtree", folder: "figtree", style: "italic", weights: "300 900" },
  { family: "Bricolage Grotesque", folder: "bricolage-grotesque", style: "normal", weights: "200 800" },
];

export async function fontsCss() {
  const rules = [];
  for (const { family, folder, style, weights } of FACES) {
    const file = require.resolve(`${PACKAGE}/${folder}/unicode.json`);
    const ranges = JSON.parse(await readFile(file, "utf8"));
    for (const subset of SUBSETS)
      rules.push(`@font-face {
  font-family: "${family}"; font-style: ${style}; font-weight: ${weights}; font-display: swap;
  src: url("${path.join(path.dirname(file), "files", `${folder}-${subset}-wght-${style}.woff2`)}") format("woff2");
  unicode-range: ${ranges[subset]};
}`);
  }
  return rules.join("\n");
}

/** What is written on a category's colour. */
export const INK = { light: "oklch(99% 0.005 90)", dark: "oklch(19% 0.02 90)" };

// What has no topic wears the colour of its city.
const NONE = "--category: var(--accent); --category-ink: var(--accent-ink);";

/** `--category-arts` and `--category-arts-ink` (what is written on it), and `[data-category=arts]` to name it once. */
export function categoriesCss(categories) {
  const look = (mode) =>
    Object.entries(categories)
      .filter(([name]) => name !== "none")
      .map(([name, colours]) => `--category-${name}: ${colours[mode]}; --category-${name}-ink: ${INK[mode]};`)
      .join("\n  ");
  const named = Object.keys(categories)
    .map((name) => [name, name === "none" ? NONE : `--category: var(--category-${name}); --category-ink: var(--category-${name}-ink);`])
    .map(([name, look]) => `[data-category="${name}"] { ${look} }`)
    .join("\n");
  return `:root {
  ${look("light")}
}
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) {
  ${look("dark")}
} }
:root[data-theme="dark"] {
  ${look("dark")}
}
${named}
`;
}
