// The ground as a MapLibre style: the city's districts cut from paper, its rivers, and what plugins bring.
// No glyphs and no outside tiles: names are drawn by names.js.

const WASH_M = 3200;
const METRES_PER_PIXEL = 78_271.517; // at the equator and zoom 0

/** Return the style for `ground` (what /api/v1/map/ground.json answers) in `colours`. */
export function groundStyle(ground, colours) {
  const bases = ground.layers.filter((layer) => layer.base);
  const overlays = ground.layers.filter((layer) => !layer.base);
  const own = bases.length ? [] : ownLayers(ground);
  const layers = [
    { id: "paper", type: "background", paint: {} },
    ...bases.flatMap(layersOf),
    ...own,
    ...overlays.flatMap(layersOf),
  ];
  const style = {
    version: 8,
    sources: {
      districts: { type: "geojson", data: ground.districts },
      rivers: { type: "geojson", data: ground.rivers },
      ...Object.fromEntries(ground.layers.map(({ id, source }) => [sourceOf(id), source])),
    },
    layers,
  };
  for (const [layer, property, value] of paint(ground, colours)) {
    const found = layers.find(({ id }) => id === layer);
    if (found) found.paint[property] = value;
  }
  return style;
}

/** Return what depends on the colours: layer, property, value. */
export function paint(ground, colours) {
  return [
    ["paper", "background-color", colours.surface],
    ["districts", "fill-color", colours.land],
    ["borders", "line-color", colours.surface],
    ["around", "circle-color", colours.land],
    ["outline", "line-color", colours.line],
    ["rivers", "line-color", colours.water],
  ];
}

function hasShapes(ground) {
  return ground.districts.features.some(({ geometry }) => geometry.type.endsWith("Polygon"));
}

function ownLayers(ground) {
  const line = { "line-cap": "round", "line-join": "round" };
  const shapes = [
    { id: "outline", type: "line", source: "districts", layout: line, paint: { "line-width": width(2, 5) } },
    { id: "districts", type: "fill", source: "districts", paint: { "fill-antialias": true } },
    { id: "borders", type: "line", source: "districts", layout: line, paint: { "line-width": width(1.25, 3) } },
  ];
  // Where only the middles of districts are known, the city shows as a wash around them: no border is made up.
  const around = {
    id: "around", type: "circle", source: "districts", filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": metres(WASH_M, ground.center[1]), "circle-blur": 0.6, "circle-pitch-alignment": "map" },
  };
  return [
    around,
    ...(hasShapes(ground) ? shapes : []),
    { id: "rivers", type: "line", source: "rivers", layout: line, paint: { "line-width": width(2.5, 20) } },
  ];
}

function width(far, near) {
  return ["interpolate", ["exponential", 1.4], ["zoom"], 10, far, 16, near];
}

/** Return `length` in pixels at each zoom, at a latitude in degrees. */
function metres(length, latitude) {
  const pixels = length / (METRES_PER_PIXEL * Math.cos((latitude * Math.PI) / 180));
  return ["interpolate", ["exponential", 2], ["zoom"], 0, pixels, 20, pixels * 2 ** 20];
}

function sourceOf(id) {
  return `plugin-${id}`;
}

function layersOf({ id, layers }) {
  return layers.map((layer) => ({ ...layer, id: `${sourceOf(id)}-${layer.id}`, source: sourceOf(id), paint: { ...layer.paint } }));
}
