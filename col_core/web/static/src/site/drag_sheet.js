// [data-drag-sheet]: a sheet over the map on a phone, at one of three heights: data-at="peek", "half" or "full".
// It follows the finger on [data-drag-grip] and [data-drag-area]; the grip is a button too, and understands arrow keys.
// Beyond its height the page scrolls; [data-drag-away] then leads back to the map. The style sheet lets
// `--sheet-size` of it show between its scroll margins, which leave out what is held at the window's edges, moves it
// slowly except under [data-dragging], and shows the grip only where the sheet is one: without a grip to see, nothing
// happens here.
const STATES = ["peek", "half", "full"];
const PEEK_PX = 132;
const TAP_PX = 6;
const FLICK_PX_PER_MS = 0.4;

export function dragSheet() {
  for (const sheet of document.querySelectorAll("[data-drag-sheet]")) new Sheet(sheet);
}

class Sheet {
  constructor(sheet) {
    this.sheet = sheet;
    this.grip = sheet.querySelector("[data-drag-grip]");
    this.atOnce(() => this.stand(history.state?.sheet ?? "half"));
    this.offerTheMap();
    for (const handle of [this.grip, sheet.querySelector("[data-drag-area]")])
      handle?.addEventListener("pointerdown", (event) => this.follow(event, handle));
    this.grip.addEventListener("click", (event) => {
      // The click that ends a drag is none; a click by keyboard has no detail.
      if (!(event.detail && this.wasDragged)) this.go(this.state === "full" ? "peek" : STATES[this.at + 1]);
    });
    this.grip.addEventListener("keydown", (event) => this.key(event));
    addEventListener("resize", () => this.stand(this.state));
    document.addEventListener("map:selected", () => this.isSheet && this.go("peek"));
  }

  offerTheMap() {
    const away = document.querySelector("[data-drag-away]");
    if (!away) return;
    away.addEventListener("click", () => {
      this.go("peek");
      this.grip.focus();
    });
    const watch = ([{ isIntersecting }]) => (away.hidden = isIntersecting);
    new IntersectionObserver(watch, { rootMargin: `${-this.above}px 0px 0px` }).observe(this.grip);
  }

  get state() {
    return this.sheet.dataset.at;
  }

  get at() {
    return STATES.indexOf(this.state);
  }

  get isSheet() {
    return this.grip.checkVisibility();
  }

  get above() {
    return Number.parseFloat(getComputedStyle(this.sheet).scrollMarginTop);
  }

  /** Where the window ends for the sheet: above what is held at its lower edge. */
  get bottom() {
    return innerHeight - Number.parseFloat(getComputedStyle(this.sheet).scrollMarginBottom);
  }

  get room() {
    return this.bottom - this.above;
  }

  /** How much of the sheet is in view, whether it was drawn up or the page was scrolled. */
  get shown() {
    return this.bottom - this.sheet.getBoundingClientRect().top;
  }

  size(state) {
    return { peek: PEEK_PX, half: this.room * 0.5, full: this.room * 0.94 }[state];
  }

  /** Go to a height, which who comes back to the page finds again. */
  go(state) {
    if (this.isSheet) this.unscroll();
    this.stand(state);
    history.replaceState({ ...history.state, sheet: state }, "");
  }

  stand(state) {
    this.sheet.dataset.at = state;
    this.sheet.style.setProperty("--sheet-size", `${Math.round(this.size(state))}px`);
    this.grip.ariaExpanded = String(state !== "peek");
  }

  /** Let the sheet alone be as high as it is, and nothing of the page be scrolled away. */
  unscroll() {
    if (!scrollY) return;
    const size = this.shown;
    this.atOnce(() => {
      this.sheet.style.setProperty("--sheet-size", `${size}px`);
      scrollTo({ top: 0, behavior: "instant" });
    });
  }

  atOnce(change) {
    this.sheet.toggleAttribute("data-dragging", true);
    change();
    this.sheet.getBoundingClientRect();
    this.sheet.toggleAttribute("data-dragging", false);
  }

  key(event) {
    const to = { ArrowUp: this.at + 1, ArrowDown: this.at - 1, Home: 2, End: 0 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.go(STATES[Math.min(Math.max(to, 0), 2)]);
  }

  follow(down, handle) {
    if (!this.isSheet || down.button !== 0) return;
    this.wasDragged = false;
    this.unscroll();
    const before = this.shown;
    let size = before;
    let last = down;
    let speed = 0;
    const move = (event) => {
      size = Math.min(Math.max(before + down.clientY - event.clientY, PEEK_PX / 2), this.size("full"));
      speed = (last.clientY - event.clientY) / Math.max(event.timeStamp - last.timeStamp, 1);
      last = event;
      this.sheet.toggleAttribute("data-dragging", true);
      this.sheet.style.setProperty("--sheet-size", `${size}px`);
    };
    const end = () => {
      handle.removeEventListener("pointermove", move);
      this.sheet.toggleAttribute("data-dragging", false);
      if (Math.abs(size - before) < TAP_PX) return this.go(this.state);
      this.wasDragged = true;
      this.go(this.nearest(size, speed));
    };
    handle.setPointerCapture(down.pointerId);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", end, { once: true });
  }

  nearest(size, speed) {
    const sizes = STATES.map((state) => this.size(state));
    if (speed > FLICK_PX_PER_MS) return STATES[Math.max(sizes.findIndex((each) => each > size), 0)] ?? "full";
    if (speed < -FLICK_PX_PER_MS) return STATES[Math.max(sizes.findLastIndex((each) => each < size), 0)];
    const distances = sizes.map((each) => Math.abs(each - size));
    return STATES[distances.indexOf(Math.min(...distances))];
  }
}
