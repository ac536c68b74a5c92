/* What people write into the fields of a postmortem, saved as a copy of the page as it was made. */

const source = "<!doctype html>\n" + document.documentElement.outerHTML;

function filled() {
  const copy = new DOMParser().parseFromString(source, "text/html");
  for (const field of typed) {
    const kept = copy.querySelector(`[data-field="${field.dataset.field}"]`);
    kept.textContent = field.innerText.trim();
    kept.classList.remove("rich");
  }
  return "<!doctype html>\n" + copy.documentElement.outerHTML;
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([filled()], { type: "text/html" }));
  link.download = decodeURIComponent(location.pathname.split("/").pop()) || "postmortem.html";
  link.click();
  URL.revokeObjectURL(link.href);
  changed = false;
}

const typed = new Set();
let changed = false;
document.getElementById("save").addEventListener("click", save);
document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-field]");
  if (field) typed.add(field);
  changed ||= field !== null;
});
addEventListener("beforeunload", (event) => changed && event.preventDefault());
