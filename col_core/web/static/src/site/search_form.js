// Forms that search: the address of their results names only what was filled in, and who comes back finds them as that
// address says, not as they were left.
export function searchForm() {
  const forms = document.querySelectorAll("form[role=search]");
  for (const form of forms)
    form.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
    });
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    for (const form of forms) form.reset();
    for (const sheet of document.querySelectorAll("[popover]:popover-open")) sheet.hidePopover();
  });
}
