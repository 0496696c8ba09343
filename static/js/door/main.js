// The application at the door: opens from the phone, shows what is on the phone, sends what it can.
import { Sync } from "./sync.js";
import { isWaiting, openStore } from "./store.js";
import { shortName } from "./doors.js";
import { badge } from "./outbox.js";
import { dayOf, dropOf } from "./rules.js";
import { lookingWho } from "./list.js";
import { SCREENS } from "./screens.js";
import { h } from "./parts.js";
import { addresses, badgeWords, say } from "./words.js";

const FIRST_LIST_MS = 4000;
const MINUTE_MS = 60_000;
const screen = document.getElementById("door-screen");
const said = document.getElementById("door-said");
const element = document.getElementById("door-badge");
const lead = document.getElementById("door-lead");

class App {
  constructor(store) {
    this.store = store;
    this.isMine = true;
    this.tick = null; // the last thing that was saved, and may be undone
    this.leaving = [];
    this.turn = 0; // of two screens that are made at once, the one asked for last is shown
    this.isNewScreen = false;
    this.sync = new Sync({ store, csrf: async () => csrf(), device: deviceName(), addresses, changed: () => this.changed() });
  }

  async load() {
    this.session = await this.store.meta("session");
    this.isGone = await this.store.meta("is_gone");
    this.contact = await this.store.meta("contact");
    const shop = this.session?.shop;
    this.manifest = shop === undefined ? null : await this.store.manifest(shop);
    this.acts = shop === undefined ? [] : await this.store.acts(shop);
    this.photos = shop === undefined ? [] : await this.store.photos(shop);
    this.drop = await this.dropNow(shop);
    // While nobody knows who is here, the badge tells of all that this phone holds.
    this.told = this.isSomebodyElse ? [await this.store.acts(), await this.store.photos()] : [this.acts, this.photos];
    this.day = this.manifest ? this.dayFor(this.isMine ? this.helper : "") : null;
    this.showBadge();
  }

  // The hand-over that was begun and is not told yet: what came and went since the last one, and what
  // was remarked.
  async dropNow(shop) {
    return dropOf(this.acts, await this.store.remarks(shop), this.manifest?.day);
  }

  async changeRemarks(change) {
    await this.store.changeRemarks(this.session.shop, change);
    await this.load();
  }

  // Whose tour this is, of a day that is shared; nothing when it isn't.
  get helper() {
    const name = this.session?.me?.name ?? "";
    const mine = [name, shortName(name)];
    return this.manifest?.packages.find((one) => one.helper && mine.includes(one.helper))?.helper ?? "";
  }

  dayFor(helper) {
    return dayOf(this.manifest, this.acts, { remarks: this.drop.remarks, helper });
  }

  // Whether somebody signed in since the portal told who is here: the list on this phone may be another
  // shop's, and what is done now is hers who sends it. Without a signal the same person's token stays.
  get isSomebodyElse() {
    return Boolean(this.session) && csrf() !== "" && csrf() !== this.session.csrf;
  }

  // For whom a screen is drawn.
  get whose() {
    return `${this.isSomebodyElse} ${this.session?.shop}`;
  }

  // Save acts and photos; what the page says afterwards is true even if the phone dies now. Without
  // room for the photo the act is saved without it.
  async record(acts, photos = []) {
    const row = {
      shop: this.session.shop,
      day: this.manifest.day,
      by: this.isSomebodyElse ? null : (this.session.me?.id ?? null),
      now: Date.now(),
      acts,
    };
    let rows;
    let isWithoutPhoto = false;
    try {
      rows = await this.store.record({ ...row, photos });
    } catch (no) {
      if (!photos.length) throw no;
      rows = await this.store.record(row);
      isWithoutPhoto = true;
    }
    await this.load();
    this.sendSoon();
    return { rows, isWithoutPhoto };
  }

  // A photo of what is no act yet; without room for it, what is said stays without a picture.
  async keepPhoto(photo) {
    try {
      await this.store.addPhoto({ ...photo, shop: this.session.shop, day: this.manifest.day });
    } catch (no) {
      console.warn(no);
      this.tell(say("saved_without_photo"));
    }
  }

  sendSoon() {
    this.sync.soon();
    navigator.storage?.persist?.().catch(() => {});
    navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("door")).catch(() => {});
  }

  // Take back what a tap saved: out of the phone if it never left it, else by a correction.
  async undo(rows) {
    const corrections = [];
    for (const row of [...rows].reverse()) {
      if (await this.store.takeBack(row.id)) continue;
      corrections.push({
        channel: "sync",
        undoes: row.before,
        item: { act: "amend", tracking_id: row.item.tracking_id, reason: "KEYING_ERROR" },
      });
    }
    if (corrections.length) await this.record(corrections);
    else await this.load();
    this.tick = null;
    this.tell(say("undone"));
  }

  // --- Screens -----------------------------------------------------------------------------------

  onLeave(leave) {
    this.leaving.push(leave);
  }

  go(hash, { replace = false } = {}) {
    if (hash === location.hash) return this.show();
    if (!replace) {
      location.hash = hash;
      return undefined;
    }
    history.replaceState(null, "", hash);
    return this.show();
  }

  async show({ isQuiet = false } = {}) {
    const turn = ++this.turn;
    this.isNewScreen ||= !isQuiet;
    this.leaving.splice(0).forEach((leave) => leave());
    await this.load();
    const [name = "", ...params] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
    const make = this.isSomebodyElse ? lookingWho : (SCREENS[name] ?? SCREENS[""]);
    this.shownFor = this.whose;
    this.shownShop = this.session?.shop;
    const { title, nodes, isLive = false } = await make(this, ...params);
    if (turn !== this.turn) return undefined;
    const isSame = !this.isNewScreen;
    this.isNewScreen = false;
    const focus = isSame ? placeOfFocus() : null;
    screen.replaceChildren(...[nodes].flat(4).filter(Boolean));
    // The portal's own list, if this is that page, has no use any more.
    document.querySelectorAll("main > :not(#door-app, [role=status])").forEach((part) => part.remove());
    // The way back stands beside the badge, at the top of every screen.
    lead.replaceChildren(screen.querySelector(".back, .lead-in") ?? "");
    this.isLive = isLive;
    document.title = `${title} · ${say("site")}`;
    if (isSame) return focus?.();
    scrollTo(0, 0);
    return screen.querySelector("h1")?.focus({ preventScroll: true });
  }

  tell(text) {
    said.textContent = "";
    requestAnimationFrame(() => (said.textContent = text));
  }

  // Something was sent or came in: show it where nobody is in the middle of something.
  async changed() {
    await this.load();
    // What stands in the address is of the shop that was here before.
    if (this.shownShop !== undefined && this.shownShop !== this.session?.shop) history.replaceState(null, "", "#/");
    if (this.whose !== this.shownFor) await this.show({ isQuiet: true });
    else if (this.isLive && !screen.contains(document.activeElement?.closest("form"))) await this.show({ isQuiet: true });
    else if (this.isLive) this.isStale = true;
  }

  // Drawn from what was just read: it never says more than the phone knows.
  showBadge() {
    const told = this.badge;
    element.replaceChildren(h("span", badgeWords(told)));
    element.dataset.kind = told.kind;
  }

  get badge() {
    const { remarks } = this.drop;
    return badge(...this.told, { now: Date.now(), isSignedOut: this.sync.isSignedOut, remarks });
  }

  get unsent() {
    return [...this.acts, ...this.photos].filter(isWaiting).length + this.drop.remarks.length;
  }
}

// How to give the focus back to what is in its place after a screen was drawn anew.
function placeOfFocus() {
  const here = document.activeElement;
  if (!screen.contains(here)) return null;
  const all = () => [...screen.querySelectorAll("a, button, input, summary, h1")];
  const place = all().indexOf(here);
  const again = () => (here.id && document.getElementById(here.id)) || all()[place];
  return () => again()?.focus({ preventScroll: true });
}

function csrf() {
  const name = `${addresses.csrf_cookie}=`;
  const found = document.cookie.split("; ").find((one) => one.startsWith(name));
  return found ? decodeURIComponent(found.slice(name.length)) : "";
}

// What kind of phone this is, and no more than that.
function deviceName() {
  const data = navigator.userAgentData;
  const platform = data?.platform || /(Android|iPhone|iPad|Windows|Mac|Linux)/.exec(navigator.userAgent)?.[1] || "?";
  const brands = data?.brands?.map((one) => one.brand).filter((one) => !/Not.?A.?Brand|^Chromium$/i.test(one));
  const browser = brands?.[0] ?? /(Firefox|Edg|Chrome|Safari)/.exec(navigator.userAgent)?.[1] ?? "?";
  return `${platform} · ${browser.replace("Google ", "")}`;
}

// The language menu of the shell was drawn for nobody: it leads back here, with this session's token.
function wireFrame() {
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = csrf()));
  document.querySelectorAll("[name=next]").forEach((field) => (field.value = addresses.page));
}

async function work() {
  if (!navigator.serviceWorker) return;
  const module = "SyncManager" in window;
  const worker = await navigator.serviceWorker.register(
    module ? `${addresses.worker}?sync=1` : addresses.worker,
    module ? { type: "module", scope: addresses.page } : { scope: addresses.page },
  );
  // A new version that waited since the last visit is offered now, and never in the middle of work.
  navigator.serviceWorker.addEventListener("message", () => app.changed());
  if (worker.waiting && navigator.serviceWorker.controller) app.offerUpdate(worker.waiting);
}

App.prototype.offerUpdate = function offerUpdate(waiting) {
  this.update = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("now");
  };
  if (this.isLive) this.show({ isQuiet: true });
};

let app;

async function begin() {
  app = new App(await openStore());
  globalThis.door = app;
  await app.store.tidy(Date.now());
  await app.load();
  wireFrame();
  const first = app.sync.start();
  // A phone without any list waits a little for its first one.
  if (!app.session) await Promise.race([first, new Promise((done) => setTimeout(done, FIRST_LIST_MS))]);
  await app.show({ isQuiet: true });
  addEventListener("hashchange", () => app.show());
  // Somebody may have signed in beside this tab.
  for (const back of ["focus", "pageshow"]) addEventListener(back, () => app.whose !== app.shownFor && app.show({ isQuiet: true }));
  setInterval(() => app.load(), MINUTE_MS);
  setInterval(() => app.store.tidy(Date.now()), 15 * MINUTE_MS);
  // Without its worker the door needs a network to open, and works all the same.
  await work().catch((no) => console.warn(no));
}

// A browser that can't keep anything gets the portal's own page.
begin().catch((no) => {
  console.warn(no);
  document.documentElement.classList.remove("app");
});
