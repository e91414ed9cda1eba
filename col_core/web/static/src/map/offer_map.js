// One map: the ground, the pins of what the list shows, the card of the chosen one, "search here".
import { CardPanel } from "./card_panel.js";
import { coloursOf, onColourChange } from "./colours.js";
import { icon, iconButton, make } from "./elements.js";
import { groundStyle, paint } from "./ground_style.js";
import { Labels } from "./labels.js";
import { markInList, revealInList, watchList } from "./list_links.js";
import { MarkerLayer } from "./marker_layer.js";
import { merged } from "./merging.js";
import { GroundNames } from "./names.js";
import { pinDrawing } from "./pins.js";
import { Tiles } from "./tiles.js";

const MOST_ZOOM = 18;
const PLACE_ZOOM = 14.5;
const BARE_PLACE_ZOOM = 11.8; // without streets, districts and rivers must tell where it is
const NEAR_ZOOM = 13;
const LEAST_CITY_ZOOM = 11;
const REACH_PX = 40; // about as far as a cluster keeps others away
const SAME_PLACE_DEG = 0.000_15; // some ten metres: no zoom tells them apart
const MOST_LISTED = 30;
const EDGE_PX = 48;
const NARROW_PX = 560;
const PIN_PX = 26;

export class OfferMap {
  constructor(maplibre, element, config, ground) {
    this.maplibre = maplibre;
    this.element = element;
    this.config = config;
    this.ground = ground;
    this.labels = new Labels(config.labels);
    this.map = this.makeMap();
    this.names = new GroundNames(this.map, ground);
    this.addTools();
    if (config.point) this.showPoint();
    else this.showOffers();
    onColourChange(() => this.recolour());
  }

  makeMap() {
    const { config, ground, element } = this;
    const canvas = element.appendChild(make("div", { class: "map-canvas" }));
    const map = new this.maplibre.Map({
      container: canvas,
      style: groundStyle(ground, coloursOf(element)),
      maxBounds: padded(ground.bbox),
      maxZoom: MOST_ZOOM,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      locale: { "Map.Title": this.labels.text("map") },
      ...this.start(),
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    if (config.point) {
      // A small map in a page must not catch the finger that scrolls the page.
      map.scrollZoom.disable();
      if (matchMedia("(pointer: coarse)").matches) map.dragPan.disable();
    }
    return map;
  }

  start() {
    const { config, ground } = this;
    const hasStreets = ground.layers.some(({ base }) => base);
    if (config.point) return { center: [config.point.lon, config.point.lat], zoom: config.zoom ?? (hasStreets ? PLACE_ZOOM : BARE_PLACE_ZOOM) };
    if (config.view) return { bounds: config.view, fitBoundsOptions: { padding: this.insets() } };
    if (config.near) return { center: config.near, zoom: NEAR_ZOOM };
    return { center: config.center ?? ground.center, zoom: config.zoom ?? LEAST_CITY_ZOOM };
  }

  addTools() {
    const zoom = (step) => () => {
      this.wasMoved = true;
      this.map.zoomTo(this.map.getZoom() + step);
    };
    this.tools = make(
      "div",
      { class: "map-tools" },
      iconButton(this.labels.text("zoomIn"), "plus", "map-tool", zoom(1)),
      iconButton(this.labels.text("zoomOut"), "minus", "map-tool", zoom(-1)),
    );
    const credits = this.ground.layers.map(({ attribution }) => attribution).filter(Boolean);
    this.element.append(this.tools, make("p", { class: "map-credits" }, credits.join(" · ")));
  }

  showPoint() {
    const { lon, lat, category } = this.config.point;
    const pin = make("span", { class: "map-pin is-still", "data-category": category ?? "none", "aria-hidden": "true" }, ...pinDrawing(category));
    new this.maplibre.Marker({ element: pin, anchor: "top-left" }).setLngLat([lon, lat]).addTo(this.map);
    pin.removeAttribute("aria-label");
    pin.removeAttribute("role");
    this.names.arrange([
      () => {
        const { x, y } = this.map.project([lon, lat]);
        return [x - PIN_PX, y - PIN_PX, x + PIN_PX, y + PIN_PX];
      },
    ]);
  }

  showOffers() {
    const { map, config } = this;
    this.markers = new MarkerLayer(map, this.labels, {
      chosen: (spot) => (spot.id ? this.choose(spot.id) : this.enter(spot)),
      pointed: (spot) => markInList((id, place) => spot !== null && this.markers.standingFor(id, place)?.spot === spot),
    });
    this.tiles = new Tiles(config.tiles, config.query, (spots, { isWhole }) => this.showSpots(spots, isWhole));
    this.card = new CardPanel(this.element, config.cards, this.labels, {
      stepped: (step) => this.step(step),
      closed: () => this.unchoose(),
    });
    this.searchHere = make(
      "button",
      { type: "button", class: "map-search-here", hidden: true, onclick: () => location.assign(this.addressHere()) },
      icon("search"),
      make("span", {}, this.labels.text("searchHere")),
    );
    this.element.append(this.searchHere);
    if (config.near) this.showVisitor();
    map.on("moveend", (event) => this.moved(event));
    map.on("move", () => this.placeCard());
    map.on("click", ({ originalEvent }) => originalEvent.target.closest(".map-markers") || this.card.close());
    map.on("resize", () => this.look());
    watchList((id, place) => this.markers.link(this.markers.standingFor(id, place)));
    // The sheet and the map may take their places a moment later: fit again to what is asked for.
    if (config.view) map.fitBounds(config.view, { padding: this.insets(), animate: false });
    else map.panBy([0, this.insets(0).bottom / 2], { animate: false });
    this.sheet?.addEventListener("transitionend", () => this.placeCard());
    this.look();
  }

  showVisitor() {
    const dot = make("span", { class: "map-visitor", role: "img", "aria-label": this.labels.text("here") });
    new this.maplibre.Marker({ element: dot, anchor: "top-left" }).setLngLat(this.config.near).addTo(this.map);
  }

  look() {
    this.tiles.show(this.map.getBounds().toArray().flat(), this.map.getZoom());
  }

  showSpots(spots, isWhole) {
    // Half of a new zoom beside half of the old one would show offers twice.
    if (!isWhole && !spots.length) return;
    this.markers.show(merged(spots, ({ lon, lat }) => this.map.project([lon, lat])));
    this.names.arrange(this.markers.boxes());
    if (this.chosen) this.markers.choose(this.chosen);
    if (isWhole) this.tell("map:moved", { bbox: this.boundsHere() });
  }

  moved(event) {
    if (event.originalEvent) this.wasMoved = true;
    this.searchHere.hidden = !this.wasMoved;
    this.look();
  }

  async choose(id) {
    this.chosen = id;
    this.markers.choose(id);
    if (!this.sheet) revealInList(id);
    markInList((each) => each === id);
    this.tell("map:selected", { id });
    const opened = this.card.open([id], { canStep: this.markers.singles().length > 1 });
    this.placeCard();
    await opened;
    this.placeCard();
    this.card.focus();
  }

  unchoose() {
    const marker = this.chosen && this.markers.of(this.chosen);
    this.chosen = null;
    this.markers.choose(null);
    markInList(() => false);
    if (this.element.contains(document.activeElement) || document.activeElement === document.body) marker?.button.focus();
  }

  step(step) {
    const singles = this.markers.singles();
    const at = singles.findIndex(({ spot }) => spot.id === this.chosen);
    const { spot } = singles[(at + step + singles.length) % singles.length];
    this.choose(spot.id);
  }

  /** Zoom into a cluster until it parts; offers at one place are listed instead. */
  async enter(spot) {
    const { map } = this;
    this.wasMoved = true;
    const closer = Math.min(map.getZoom() + 2, MOST_ZOOM);
    if (spot.count > MOST_LISTED && map.getZoom() < MOST_ZOOM) return map.easeTo({ center: [spot.lon, spot.lat], zoom: closer });
    const items = await this.itemsAt(spot);
    const box = boxOf(items);
    if (box && (map.getZoom() >= MOST_ZOOM || isOnePlace(box))) {
      this.tell("map:selected", { ids: items.map(({ id }) => id) });
      this.cardAt = spot;
      const opened = this.card.open(items.map(({ id }) => id), { canStep: false });
      this.placeCard();
      await opened;
      this.placeCard();
      return this.card.focus();
    }
    if (!box) return map.easeTo({ center: [spot.lon, spot.lat], zoom: closer });
    return map.fitBounds(box, { padding: this.insets(2 * EDGE_PX), maxZoom: MOST_ZOOM });
  }

  /** Return the offers that a cluster stands for: those within its reach. */
  async itemsAt({ lon, lat }) {
    const { map, config } = this;
    const { x, y } = map.project([lon, lat]);
    const corner = (dx, dy) => map.unproject([x + dx * REACH_PX, y + dy * REACH_PX]);
    const [southWest, northEast] = [corner(-1, 1), corner(1, -1)];
    const args = new URLSearchParams(config.query);
    args.set("bbox", [southWest.lng, southWest.lat, northEast.lng, northEast.lat].map((each) => each.toFixed(6)).join());
    args.set("per_page", MOST_LISTED);
    const answer = await fetch(`${config.search ?? "/api/v1/opportunities"}?${args}`);
    return answer.ok ? (await answer.json()).items.filter(({ place }) => place?.lat != null) : [];
  }

  placeCard() {
    if (!this.card?.isOpen) return;
    const marker = this.chosen && this.markers.of(this.chosen);
    const spot = marker?.spot ?? this.cardAt;
    if (marker) this.cardAt = marker.spot;
    const { clientWidth: width, clientHeight: height } = this.element;
    this.card.panel.classList.toggle("is-docked", width < NARROW_PX);
    this.element.style.setProperty("--map-inset", `${this.insets(0).bottom}px`);
    if (spot && width >= NARROW_PX) this.card.beside(this.map.project([spot.lon, spot.lat]), { width, height }, PIN_PX);
  }

  /** The list where it lies over the map, as on a phone. */
  get sheet() {
    const sheet = document.querySelector("[data-drag-sheet]");
    return sheet?.querySelector("[data-drag-grip]").checkVisibility() ? sheet : null;
  }

  /** Return how much of each edge is covered: by a sheet that lies over the map, and `edge` pixels for air. */
  insets(edge = EDGE_PX) {
    const { bottom, top, left, right } = this.element.getBoundingClientRect();
    const over = this.sheet?.getBoundingClientRect();
    const isOver = over && over.top < bottom && over.bottom > top && over.left < right && over.right > left;
    const covered = isOver ? Math.min(bottom - over.top, 0.6 * (bottom - top)) : 0;
    return { top: edge, left: edge, right: edge, bottom: covered + edge };
  }

  boundsHere() {
    const { clientWidth: width, clientHeight: height } = this.element;
    const { bottom } = this.insets(0);
    const southWest = this.map.unproject([0, height - bottom]);
    const northEast = this.map.unproject([width, 0]);
    return [southWest.lng, southWest.lat, northEast.lng, northEast.lat].map((each) => Number(each.toFixed(5)));
  }

  addressHere() {
    const address = new URL(location.href);
    for (const name of ["page", "radius_m"]) address.searchParams.delete(name);
    address.searchParams.set("bbox", this.boundsHere().join());
    return address;
  }

  recolour() {
    const colours = coloursOf(this.element);
    for (const [layer, property, value] of paint(this.ground, colours))
      if (this.map.getLayer(layer)) this.map.setPaintProperty(layer, property, value);
  }

  tell(name, detail) {
    this.element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}

function padded([west, south, east, north]) {
  const [across, up] = [east - west, north - south];
  return [west - across, south - up, east + across, north + up];
}

function boxOf(items) {
  if (!items.length) return null;
  const lons = items.map(({ place }) => place.lon);
  const lats = items.map(({ place }) => place.lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

function isOnePlace([west, south, east, north]) {
  return east - west < SAME_PLACE_DEG && north - south < SAME_PLACE_DEG;
}
