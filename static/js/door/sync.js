// What goes to the portal and what comes back. Works in a page and in the service worker alike.
// An answer that doesn't come changes nothing here: the same acts go out again under the same ids.
import { withOffset } from "./moments.js";
import { nextCall, pause, stillAsked } from "./outbox.js";
import { isWaiting } from "./store.js";
import { ANOTHER_SHOPS, LATER, Later, NOT_NOW, NotNow, Wire, words } from "./wire.js";

const PROTOCOL = 3;
const LOCK = "hub-door-sync";
const MOST_FAILED = 3;
const FRESH_MS = 60_000;

export class Sync extends Wire {
  // `csrf` answers with the session's token, `changed` is told when something came or went.
  constructor({ store, csrf, device, changed = () => {}, addresses }) {
    super({ csrf, addresses });
    Object.assign(this, { store, device, changed });
    this.failures = 0;
    this.timer = null;
    this.isWanted = false;
    this.listAt = 0;
  }

  // Start when something may have changed for the better, and by a timer.
  start() {
    addEventListener("online", () => this.soon(500));
    addEventListener("focus", () => this.soon(500));
    document.addEventListener("visibilitychange", () => document.hidden || this.soon(500));
    return this.run();
  }

  // Send within `most` milliseconds, by chance, so that a street of phones doesn't call at once.
  soon(most = 2000) {
    this.isWanted = true;
    this.plan(Math.random() * most);
  }

  plan(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), ms);
  }

  // One round: acts, photos, the list. One tab at a time; another tab's round counts as ours.
  // Whatever goes wrong, there is a next one.
  async run() {
    let wait = pause(1, Math.random());
    try {
      wait = await this.turn();
    } finally {
      this.plan(wait);
    }
  }

  async turn() {
    const asked = await this.asked();
    if (asked) return asked + Math.random() * 2000;
    const round = async (lock) => (lock ? this.round() : pause(0, Math.random()));
    const wait = navigator.locks
      ? await navigator.locks.request(LOCK, { ifAvailable: true }, round)
      : await round(true);
    return this.isWanted ? Math.min(wait, Math.random() * 2000) : wait;
  }

  // How long the portal asked us not to call, of now.
  async asked() {
    return stillAsked(await this.store.meta("later_until"), Date.now());
  }

  // From the worker, without a page: a failure is told, so that the browser asks again.
  async sendOnce() {
    if (await this.asked()) throw new Later();
    await navigator.locks.request(LOCK, () => this.sendAll());
  }

  async round() {
    let asked = 0;
    this.isWanted = false;
    try {
      await this.sendAll();
      this.failures = 0;
    } catch (no) {
      if (!(no instanceof Later) && !(no instanceof NotNow)) console.warn(no);
      this.failures += 1;
      asked = no.waitMs ?? 0;
      this.isWanted = false;
      if (asked) await this.store.setMeta("later_until", Date.now() + asked);
    }
    await this.changed();
    return pause(this.failures, Math.random(), asked);
  }

  async sendAll() {
    // A phone that knows of no network doesn't try: what it holds can still be taken back then.
    if (navigator.onLine === false) throw new Later();
    const session = (await this.whoIsHere()) ?? (await this.getManifest());
    try {
      await this.sendActs(session);
      await this.sendPhotos(session);
    } catch (no) {
      // Why not: signed out, no member any more, or another shop's session? The list tells.
      if (no instanceof NotNow) await this.getManifest();
      throw no;
    }
    if (Date.now() - this.listAt > FRESH_MS) await this.getManifest();
  }

  // Who is signed in, as far as we know: a new sign-in and another shop bring a new token.
  async whoIsHere() {
    const session = await this.store.meta("session");
    const token = await this.csrf();
    const isSame = token && session?.csrf === token;
    return isSame && !this.isSignedOut ? session : null;
  }

  // A phone that lost nothing but its token gets one with the shell, which is nobody's. Who is signed
  // out gets none: it would take the place of the one that an open sign-in form was drawn with.
  async getToken() {
    await this.call(this.addresses.shell);
    return this.csrf();
  }

  // The manifest of today, and with it: who we are, for which shop, and what time it is there.
  async getManifest() {
    const tick = await this.store.nextTick();
    const asked = Date.now();
    const answer = await this.call(this.addresses.manifest);
    if (answer.status === 401 || answer.status === 403) {
      await this.shutOut(await this.store.meta("session"));
      throw new NotNow();
    }
    if (answer.status === 404) {
      const session = await this.store.meta("session");
      await this.shutOut(session);
      await this.store.tidy(Date.now(), { isLeaving: true, shop: session?.shop });
      await this.store.setMeta("is_gone", true);
      throw new NotNow();
    }
    const manifest = await answer.json();
    const session = {
      csrf: (await this.csrf()) || (await this.getToken()),
      me: manifest.me ?? null,
      shop: manifest.shop_id ?? manifest.shop,
    };
    this.isSignedOut = false;
    this.listAt = Date.now();
    await this.store.setMeta("session", session);
    await this.store.setMeta("is_gone", false);
    await this.store.setMeta("contact", { at: Date.now() });
    await this.noteSkew(manifest.server_at, (asked + Date.now()) / 2);
    await this.store.hold(session.shop, false);
    await this.store.keepManifest({ ...manifest, shop_id: session.shop, tick, at: Date.now() });
    return session;
  }

  async shutOut(session) {
    this.isSignedOut = true;
    if (session) await this.store.hold(session.shop);
  }

  async noteSkew(serverAt, ours) {
    if (serverAt) await this.store.setMeta("skew_s", Math.round((ours - Date.parse(serverAt)) / 1000));
  }

  // --- Acts --------------------------------------------------------------------------------------

  async sendActs(session) {
    for (;;) {
      const waiting = (await this.store.acts(session.shop)).filter(isWaiting);
      if (!waiting.length) return;
      const acts = await this.store.markTried(nextCall(waiting).map((act) => act.id));
      if (!acts.length) continue;
      const receipts = await this.sendCall(acts, session);
      const mine = receipts.filter((one) => acts.some((act) => act.id === one.id));
      // An answer without a receipt for anything we sent can't be the end of it: ask again, later.
      if (!mine.length) throw new Later();
      await this.store.settle(mine, Date.now());
      await this.store.setMeta("contact", { at: Date.now() });
      await this.changed();
    }
  }

  async sendCall(acts, session) {
    const [{ channel, id, item }] = acts;
    if (channel !== "sync") {
      const device = channel === "close" ? { device: (await this.deviceOf(session)).key } : {};
      const body = { ...item, ...device, shop: session.shop };
      const answer = await this.post(this.addresses[channel], body);
      return [{ ...answer, id, result: answer.result ?? "recorded", reason: "" }];
    }
    const answer = await this.post(this.addresses.sync, await this.bodyOf(acts, session));
    await this.noteSkew(answer.server_at, Date.now());
    return answer.receipts ?? [];
  }

  async bodyOf(acts, session) {
    const [all, photos] = [await this.store.acts(session.shop), await this.store.photos(session.shop)];
    const { key, name } = await this.deviceOf(session);
    const waiting = all.filter(isWaiting);
    const told = acts.map((act) => act.id);
    const rest = waiting.filter((act) => !told.includes(act.id));
    return {
      protocol: PROTOCOL,
      device: key,
      name,
      shop: session.shop,
      sent_at: iso(Date.now()),
      unsent: rest.length,
      unsent_photos: photos.filter(isWaiting).length,
      oldest_unsent_at: rest.length ? iso(Math.min(...rest.map((act) => act.made_at))) : null,
      items: acts.map((act) => ({
        ...act.item,
        id: act.id,
        happened_at: iso(act.made_at),
        sequence: act.sequence,
        ...(act.by == null ? {} : { by: act.by }),
      })),
    };
  }

  // The phone's own key, one for each shop it works for.
  async deviceOf(session) {
    const keys = (await this.store.meta("device")) ?? {};
    if (!keys[session.shop]) {
      keys[session.shop] = crypto.randomUUID();
      await this.store.setMeta("device", keys);
    }
    if (this.device) await this.store.setMeta("device_name", this.device);
    return { key: keys[session.shop], name: this.device || ((await this.store.meta("device_name")) ?? "") };
  }

  // --- Photos ------------------------------------------------------------------------------------

  // A photo goes once one of the acts that share it is told. That of acts which were all refused
  // shows nothing any more. One that the portal can't take now stays, and the others go past it; several
  // of them one after the other mean the portal, and not the photo.
  async sendPhotos(session) {
    const acts = await this.store.acts(session.shop);
    let isTold = true;
    let failed = 0;
    for (const photo of await this.photosToSend(session)) {
      const shown = acts.filter((act) => shows(photo, act));
      if (shown.length && shown.every((act) => act.state === "refused")) {
        await this.store.settlePhoto({ ...photo, is_seen: true }, "refused"); // people read of its acts
      } else if (!shown.length || shown.some((act) => act.state === "sent")) {
        const isThrough = await this.sendPhoto(photo);
        failed = isThrough ? 0 : failed + 1;
        if (isThrough) isTold = false;
        if (failed >= MOST_FAILED) throw new Later();
      }
      await this.changed();
    }
    // Not found may also mean that this person is no member any more: the list tells.
    if (failed) await this.getManifest();
    // The last call said that photos wait here; they don't any more.
    if (!isTold) await this.post(this.addresses.sync, await this.bodyOf([], session));
  }

  // Photos that wait and are not to rest after a failure, those that never failed first.
  async photosToSend(session) {
    const now = Date.now();
    const waiting = (await this.store.photos(session.shop)).filter(isWaiting);
    const ready = waiting.filter((one) => !stillAsked(one.again_at, now));
    return ready.sort((one, other) => (one.failures ?? 0) - (other.failures ?? 0));
  }

  // Whether the portal had an answer to a photo: taken, or refused with a sentence.
  async sendPhoto(photo) {
    const address = `${this.addresses.proofs}${photo.act}?kind=${photo.kind}&shop=${photo.shop}`;
    const answer = await this.call(address, {
      isGoneRound: true,
      method: "PUT",
      body: photo.blob,
      headers: {
        "Content-Type": photo.blob.type || "image/jpeg",
        "X-Taken-At": iso(photo.made_at),
        "X-Said": encodeURIComponent(photo.said ?? ""),
        "X-Is-Good": photo.is_good === false ? "0" : "1",
      },
    });
    if (answer.status === 404 || LATER.has(answer.status)) {
      await this.store.delayPhoto(photo, Date.now() + pause(photo.failures ?? 0, Math.random()));
      return false;
    }
    if (NOT_NOW.has(answer.status)) throw new NotNow();
    const isTaken = answer.ok;
    const said = isTaken ? {} : await words(answer);
    if (said.code === ANOTHER_SHOPS) this.askWhoIsHere();
    await this.store.settlePhoto(photo, isTaken ? "sent" : "refused", said.detail ?? said.title ?? "");
    await this.store.setMeta("contact", { at: Date.now() });
    return true;
  }
}

function shows(photo, act) {
  return (
    act.id === photo.act ||
    act.item.proof === photo.act ||
    (act.item.remarks ?? []).some((one) => one.id === photo.act)
  );
}

function iso(ms) {
  return withOffset(ms, new Date(ms).getTimezoneOffset());
}
