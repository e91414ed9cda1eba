// The list and the map point at each other: what is under the pointer in one is marked in the other.

/** Mark the cards of the list for which `isMeant(id, place)`; `place` is [longitude, latitude], or null. */
export function markInList(isMeant) {
  for (const card of cards()) card.classList.toggle("is-linked", isMeant(...meaning(card)));
}

/** Bring the card of `id` into view in a list that scrolls beside the map. */
export function revealInList(id) {
  const card = cards().find((each) => each.dataset.opportunityId === id);
  card?.scrollIntoView({ block: "nearest", behavior: "auto" });
}

/** Call `pointed` with the id and the place of the card that the pointer or the focus is on, and with nulls after it. */
export function watchList(pointed) {
  const told = (event, isOn) => {
    const card = event.target.closest?.("[data-opportunity-id]");
    if (!card || inMap(card) || card.contains(event.relatedTarget)) return;
    pointed(...(isOn ? meaning(card) : [null, null]));
  };
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, (event) => told(event, true));
  for (const name of ["pointerout", "focusout"]) document.addEventListener(name, (event) => told(event, false));
}

function meaning({ dataset: { opportunityId, spot } }) {
  return [opportunityId, spot ? spot.split(",").map(Number) : null];
}

function cards() {
  return [...document.querySelectorAll("[data-opportunity-id]")].filter((card) => !inMap(card));
}

function inMap(card) {
  return card.closest("[data-map]") !== null;
}
