// The list and the map point at each other: what is under the pointer in one is marked in the other.

/** Mark the cards of the list that show the opportunity `id`, and no others. */
export function markInList(id) {
  for (const card of cards()) card.classList.toggle("is-linked", id !== null && card.dataset.opportunityId === id);
}

/** Bring the card of `id` into view in a list that scrolls beside the map. */
export function revealInList(id) {
  const card = cards().find((each) => each.dataset.opportunityId === id);
  card?.scrollIntoView({ block: "nearest", behavior: "auto" });
}

/** Call `pointed` with the id of the card that the pointer or the focus is on, and with null after it. */
export function watchList(pointed) {
  const told = (event, isOn) => {
    const card = event.target.closest?.("[data-opportunity-id]");
    if (!card || inMap(card) || card.contains(event.relatedTarget)) return;
    pointed(isOn ? card.dataset.opportunityId : null);
  };
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, (event) => told(event, true));
  for (const name of ["pointerout", "focusout"]) document.addEventListener(name, (event) => told(event, false));
}

function cards() {
  return [...document.querySelectorAll("[data-opportunity-id]")].filter((card) => !inMap(card));
}

function inMap(card) {
  return card.closest("[data-map]") !== null;
}
