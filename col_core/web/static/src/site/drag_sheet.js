// [data-drag-sheet]: a sheet over the map on a phone, at one of three heights: data-at="peek", "half" or "full".
// It follows the finger on [data-drag-grip] (and on [data-drag-area], where there is one); the grip is a button too,
// and understands arrow keys. The style sheet gives it `block-size: var(--sheet-size)`, a transition except under
// [data-dragging], and shows the grip only where the sheet is one: without a grip to see, nothing happens here.
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
    this.go("half");
    for (const handle of [this.grip, sheet.querySelector("[data-drag-area]")])
      handle?.addEventListener("pointerdown", (event) => this.follow(event, handle));
    this.grip.addEventListener("click", (event) => {
      // The click that ends a drag is none; a click by keyboard has no detail.
      if (!(event.detail && this.wasDragged)) this.go(this.state === "full" ? "peek" : STATES[this.at + 1]);
    });
    this.grip.addEventListener("keydown", (event) => this.key(event));
    addEventListener("resize", () => this.go(this.state));
    document.addEventListener("map:selected", () => this.isSheet && this.go("peek"));
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

  get room() {
    return this.sheet.offsetParent?.clientHeight || innerHeight;
  }

  size(state) {
    return { peek: PEEK_PX, half: this.room * 0.5, full: this.room * 0.94 }[state];
  }

  go(state) {
    this.sheet.dataset.at = state;
    this.sheet.style.setProperty("--sheet-size", `${Math.round(this.size(state))}px`);
    this.grip.ariaExpanded = String(state !== "peek");
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
    const before = this.sheet.getBoundingClientRect().height;
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
