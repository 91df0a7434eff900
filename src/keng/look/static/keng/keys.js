// The officers' keyboard: j and k walk the rows, Enter opens, letters shown beside controls press them, ? lists them.
// An address that ends in #key-h (or #key-h-BP-123: of that measure) opens the page with that control chosen, not pressed.

const STORE = "keng.keys";
const root = document.documentElement;
const visible = (node) => node.getClientRects().length > 0 && !node.disabled;
const hears = (node) => visible(node) || Boolean(node.closest("[popover]")); // a place behind a button has its key all the same
const typing = (node) => node.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const actsOnSecond = (node) => "twice" in node.dataset;
const isOn = () => localStorage.getItem(STORE) !== "off";

function walk(step) {
  const rows = [...document.querySelectorAll("[data-row]")].filter(visible);
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
  const target = rows[next].querySelector("a[href]") || rows[next];
  target.focus({ preventScroll: true });
  rows[next].scrollIntoView({ block: "nearest" });
}

function controlsFor(key) {
  return [...document.querySelectorAll("[data-key]")].filter((node) => node.dataset.key === key && hears(node));
}

// A control with data-twice acts on the second press: the first shows which one is meant.
// Where several rows or measures offer the same key, the one in focus is meant, then the first on the page.
function press(key, scope) {
  const found = controlsFor(key);
  const around = scope || document.activeElement.closest("[data-row], [data-scope]");
  const chosen = found.find((node) => around?.contains(node)) || found[0];
  if (!chosen) return false;
  const armed = document.activeElement === chosen;
  chosen.scrollIntoView({ block: "nearest" });
  chosen.focus({ preventScroll: true });
  if (armed || !actsOnSecond(chosen)) chosen.click();
  return true;
}

function listKeys() {
  const list = document.querySelector("[data-keys]");
  if (!list) return;
  list.querySelectorAll("[data-found]").forEach((line) => line.remove());
  const seen = new Set();
  for (const node of document.querySelectorAll("[data-key]")) {
    if (!hears(node) || seen.has(node.dataset.key)) continue;
    seen.add(node.dataset.key);
    const line = document.createElement("div"), left = document.createElement("dt"), right = document.createElement("dd");
    for (let count = actsOnSecond(node) ? 2 : 1; count; count -= 1) {
      const sign = document.createElement("kbd");
      sign.className = "key";
      sign.textContent = node.dataset.key;
      left.append(sign, " ");
    }
    right.textContent = node.dataset.label || label(node);
    line.dataset.found = "";
    line.append(left, right);
    list.append(line);
  }
}

function label(node) {
  const copy = node.cloneNode(true);
  copy.querySelectorAll("kbd, .count, .unseen").forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, " ");
}

// What the address asks for. A second press is the officer's own, so a link never decides anything.
function takeUpAddress() {
  const [, key, measure] = location.hash.match(/^#key-([a-z])(?:-(BP-[0-9A-Z]+))?$/) || [];
  if (!key || !isOn()) return;
  history.replaceState(null, "", location.pathname + location.search);
  press(key, measure && document.getElementById(`measure-${measure}`));
}

// Out of a field, so that letters are keys again; a step that is open in place is closed by keng.js.
function leaveField(field) {
  if (field.closest("details[open], dialog[open]")) return;
  field.blur();
  (field.closest("[data-row], [data-scope]")?.querySelector("a[href], button") || document.getElementById("main")).focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target)) leaveField(event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (event.key === "?") listKeys();
  if (document.querySelector("dialog[open]")) return;
  if (!isOn() && event.key !== "?") return;
  if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
  else if (event.key.length !== 1 || event.repeat || !press(event.key)) return; // a key held down presses once
  event.preventDefault();
});

document.querySelector("[data-open=keys]")?.addEventListener("click", listKeys);
const toggle = document.querySelector("[data-keys-on]");
if (toggle) {
  toggle.checked = isOn();
  toggle.addEventListener("change", () => localStorage.setItem(STORE, toggle.checked ? "on" : "off"));
}
takeUpAddress();
root.dataset.hears = isOn() ? "keys" : ""; // from here on the page hears keys
performance.mark("keng:keys");
