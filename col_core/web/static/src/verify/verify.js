// What the page that checks badges does beyond its form: a file can be dropped on it, and a QR code scanned.
// The camera's picture never leaves the browser; what is read from it goes into the form as if it were pasted.
import { dropping } from "../site/dropping.js";
import { scanner } from "../site/scanner.js";

for (const form of document.querySelectorAll("[data-check-form]")) {
  dropping(form);
  scanner(form);
}
