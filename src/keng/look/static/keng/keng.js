// Clocks that tick by the server's time, parts of a page that stay fresh, and steps that open in place.
// Every page works without this file; it only saves reloading.

const root = document.documentElement;
const SECOND = 1000, MINUTE = 60, HOUR = 3600, DAY = 86400;
const STALE_AFTER = 10 * SECOND;
let ahead = root.dataset.now ? Date.parse(root.dataset.now) - Date.now() : 0;

// --- clocks

function spell(seconds) {
  if (seconds < 0) return root.dataset.past.replace("{}", spell(-seconds));
  const two = (number) => String(number).padStart(2, "0");
  const days = Math.floor(seconds / DAY), hours = Math.floor((seconds % DAY) / HOUR);
  if (days) return `${days} ${root.dataset.day} ${hours} ${root.dataset.hour}`;
  const rest = `${two(Math.floor((seconds % HOUR) / MINUTE))}:${two(seconds % MINUTE)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function tick() {
  const now = Date.now() + ahead;
  for (const clock of document.querySelectorAll("time[data-clock]")) {
    const down = clock.dataset.clock === "down";
    const passed = Math.floor((now - Date.parse(clock.dateTime)) / SECOND);
    const seconds = down ? -passed : passed;
    const near = Number(clock.dataset.near), over = Number(clock.dataset.over);
    const late = down ? seconds < 0 : over > 0 && seconds >= over;
    const text = spell(seconds);
    if (clock.textContent !== text) clock.textContent = text;
    clock.classList.toggle("is-over", late);
    clock.classList.toggle("is-near", !late && (down ? seconds <= near : near > 0 && seconds >= near));
  }
}

function correctClock(part) {
  const said = Date.parse(part.querySelector("template[data-now]")?.dataset.now);
  if (said && Math.abs(said - Date.now() - ahead) > 2 * SECOND) ahead = said - Date.now();
}

// --- changing a part of the page into another, keeping focus, typed text and what is open

const keyOf = (node) => (node.nodeType === 1 ? node.id || node.dataset.row || "" : "");
const KEPT = new Set(["open"]);

function become(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh.cloneNode(true));
  if (old.nodeType !== 1) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return undefined;
  }
  if (old.isEqualNode(fresh)) return undefined;
  const typed = old.matches("input, textarea, select") && (old === document.activeElement || old.value !== old.defaultValue);
  if (typed) return undefined;
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !KEPT.has(name)) old.removeAttribute(name);
  return becomeChildren(old, fresh);
}

function becomeChildren(old, fresh) {
  const keyed = new Map();
  for (const child of old.childNodes) if (keyOf(child)) keyed.set(keyOf(child), child);
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const key = keyOf(wanted);
    const same = key ? keyed.get(key) : place && !keyOf(place) && place.nodeName === wanted.nodeName ? place : null;
    if (!same) {
      const added = wanted.cloneNode(true);
      if (key) added.classList.add("came");
      old.insertBefore(added, place);
      continue;
    }
    if (same === place) place = place.nextSibling;
    else old.insertBefore(same, place);
    become(same, wanted);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

// On a narrow screen each row of a table stands as a card, and its cells say which column they are.
function nameCells(within) {
  for (const table of within.querySelectorAll("table:not(.hours)")) {
    const names = [...(table.tHead?.rows[0]?.cells || [])].map((head) => head.textContent.trim());
    for (const row of table.querySelectorAll("tbody > tr"))
      [...row.cells].forEach((cell, at) => (cell.dataset.th = cell.colSpan > 1 ? "" : names[at] || ""));
  }
}

function swap(part, html) {
  const fresh = document.createElement("div");
  fresh.innerHTML = html;
  nameCells(fresh);
  for (const sent of fresh.querySelectorAll("template[data-for]")) nameCells(sent.content);
  correctClock(fresh);
  for (const sent of fresh.querySelectorAll("template[data-for]")) {
    const other = document.getElementById(sent.dataset.for);
    if (other) becomeChildren(other, sent.content);
    sent.remove();
  }
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const row = focused && [...part.querySelectorAll("[data-row]")].findIndex((one) => one.contains(focused));
  becomeChildren(part, fresh);
  if (focused && focused !== document.activeElement) takeUp(focused, part, row);
  tick();
  part.dispatchEvent(new CustomEvent("keng:fresh", { bubbles: true }));
}

// What had the focus is gone: the row in its place gets it, or the page, so that keys still work.
function takeUp(focused, part, row) {
  const rows = [...part.querySelectorAll("[data-row]")];
  const heir = row >= 0 ? rows[Math.min(row, rows.length - 1)]?.querySelector("a[href]") : null;
  (focused.isConnected ? focused : heir || document.getElementById("main")).focus({ preventScroll: true });
}

// --- parts that stay fresh: <div data-live="/address" data-every="3">, whose state <p data-live-note> tells.
// What comes in <template data-for="id"> goes to that other part of the page

class Live {
  constructor(part) {
    this.part = part;
    this.every = Math.max(Number(part.dataset.every) || 5, 1) * SECOND;
    this.note = document.querySelector("[data-live-note]");
    this.heard = Date.now();
    this.before = "";
    this.show();
    this.plan();
    setInterval(() => this.show(), SECOND);
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(this.timer) : this.ask()));
  }

  plan() {
    clearTimeout(this.timer);
    if (!document.hidden && !this.ended) this.timer = setTimeout(() => this.ask(), this.every);
  }

  async ask() {
    if (this.asking || this.ended) return;
    this.asking = true;
    try {
      const headers = { Accept: "text/html", "X-Requested-With": "keng-live" };
      const response = await fetch(this.part.dataset.live, { headers, cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (response.redirected || [401, 403, 404, 410].includes(response.status)) this.ended = true;
      else if (response.ok) await this.take(response);
    } catch { /* no answer: the note says so after ten seconds */ }
    this.asking = false;
    this.show();
    this.plan();
  }

  async take(response) {
    const html = await response.text();
    this.heard = Date.now();
    if (response.status === 204 || html === this.before) return;
    this.before = html;
    swap(this.part, html);
  }

  show() {
    const stale = this.ended || (!document.hidden && Date.now() - this.heard > STALE_AFTER);
    this.part.classList.toggle("is-stale", stale);
    if (!this.note) return;
    this.note.classList.toggle("is-stale", stale);
    const zone = { timeZone: "Asia/Ho_Chi_Minh", hourCycle: "h23" };
    const at = new Date(this.heard + ahead).toLocaleTimeString("vi-VN", zone);
    const words = this.note.dataset;
    const text = this.ended ? words.ended : stale ? `${words.stale} ${at}. ${words.staleMore}` : `${words.fresh} ${at}`;
    if (this.note.textContent !== text) this.note.textContent = text;
  }
}

// --- a part that takes the server a moment: <div data-once="/address">, asked for once the page is there

async function fill(part) {
  try {
    const headers = { Accept: "text/html", "X-Requested-With": "keng-live" };
    const response = await fetch(part.dataset.once, { headers, cache: "no-store" });
    if (response.ok && !response.redirected) return swap(part, await response.text());
  } catch { /* a link leads there instead */ }
  part.innerHTML = `<a href="${part.dataset.once}">${part.textContent}</a>`;
}

// --- steps that open in place, dialogs, errors

document.addEventListener("toggle", (event) => {
  const box = event.target;
  if (box.matches?.("details.confirm") && box.open) box.querySelector("select, textarea, input:not([type=hidden])")?.focus();
}, true);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal?.();
  const closer = event.target.closest("[data-close]");
  if (closer) closeAround(closer);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.("details[open]")) closeAround(event.target);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("textarea, select, input")) {
    const form = event.target.form; // a form whose buttons say different things is sent by one of them
    if (form && form.querySelectorAll("button:not([type=button])").length < 2) form.requestSubmit();
  }
});

function closeAround(inside) {
  inside.closest("dialog")?.close();
  const box = inside.closest("details.confirm");
  if (!box) return;
  box.open = false;
  box.querySelector("summary").focus();
}

// A second press of a button while the first is on its way sends nothing.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  else event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// A choice that is longer than its box stands under it in full. A screen reader reads the whole choice anyway.
function tellWhole(select) {
  const note = document.createElement("p");
  note.className = "hint whole";
  note.setAttribute("aria-hidden", "true");
  const show = () => (note.textContent = select.selectedOptions[0]?.text || "");
  select.addEventListener("change", show);
  select.after(note);
  show();
}

root.classList.add("scripted");
document.querySelectorAll("select[data-whole]").forEach(tellWhole);
nameCells(document);
for (const only of document.querySelectorAll("[data-close][hidden], [data-open][hidden]")) only.hidden = false;
for (const part of document.querySelectorAll("[data-live]")) new Live(part);
for (const part of document.querySelectorAll("[data-once]")) fill(part);
// What the last action did, or what must be put right, is read first; keys work from there.
(document.getElementById("errors") || document.getElementById("notice"))?.focus();
tick();
setInterval(tick, SECOND);
