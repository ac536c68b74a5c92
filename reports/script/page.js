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

/* What lies below waits until the first screen is drawn, and hurries when somebody moves, jumps or prints. */
const LOOK_MS = 100;
const HURRY = ["scroll", "resize", "pointermove", "pointerdown", "keydown", "focusin", "beforeprint"];

function afterFirstScreen(work) {
  const root = document.documentElement;
  const returns = performance.getEntriesByType("navigation")[0]?.type !== "navigate";
  root.classList.toggle("whole", returns || location.hash !== "");
  let timer = null;
  const start = () => {
    clearTimeout(timer);
    for (const event of HURRY) removeEventListener(event, start, true);
    root.classList.add("whole");
    document.body.getBoundingClientRect(); // lays out what was hidden, so that the work may measure it
    work();
  };
  for (const event of HURRY) addEventListener(event, start, true);
  requestAnimationFrame(() => (timer = setTimeout(start, LOOK_MS)));
}

function preparePage() {
  document.documentElement.classList.add("js");
  document.getElementById("theme").addEventListener("click", switchTheme);
  document.addEventListener("click", (event) => event.target.matches(".copy") && copy(event.target));
  document.addEventListener("click", (event) => event.target.matches(".command code") && event.target.parentElement.classList.add("open"));
  addEventListener("beforeprint", () => document.querySelectorAll("details:not([open]):not(.group)").forEach((d) => (d.open = true)));
}
