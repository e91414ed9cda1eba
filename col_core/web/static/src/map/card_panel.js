// The card of a chosen pin: beside it on a wide map, along the lower edge of a narrow one, where it swipes to the next.
import { iconButton, make } from "./elements.js";

const SWIPE_PX = 48;

export class CardPanel {
  /** `address` is the card's, with {id}; `on` are functions: `stepped(+1 or -1)`, `closed()`. */
  constructor(container, address, labels, on) {
    this.address = address;
    this.labels = labels;
    this.on = on;
    this.asked = new AbortController();
    this.body = make("div", { class: "map-card-body" });
    this.previous = iconButton(labels.text("previous"), "chevron-left", "map-card-step", () => on.stepped(-1));
    this.next = iconButton(labels.text("next"), "chevron-right", "map-card-step", () => on.stepped(1));
    this.panel = make(
      "section",
      { class: "map-card", hidden: true, tabIndex: -1, "aria-label": labels.text("pin") || labels.text("map") },
      this.body,
      make(
        "div",
        { class: "map-card-tools" },
        this.previous,
        this.next,
        iconButton(labels.text("close"), "x", "map-card-close", () => this.close()),
      ),
    );
    container.append(this.panel);
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    this.watchSwipes();
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  /** Show the cards of `ids`; one can be stepped on from, several are a list to scroll. */
  async open(ids, { canStep }) {
    this.asked.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    this.previous.hidden = this.next.hidden = !canStep;
    this.panel.classList.toggle("has-many", ids.length > 1);
    this.panel.hidden = false;
    this.panel.ariaBusy = "true";
    try {
      const texts = await Promise.all(ids.map((id) => this.fetch(id, signal)));
      this.body.replaceChildren(...texts.map((text) => document.createRange().createContextualFragment(text)));
      this.body.dispatchEvent(new CustomEvent("content:added", { bubbles: true }));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.body.replaceChildren(make("p", { class: "map-card-failed" }, this.labels.text("failed")));
    }
    this.panel.ariaBusy = "false";
    this.body.scrollTop = 0;
  }

  async fetch(id, signal) {
    const answer = await fetch(this.address.replace("{id}", encodeURIComponent(id)), { signal });
    if (!answer.ok) throw new Error(`The card of ${id}: ${answer.status}`);
    return answer.text();
  }

  /** Put the panel beside the point (x, y) of a map of the given size, inside its edges. */
  beside({ x, y }, { width, height }, pinSize) {
    const { offsetWidth, offsetHeight } = this.panel;
    const margin = 12;
    const above = y - pinSize - offsetHeight > margin;
    const top = above ? y - pinSize - offsetHeight : Math.min(y + pinSize, height - offsetHeight - margin);
    const left = Math.min(Math.max(x - offsetWidth / 2, margin), width - offsetWidth - margin);
    this.panel.style.setProperty("--card-x", `${Math.round(left)}px`);
    this.panel.style.setProperty("--card-y", `${Math.round(Math.max(top, margin))}px`);
  }

  focus() {
    (this.body.querySelector("a") ?? this.panel).focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    this.asked.abort();
    this.panel.hidden = true;
    this.body.replaceChildren();
    this.on.closed();
  }

  watchSwipes() {
    let start = null;
    this.panel.addEventListener("pointerdown", (event) => {
      start = event.pointerType === "touch" && !this.previous.hidden ? event : null;
    });
    this.panel.addEventListener("pointerup", (event) => {
      if (!start) return;
      const across = event.clientX - start.clientX;
      const isSwipe = Math.abs(across) > SWIPE_PX && Math.abs(across) > 2 * Math.abs(event.clientY - start.clientY);
      start = null;
      if (isSwipe) this.on.stepped((across < 0 ? 1 : -1) * (getComputedStyle(this.panel).direction === "rtl" ? -1 : 1));
    });
    this.panel.addEventListener("pointercancel", () => (start = null));
  }
}
