// Keeps the parts of a page marked `data-live="address"` up to date while it is open. An answer
// without content means that the whole page has become another one.
const EVERY_MS = 1000;

async function refresh(part) {
  const answer = await fetch(part.dataset.live, { credentials: "same-origin" });
  if (answer.status === 205 || answer.redirected) {
    location.reload();
    return;
  }
  if (answer.ok) {
    part.innerHTML = await answer.text();
  }
  later(part);
}

function later(part) {
  setTimeout(() => refresh(part).catch(() => later(part)), EVERY_MS);
}

document.querySelectorAll("[data-live]").forEach(later);
