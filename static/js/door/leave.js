// On the page that signs out: says what this phone still holds, and takes names and addresses off it
// before the person goes. What was not sent stays for whoever of the shop signs in next.
import { isWaiting, openStore } from "./store.js";

const form = document.querySelector("[data-door-leave]");
const note = document.querySelector("[data-door-unsent]");

async function begin() {
  const known = (await indexedDB.databases?.())?.some(({ name }) => name === "hub-door") ?? true;
  if (!known) return;
  const store = await openStore();
  const waiting = [...(await store.acts()), ...(await store.photos())].filter(isWaiting);
  const remarks = Object.values((await store.meta("drop")) ?? {}).flat();
  const unsent = waiting.length + remarks.length;
  if (note && unsent) {
    note.querySelector("b").textContent = String(unsent);
    note.hidden = false;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await store.tidy(Date.now(), { isLeaving: true }).catch(() => {});
    form.submit();
  });
}

if (form) begin();
