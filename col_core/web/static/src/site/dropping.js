// A file, or an address, that is dropped on a form: [data-drop] takes it and the form is sent.
export function dropping(form) {
  const zone = form.querySelector("[data-drop]");
  const file = form.elements.file;
  let depth = 0;
  const mark = (change) => {
    depth = Math.max(0, depth + change);
    zone.classList.toggle("drop-over", depth > 0);
  };
  form.addEventListener("dragenter", () => mark(1));
  form.addEventListener("dragleave", () => mark(-1));
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(-depth);
    const { files } = event.dataTransfer;
    const text = event.dataTransfer.getData("text/uri-list") || event.dataTransfer.getData("text/plain");
    if (files.length > 0) {
      file.files = files;
    } else if (text) {
      form.elements.credential.value = text.trim();
    } else {
      return;
    }
    form.requestSubmit();
  });
}
