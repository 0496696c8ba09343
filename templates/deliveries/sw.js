// Keeps the shell of the door on this phone, and nothing that names anybody. Drawn by the portal: it is a
// new worker whenever a byte of the shell is.
{% if is_sending %}import { openStore } from {{ store|safe }};
import { Sync } from {{ sync|safe }};
{% endif %}
const TOLD = {{ told|safe }};
const CACHE = `door-${TOLD.version}`;
const FILES = new Set([...TOLD.files, ...TOLD.later]);

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => answer(event));
self.addEventListener("message", (event) => event.data === "now" && self.skipWaiting());

async function keep() {
  const cache = await caches.open(CACHE);
  const fresh = (address) => new Request(address, { cache: "no-cache" });
  await cache.addAll([TOLD.shell, ...TOLD.files].map(fresh));
  // The reader is large: without it the door opens all the same, and it comes with the first scan.
  await cache.addAll(TOLD.later.map(fresh)).catch(() => {});
}

// The page of the first visit is served from here on, too: it may lose its signal before the second.
async function takeOver() {
  await dropOthers();
  await self.clients.claim();
}

async function dropOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("door-") && name !== CACHE).map((name) => caches.delete(name)));
}

function answer(event) {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (pathname === TOLD.page) event.respondWith(kept(TOLD.shell, request));
  } else if (FILES.has(pathname)) {
    event.respondWith(kept(pathname, request, true));
  }
}

async function kept(address, request, mayKeep = false) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(address, { ignoreVary: true });
  if (found) return found;
  const answer = await fetch(request);
  if (mayKeep && answer.ok) await cache.put(address, answer.clone());
  return answer;
}
{% if is_sending %}
// The network is back and no page may be open: send what waits, once; the browser asks again if we fail.
self.addEventListener("sync", (event) => event.waitUntil(send()));

async function send() {
  const sync = new Sync({
    store: await openStore(),
    csrf: async () => decodeURIComponent((await self.cookieStore.get(TOLD.addresses.csrf_cookie))?.value ?? ""),
    device: "",
    addresses: TOLD.addresses,
  });
  try {
    await sync.sendOnce();
  } finally {
    for (const page of await self.clients.matchAll()) page.postMessage("sent");
  }
}
{% endif %}
