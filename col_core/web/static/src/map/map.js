// [data-map]: a map of offers beside their list, or of one place. It is configured by JSON in the element itself
// (<script type="application/json" class="map-config">):
//   tiles, ground, cards   addresses, with {z}/{x}/{y} and {id} in them; `search` is the API's list
//   query                  what the list shows, without page and bbox
//   center, bbox, view     [longitude, latitude]; [west, south, east, north] of the city, and of what was asked for
//   zoom, near, point      where to begin; a visitor's place; { lat, lon, category } of the one place
//   labels                 texts: see labels.js
// MapLibre is fetched when a map comes into view, and nowhere else.
import { OfferMap } from "./offer_map.js";

const AHEAD = "300px";

function styleSheet() {
  return new Promise((done) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: MAP_CSS });
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

async function begin(element) {
  const config = JSON.parse(element.querySelector(".map-config").textContent);
  element.dataset.mapState = "loading";
  try {
    const [maplibre, ground] = await Promise.all([
      import("maplibre-gl"),
      fetch(config.ground).then((answer) => answer.json()),
      styleSheet(),
    ]);
    element.offerMap = new OfferMap(maplibre, element, config, ground);
    element.dataset.mapState = "ready";
  } catch (error) {
    // No WebGL, or no network: the list beside the map says the same.
    element.dataset.mapState = "failed";
    console.warn(error);
  }
}

const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries)
      if (isIntersecting) {
        observer.unobserve(target);
        begin(target);
      }
  },
  { rootMargin: AHEAD },
);
for (const element of document.querySelectorAll("[data-map]")) observer.observe(element);
