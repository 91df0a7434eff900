// Passkeys: <form data-passkey="get|create" data-ask="address" data-take="address"> asks the server for a challenge, the browser for
// the key, and sends what it signed. What went wrong is said in the form's [data-said]. Without this file the codes' way is left.

const json = { "Content-Type": "application/json", Accept: "application/json" };

async function send(form, address, body) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const options = { method: "POST", headers: { ...json, "X-CSRFToken": token }, body: JSON.stringify(body), cache: "no-store" };
  const response = await fetch(address, options);
  if (response.redirected) return location.assign(response.url);
  const told = await response.json();
  if (response.ok) return told;
  if (told.error.code === "proof_needed") return location.assign(`${form.dataset.prove}?next=${encodeURIComponent(location.pathname)}`);
  throw new Error(told.error[document.documentElement.lang === "en" ? "en" : "vi"]);
}

async function credential(way, asked) {
  if (way === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked.publicKey) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.publicKey) });
}

async function run(form) {
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("button");
  said.textContent = "";
  button.disabled = true;
  try {
    const asked = await send(form, form.dataset.ask, {});
    if (!asked) return;
    const made = await credential(form.dataset.passkey, asked);
    const name = form.querySelector("[name=key_name]")?.value || "";
    const told = await send(form, form.dataset.take, { credential: made.toJSON(), name });
    if (told) location.assign(told.to);
  } catch (error) {
    // DOMException: the person gave up, the device has no key, or it is one that we know already
    const words = { InvalidStateError: said.dataset.known, NotAllowedError: said.dataset.none };
    said.textContent = error instanceof DOMException ? words[error.name] || said.dataset.none : error.message;
    said.focus();
  } finally {
    button.disabled = false;
    delete form.dataset.sent;
  }
}

const able = window.isSecureContext && window.PublicKeyCredential?.parseRequestOptionsFromJSON;
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!able) continue;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form);
  });
}
for (const instead of document.querySelectorAll("[data-no-passkeys]")) instead.hidden = Boolean(able);
