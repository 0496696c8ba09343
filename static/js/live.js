// Keeps the parts of a page marked `data-live="address"` up to date while it is open.
//
// Each part asks every `data-every` seconds (15), at once when the page is looked at again or comes
// back online, and not at all while nobody looks. A server that does not answer is asked less and
// less often. What did not change costs a 304. What did is put in place piece by piece: the focus,
// opened details and what somebody types stay. A bar (`components/live.html`) says as of when, and
// stops it. An answer without content (205) means that the whole page has become another one.
const USUAL_S = 15;
const LONGEST_MS = 300_000;
const PATIENCE_MS = 20_000;

const bar = document.querySelector("[data-live-bar]");
const parts = [...document.querySelectorAll("[data-live]")].map((element) => ({
  element,
  every: 1000 * (Number(element.dataset.every) || USUAL_S),
  mark: "",
  said: sayingOf(element),
  failures: 0,
  timer: 0,
  isAsking: false,
  asksAgain: false,
}));
let isStopped = false;

function rests() {
  return isStopped || document.hidden || !navigator.onLine;
}

function later(part) {
  clearTimeout(part.timer);
  if (rests()) {
    return;
  }
  const pause = Math.min(part.every * 2 ** part.failures, Math.max(LONGEST_MS, part.every));
  part.timer = setTimeout(() => ask(part), pause * (0.9 + 0.2 * Math.random()));
}

async function ask(part) {
  if (part.isAsking || rests()) {
    part.asksAgain = part.isAsking; // that answer may be older than the wish
    return;
  }
  part.isAsking = true;
  try {
    await refresh(part);
    part.failures = 0;
  } catch {
    part.failures += 1;
  }
  part.isAsking = false;
  tell();
  if (part.asksAgain) {
    part.asksAgain = false;
    ask(part);
  } else {
    later(part);
  }
}

async function refresh(part) {
  const answer = await fetch(part.element.dataset.live, {
    credentials: "same-origin",
    headers: part.mark ? { "If-None-Match": part.mark } : {},
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (answer.status === 205 || answer.redirected) {
    location.reload();
    return;
  }
  if (!answer.ok && answer.status !== 304) {
    throw new Error(String(answer.status));
  }
  if (answer.ok) {
    const text = await answer.text();
    if (isInUse(part.element)) {
      return; // the same answer comes again, once nobody types or marks words
    }
    put(part.element, text);
    part.mark = answer.headers.get("ETag") ?? "";
    announce(part);
  }
  const asOf = answer.headers.get("X-As-Of");
  const time = bar?.querySelector("[data-live-time]");
  if (asOf && time) {
    time.textContent = decodeURIComponent(asOf);
  }
}

// --- Putting in place ----------------------------------------------------------------------------

function isInUse(element) {
  const active = document.activeElement;
  const types = element.contains(active) && active.matches("textarea, select, input");
  const marked = getSelection();
  return types || (!marked.isCollapsed && element.contains(marked.anchorNode));
}

function put(element, text) {
  const fresh = element.cloneNode(false);
  fresh.innerHTML = text;
  const held = element.contains(document.activeElement) ? nameOf(document.activeElement) : "";
  const folds = new Map(
    [...element.querySelectorAll("details")].map((one) => [nameOf(one), one.open]),
  );
  for (const one of fresh.querySelectorAll("details")) {
    one.open = folds.get(nameOf(one)) ?? one.open;
  }
  become(element, fresh);
  if (held && !element.contains(document.activeElement)) {
    const all = [...element.querySelectorAll("a, button, summary, [tabindex]")];
    const again = all.find((one) => nameOf(one) === held);
    if (!again) {
      element.tabIndex = -1;
    }
    (again ?? element).focus({ preventScroll: true });
  }
}

// Changes only what differs, so that a reader's place in the page stays.
function become(old, fresh) {
  if (old.isEqualNode(fresh)) {
    return;
  }
  const isAlike =
    old.nodeType === Node.ELEMENT_NODE &&
    old.nodeName === fresh.nodeName &&
    old.childNodes.length === fresh.childNodes.length;
  if (!isAlike) {
    const isRoot = old.matches?.("[data-live]");
    isRoot ? old.replaceChildren(...fresh.childNodes) : old.replaceWith(fresh);
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name)) {
      old.removeAttribute(name);
    }
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
    }
  }
  const next = [...fresh.childNodes];
  [...old.childNodes].forEach((child, place) => become(child, next[place]));
}

// By what an element is found again in the next answer.
function nameOf(element) {
  const words = element.matches("details")
    ? element.querySelector("summary")?.textContent
    : element.textContent;
  const place = element.closest("[id]")?.id ?? "";
  const address = element.getAttribute("href") ?? element.getAttribute("value") ?? "";
  return [element.nodeName, place, address, address ? "" : words?.trim()].join("|");
}

// --- The bar -------------------------------------------------------------------------------------

function sayingOf(element) {
  return element.querySelector("[data-live-say]")?.textContent.trim().replace(/\s+/g, " ") ?? "";
}

function announce(part) {
  const said = sayingOf(part.element);
  const place = bar?.querySelector("[data-live-said]");
  if (place && said && said !== part.said) {
    place.textContent = said;
  }
  part.said = said;
}

function tell() {
  if (!bar) {
    return;
  }
  const isStale = !navigator.onLine || parts.some((part) => part.failures > 0);
  bar.querySelector("[data-live-stale]").hidden = !isStale;
  for (const one of bar.querySelectorAll("[data-live-when]")) {
    one.hidden = one.dataset.liveWhen !== (isStopped ? "stopped" : "going");
  }
}

function askAll() {
  tell();
  parts.forEach(ask);
}

const button = bar?.querySelector("[data-live-stop]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    isStopped = !isStopped;
    askAll();
  });
}
document.addEventListener("visibilitychange", askAll);
for (const event of ["focus", "online", "offline"]) {
  addEventListener(event, askAll);
}
addEventListener("pageshow", (event) => event.persisted && askAll());
parts.forEach(later);
