// Handing a large file in by parts: each with its place and SHA-256. After a break the same file goes on where it stood.
// Without this script the form sends the whole file at once, up to a limit.

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const digest = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));
const PAUSES = [500, 1000, 2000, 4000, 8000]; // milliseconds between tries of one part

async function call(url, options = {}) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const reply = await fetch(url, { method: "POST", credentials: "same-origin", ...options, headers: { "X-CSRFToken": token, ...options.headers } });
  const told = await reply.json().catch(() => ({}));
  if (reply.ok) return told;
  const said = told.error ? told.error[document.documentElement.lang === "en" ? "en" : "vi"] : reply.statusText;
  throw Object.assign(new Error(said), { told: Boolean(told.error) && reply.status < 500 });
}

async function again(act) {
  for (const pause of PAUSES) {
    try {
      return await act();
    } catch (fault) {
      if (fault.told) throw fault;
      await new Promise((done) => setTimeout(done, pause));
    }
  }
  return act();
}

// What was begun before for the very same file is gone on with: its address is kept for this tab.
async function begin(form, file, whole) {
  const key = `keng.register.${whole}`;
  const kept = sessionStorage.getItem(key);
  if (kept) {
    try {
      const standing = await call(kept, { method: "GET" });
      if (standing.state === "receiving") return standing;
    } catch {
      sessionStorage.removeItem(key);
    }
  }
  const words = new FormData();
  for (const name of ["partner", "purpose"]) words.set(name, form.elements[name].value);
  words.set("name", file.name);
  words.set("size", String(file.size));
  const opened = await call(form.dataset.begin, { body: words });
  sessionStorage.setItem(key, `${opened.url}da-nhan/`);
  return opened;
}

async function send(form, told) {
  const file = form.elements.file.files[0], size = Number(form.dataset.partBytes);
  told.textContent = `${told.dataset.reading}…`;
  const whole = await digest(await file.arrayBuffer());
  const opened = await begin(form, file, whole);
  for (let offset = opened.received; offset < file.size; offset += size) {
    const part = await file.slice(offset, offset + size).arrayBuffer();
    told.textContent = `${told.dataset.sending}: ${Math.floor((offset * 100) / file.size)} %`;
    const url = `${opened.part_url}?offset=${offset}&sha256=${await digest(part)}`;
    await again(() => call(url, { body: part, headers: { "Content-Type": "application/octet-stream" } }));
  }
  const words = new FormData();
  words.set("sha256", whole);
  const done = await again(() => call(opened.finish_url, { body: words }));
  location.assign(done.url);
}

for (const form of document.querySelectorAll("form[data-register]")) {
  form.addEventListener("submit", async (event) => {
    if (!window.crypto?.subtle || !form.reportValidity()) return;
    event.preventDefault();
    const told = form.querySelector("[data-told]"), button = form.querySelector("button");
    told.hidden = false;
    button.disabled = true;
    try {
      await send(form, told);
    } catch (fault) {
      told.textContent = fault.told ? fault.message : told.dataset.broken;
      button.disabled = false;
    }
  });
}
