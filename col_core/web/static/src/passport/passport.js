// What the pages of badges do beyond their forms: reading a code with the camera, copying, printing, turning a badge
// over, and a screen that shows its next code in time.
import { announce } from "../site/announce.js";
import { dropping } from "../site/dropping.js";
import { scanner } from "../site/scanner.js";

for (const form of document.querySelectorAll("[data-code-form]")) scanner(form);
for (const form of document.querySelectorAll("[data-check-form]")) dropping(form);
for (const flip of document.querySelectorAll("[data-flip]")) turning(flip);
document.addEventListener("click", pressed);
const screen = document.querySelector("[data-screen]");
if (screen) showing(screen);

async function pressed(event) {
  if (event.target.closest("[data-print]")) {
    print();
    return;
  }
  const button = event.target.closest("[data-copy]");
  const source = button && nearest(button);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    announce(button.dataset.copied);
  } catch {
    // Where the clipboard is closed, the text is at least chosen, ready to be copied by hand.
    getSelection().selectAllChildren(source);
  }
}

/** Return what a button copies: the next thing above it that says so. */
function nearest(button) {
  for (let place = button.parentElement; place; place = place.parentElement) {
    const source = place.querySelector("[data-copy-source]");
    if (source) return source;
  }
  return null;
}

function turning(flip) {
  const button = flip.querySelector("[data-flip-button]");
  const back = flip.querySelector("[data-flip-back]");
  button.addEventListener("click", () => {
    const turned = flip.classList.toggle("is-turned");
    back.inert = !turned;
    button.ariaPressed = String(turned);
  });
}

/** Let a screen count down, and show its next code when it is there. */
function showing(place) {
  let left = Number(place.dataset.left);
  let asking = false;
  const step = Number(place.dataset.step);
  const paint = () => place.querySelector("[data-screen-bar]")?.style.setProperty("inline-size", `${(left / step) * 100}%`);
  paint();
  setInterval(async () => {
    left -= 1;
    if (left > 0 || asking) {
      paint();
      // How many have it is news too.
      if (asking || left % 5) return;
    }
    asking = true;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.status === 404 || answer.status === 410) location.reload();
      if (!answer.ok) return;
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-screen]");
      if (!next) return;
      left = Number(next.dataset.left);
      place.replaceChildren(...next.childNodes);
      paint();
    } catch {
      // The network is away for a moment; the next second tries again.
      left = 1;
    } finally {
      asking = false;
    }
  }, 1000);
}
