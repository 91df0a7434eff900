// While many people send at once the gate may ask for a little work. It is asked for and done while the person types, and
// goes along with the form. Without this script, or on a phone that cannot, the form is sent all the same and read later.
//
//   <form data-gate="report">               asks whether work is wanted, for this purpose
//   <form data-challenge=".." data-bits="..">   work is wanted: do it, then send the form (or open data-here)

const LONGEST = 30000; // milliseconds that sending waits for work; then it goes without
const FRESH = 20000;
const KEEPS = 8 * 60 * 1000; // a challenge serves for ten minutes
const WORKER = new URL("gate-worker.js", import.meta.url);

function solve(challenge, bits) {
  return new Promise((done, failed) => {
    const worker = new Worker(WORKER);
    worker.onmessage = (event) => { worker.terminate(); done(event.data); };
    worker.onerror = failed;
    worker.postMessage({ challenge, bits });
  });
}

const after = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds, ""));

class Work {
  constructor(form) {
    this.form = form;
    this.askedAt = -Infinity;
    this.proof = Promise.resolve("");
    form.addEventListener("focusin", () => this.begin(KEEPS), { once: true });
    form.addEventListener("submit", (event) => this.send(event));
  }

  begin(ifOlderThan) {
    if (performance.now() - this.askedAt < ifOlderThan) return;
    this.askedAt = performance.now();
    this.proof = this.work().catch(() => "");
  }

  async work() {
    const reply = await fetch(`/cong/${this.form.dataset.gate}/`, { cache: "no-store", signal: AbortSignal.timeout(4000) });
    const asked = await reply.json();
    this.found = asked.bits > 0;
    return this.found ? solve(asked.challenge, asked.bits) : "";
  }

  async send(event) {
    if (this.ready || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.sending) return;
    this.sending = true;
    this.form.setAttribute("aria-busy", "true");
    this.begin(this.found ? KEEPS : FRESH);
    const proof = await Promise.race([this.proof, after(LONGEST)]);
    await after(0); // a form cannot be sent while its submit event is still under way
    if (proof) this.form.action = withProof(this.form.action, proof);
    this.ready = true;
    this.form.requestSubmit(event.submitter);
  }

  again() {
    this.ready = this.sending = false;
    this.askedAt = -Infinity; // a proof serves once
    this.form.removeAttribute("aria-busy");
  }
}

function withProof(address, proof) {
  const url = new URL(address, location.href);
  url.searchParams.set("proof", proof);
  return url.href;
}

async function finish(form) {
  const { challenge, bits, here } = form.dataset;
  const proof = await solve(challenge, Number(bits));
  if (here) location.replace(withProof(here, proof));
  else { form.action = withProof(form.action, proof); form.requestSubmit(); }
}

const works = [...document.querySelectorAll("form[data-gate]")].map((form) => new Work(form));
addEventListener("pageshow", (event) => { if (event.persisted) works.forEach((work) => work.again()); });
for (const form of document.querySelectorAll("form[data-challenge]")) finish(form).catch(() => {});
