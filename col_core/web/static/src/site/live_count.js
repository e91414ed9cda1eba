// [data-live-count="<address>"] on the button that applies a form: its words follow what the form would find.
const PAUSE_MS = 250;

export function liveCount() {
  for (const button of document.querySelectorAll("[data-live-count]")) {
    let timer;
    let asked = new AbortController();
    button.form?.addEventListener("input", () => {
      clearTimeout(timer);
      asked.abort();
      asked = new AbortController();
      timer = setTimeout(() => count(button, asked.signal), PAUSE_MS);
    });
  }
}

async function count(button, signal) {
  try {
    const given = new URLSearchParams(new FormData(button.form));
    const answer = await fetch(`${button.dataset.liveCount}?${given}`, { signal });
    if (answer.ok) button.textContent = await answer.text();
  } catch {
    // Superseded by the next change, or no network: the button goes on to work with the words that it has.
  }
}
