// The phone's own database. What a person did is in it before the page says so, in one transaction
// with its sequence number and its photos; docs/door.md names the stores.
import { openDB } from "../../vendor/idb-8.0.4/build/index.js";
import { isOver, uuid7 } from "./moments.js";

const NAME = "hub-door";
const VERSION = 1;
const SAFE = { durability: "strict" };
const KEPT_SENT = 12 * 60 * 60_000;

export const newId = (now = Date.now()) => uuid7(now, crypto.getRandomValues(new Uint8Array(10)));
export const isWaiting = (one) => one.state === "waiting" || one.state === "held";
// Tried several times, and the portal had no use for it yet.
export const isStuck = (one) => isWaiting(one) && (one.failures ?? 0) >= 3;
// Refused, and nobody put it aside.
export const isUnread = (one) => one.state === "refused" && !one.is_seen;

export async function openStore() {
  const db = await openDB(NAME, VERSION, {
    upgrade(fresh) {
      fresh.createObjectStore("meta");
      fresh.createObjectStore("manifests", { keyPath: ["shop_id", "day"] });
      fresh.createObjectStore("acts", { keyPath: "id" }).createIndex("sequence", "sequence");
      fresh.createObjectStore("photos", { keyPath: ["act", "hash"] }).createIndex("act", "act");
    },
    // A newer version of the application waits in another tab: let it have the database.
    blocking: (_from, _to, event) => event.target.close(),
  });
  return new Store(db);
}

class Store {
  constructor(db) {
    this.db = db;
  }

  meta(name) {
    return this.db.get("meta", name);
  }

  setMeta(name, value) {
    return this.db.put("meta", value, name);
  }

  // Write acts, with their photos, each under the phone's next number. Both or nothing: who is told
  // that it is saved can close the phone now.
  async record({ shop, day, by, now, acts, photos = [] }) {
    const work = this.db.transaction(["meta", "acts", "photos"], "readwrite", SAFE);
    try {
      const sequence = (await work.objectStore("meta").get("sequence")) ?? 0;
      const rows = acts.map((act, place) => ({
        state: "waiting",
        tried: false,
        ...act,
        id: act.id ?? newId(now),
        shop,
        day,
        by,
        made_at: now,
        sequence: sequence + place + 1,
      }));
      work.objectStore("meta").put(sequence + rows.length, "sequence");
      rows.forEach((row) => work.objectStore("acts").put(row));
      photos.forEach((one) => work.objectStore("photos").put({ ...one, shop, day, state: "waiting" }));
      await work.done;
      return rows;
    } catch (no) {
      await ended(work);
      throw no;
    }
  }

  // A photo of something that is not an act yet: a remark at the drop.
  async addPhoto(row) {
    const work = this.db.transaction("photos", "readwrite", SAFE);
    work.store.put({ ...row, state: "waiting" });
    await work.done;
  }

  // The remarks of a hand-over that is not told yet. Changed in one transaction with reading them, so
  // that two tabs don't lose each other's.
  async changeRemarks(shop, change) {
    const work = this.db.transaction("meta", "readwrite", SAFE);
    const all = (await work.store.get("drop")) ?? {};
    work.store.put({ ...all, [shop]: change(all[shop] ?? []) }, "drop");
    await work.done;
  }

  // What a refused hand-over said of single packages goes back to the remarks that are not told yet, with
  // its photos; the hand-over itself is read then.
  async freeRemarks(id) {
    const work = this.db.transaction(["meta", "acts", "photos"], "readwrite", SAFE);
    const [meta, acts, photos] = ["meta", "acts", "photos"].map((name) => work.objectStore(name));
    const row = await acts.get(id);
    const freed = row.item.remarks;
    acts.put({ ...row, is_seen: true, item: { ...row.item, remarks: [] } });
    const all = (await meta.get("drop")) ?? {};
    const kept = all[row.shop] ?? [];
    const known = new Set(kept.map((one) => one.id));
    meta.put({ ...all, [row.shop]: [...kept, ...freed.filter((one) => !known.has(one.id))] }, "drop");
    for (const { id: act } of freed) {
      for (const photo of await photos.index("act").getAll(act)) {
        if (photo.state === "refused" && photo.blob) photos.put({ ...photo, state: "waiting", is_seen: false });
      }
    }
    await work.done;
  }

  async remarks(shop) {
    return (await this.meta("drop"))?.[shop] ?? [];
  }

  async dropPhotos(act) {
    const work = this.db.transaction("photos", "readwrite", SAFE);
    for (const key of await work.store.index("act").getAllKeys(act)) work.store.delete(key);
    await work.done;
  }

  seePhoto(row) {
    return this.db.put("photos", { ...row, is_seen: true });
  }

  // An act that never left the phone is taken back with its photos, unless another package of its door
  // is shown by them; one that may have left is not.
  // Which of the two it was is decided in one transaction with taking it.
  async takeBack(id) {
    const work = this.db.transaction(["acts", "photos"], "readwrite", SAFE);
    const row = await work.objectStore("acts").get(id);
    const isFree = row && row.state !== "sent" && !row.tried;
    if (isFree) {
      work.objectStore("acts").delete(id);
      const others = await work.objectStore("acts").getAll();
      const isShared = others.some((one) => one.item.proof === id);
      const keys = isShared ? [] : await work.objectStore("photos").index("act").getAllKeys(id);
      keys.forEach((key) => work.objectStore("photos").delete(key));
    } else if (row) {
      work.objectStore("acts").put({ ...row, is_undone: true });
    }
    await work.done;
    return Boolean(isFree);
  }

  async acts(shop) {
    const all = await this.db.getAllFromIndex("acts", "sequence");
    return shop === undefined ? all : all.filter((one) => one.shop === shop);
  }

  async photos(shop) {
    const all = await this.db.getAll("photos");
    return shop === undefined ? all : all.filter((one) => one.shop === shop);
  }

  // The list of the last contact for a shop.
  async manifest(shop) {
    const all = await this.db.getAll("manifests");
    const mine = all.filter((one) => one.shop_id === shop);
    return mine.sort((one, other) => other.tick - one.tick)[0] ?? null;
  }

  async nextTick() {
    const work = this.db.transaction("meta", "readwrite");
    const tick = ((await work.store.get("tick")) ?? 0) + 1;
    work.store.put(tick, "tick");
    await work.done;
    return tick;
  }

  async keepManifest(manifest) {
    await this.db.put("manifests", manifest);
  }

  // From here on these acts may be known to the portal, whatever answer comes or doesn't.
  async markTried(ids) {
    const work = this.db.transaction("acts", "readwrite", SAFE);
    const rows = await Promise.all(ids.map((id) => work.store.get(id)));
    const here = rows.filter(Boolean);
    here.forEach((row) => work.store.put({ ...row, tried: true, state: "waiting" }));
    await work.done;
    return here;
  }

  // Put receipts into their acts: all of an answer, or none of it.
  async settle(receipts, now) {
    const work = this.db.transaction(["meta", "acts"], "readwrite", SAFE);
    const meta = work.objectStore("meta");
    const tick = ((await meta.get("tick")) ?? 0) + 1;
    meta.put(tick, "tick");
    for (const receipt of receipts) {
      const row = await work.objectStore("acts").get(receipt.id);
      if (!row) continue;
      const state = receipt.result === "refused" ? "refused" : "sent";
      work.objectStore("acts").put({ ...row, state, tick, settled_at: now, receipt });
    }
    await work.done;
  }

  // Nobody may send these now: they stay, and say so.
  async hold(shop, isHeld = true) {
    const work = this.db.transaction("acts", "readwrite", SAFE);
    for await (const cursor of work.store) {
      const row = cursor.value;
      if (row.shop !== shop || !isWaiting(row)) continue;
      await cursor.update({ ...row, state: isHeld ? "held" : "waiting" });
    }
    await work.done;
  }

  async updateAct(id, changes) {
    const work = this.db.transaction("acts", "readwrite", SAFE);
    const row = await work.store.get(id);
    if (row) work.store.put({ ...row, ...changes });
    await work.done;
  }

  // A photo that did not get through stays, and is tried again later than the others.
  async delayPhoto(photo, again_at) {
    await this.db.put("photos", { ...photo, failures: (photo.failures ?? 0) + 1, again_at });
  }

  // A photo that arrived needs no room any more.
  async settlePhoto(photo, state, message = "") {
    const blob = state === "sent" ? null : photo.blob;
    const row = { ...photo, blob, state, message, settled_at: Date.now() };
    await this.db.put("photos", row);
  }

  // --- What goes, and when -----------------------------------------------------------------------

  // Lists of days that are over, and what was sent, go. While something of a day waits, its list
  // stays without the names and addresses of what is done.
  async tidy(now, { isLeaving = false, shop } = {}) {
    const work = this.db.transaction(["meta", "manifests", "acts", "photos"], "readwrite");
    const [manifests, acts, photos] = await Promise.all([
      work.objectStore("manifests").getAll(),
      work.objectStore("acts").getAll(),
      work.objectStore("photos").getAll(),
    ]);
    const shown = new Set(photos.filter(isWaiting).map((row) => row.act));
    const unread = new Set(acts.filter(isUnread).flatMap((row) => (row.item.remarks ?? []).map((one) => one.id)));
    for (const row of [...acts, ...photos]) {
      if (!row.hash && (shown.has(row.id) || shown.has(row.item.proof))) continue;
      if (row.hash && unread.has(row.act)) continue; // its remark may be sent again
      const isPast = isLeaving || now - row.settled_at > KEPT_SENT;
      const isDone = row.state === "sent" || (row.state === "refused" && !isUnread(row));
      if (!isDone || !isPast) continue;
      if (row.hash) work.objectStore("photos").delete([row.act, row.hash]);
      else work.objectStore("acts").delete(row.id);
    }
    for (const one of manifests) {
      const mustGo = isLeaving ? shop === undefined || one.shop_id === shop : false;
      if (!mustGo && !isOver(one.day, one.zone, now)) continue;
      const waits = [...acts, ...photos].filter((row) => row.shop === one.shop_id && isWaiting(row));
      if (waits.length) work.objectStore("manifests").put(withoutNames(one, waits));
      else work.objectStore("manifests").delete([one.shop_id, one.day]);
    }
    if (isLeaving) {
      const session = await work.objectStore("meta").get("session");
      if (session) work.objectStore("meta").put({ ...session, me: null, csrf: null }, "session");
      work.objectStore("meta").delete("draft");
    }
    await work.done;
  }
}

// Nothing of a transaction stays that could not be written whole.
async function ended(work) {
  try {
    work.abort();
  } catch {
    // It ended by itself.
  }
  try {
    await work.done;
  } catch {
    // Why it ended is told by whoever threw first.
  }
}

function withoutNames(manifest, waits) {
  const needed = new Set(waits.map((row) => row.item?.tracking_id));
  const packages = manifest.packages.map((one) =>
    needed.has(one.tracking_id)
      ? one
      : { ...one, name: "", address1: "", address2: "", instructions: "", latitude: null, longitude: null },
  );
  return { ...manifest, packages };
}
