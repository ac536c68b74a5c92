/* Theme, copying, printing. */

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  document.dispatchEvent(new Event("theme"));
}

async function copy(button) {
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
}

/* Work that costs time waits until the first screen is drawn, or until a printer wants the page. */
function afterFirstScreen(work) {
  let done = false;
  const start = () => {
    if (!done) work();
    done = true;
  };
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(start)));
  addEventListener("beforeprint", start);
}

function preparePage() {
  document.documentElement.classList.add("js");
  afterFirstScreen(() => document.documentElement.classList.add("whole"));
  document.getElementById("theme").addEventListener("click", switchTheme);
  document.addEventListener("click", (event) => event.target.matches(".copy") && copy(event.target));
  document.addEventListener("click", (event) => event.target.matches(".command code") && event.target.parentElement.classList.add("open"));
  addEventListener("beforeprint", () => document.querySelectorAll("details:not([open]):not(.group)").forEach((d) => (d.open = true)));
}
