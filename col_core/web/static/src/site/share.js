// [data-share] data-share-title data-share-url: the system's own way to share, else the address is copied.
import { announce } from "./announce.js";

export function share() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-share]");
    if (!button) return;
    const url = button.dataset.shareUrl || location.href;
    const title = button.dataset.shareTitle || document.title;
    if (navigator.share) {
      // Who closes the system's sheet again has changed their mind: nothing went wrong.
      await navigator.share({ title, url }).catch(() => {});
      return;
    }
    try {
      await navigator.clipboard.writeText(url);
      announce(button.dataset.copied);
    } catch {
      announce(url);
    }
  });
}
