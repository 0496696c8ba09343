// What a day at the doors is: the manifest of the last contact, and the acts that are not in it yet.
// Pure: plain values in, plain values out, no page, no database, no clock. What an act does to a
// package is said once more in hubshops/deliveries/rules.py, and both are tested with the same cases.
import { doorKey, doors } from "./doors.js";
import { localDay } from "./moments.js";

const TO_DELIVER = new Set(["AT_SHOP", "OUT_FOR_DELIVERY", "ATTEMPTED"]);
const IN_CUSTODY = new Set([...TO_DELIVER, "RETURN_PENDING"]);
const COMING = new Set(["ASSIGNED", "MANIFESTED"]);
const NOT_TAKEN = new Set(["SHORT", "REJECTED_AT_DROP"]);
const MAY_COME = new Set([...COMING, ...NOT_TAKEN, "MISSING"]);
const REFUSED_AT_DROP = new Set(["damaged", "oversize", "over_cap"]);
export const ENTERED_BY_MISTAKE = "KEYING_ERROR";

// --- What an act does ----------------------------------------------------------------------------

// The package after an act, or null when the act makes no sense for it.
export function after(item, one, book) {
  switch (item.act) {
    case "receive":
      return MAY_COME.has(one.state) ? { ...one, state: "AT_SHOP" } : null;
    case "load":
      return TO_DELIVER.has(one.state) ? { ...one, state: "OUT_FOR_DELIVERY" } : null;
    case "deliver":
      return IN_CUSTODY.has(one.state) ? { ...one, state: "DELIVERED" } : null;
    case "attempt":
      return afterTry(item, one, book);
    case "return":
      return IN_CUSTODY.has(one.state) ? { ...one, state: "RETURNED_TO_STATION" } : null;
    default:
      return null;
  }
}

function afterTry(item, one, book) {
  const isLost = nextStep(item.reason, book) === "search";
  const mayBeTried = TO_DELIVER.has(one.state) || (isLost && one.state === "RETURN_PENDING");
  if (!mayBeTried) return null;
  const attempts = one.attempts + 1;
  return { ...one, attempts, state: stateAfterTry(item.reason, attempts, book) };
}

function nextStep(reason, book) {
  return book.reasons.find((one) => one.code === reason)?.next_step ?? "retry";
}

// Where a package goes after its `tried`-th try in vain.
export function stateAfterTry(reason, tried, book) {
  const step = nextStep(reason, book);
  if (step === "search") return "MISSING";
  return step === "return" || tried >= book.most_attempts ? "RETURN_PENDING" : "ATTEMPTED";
}

// What a reason leads to, before it is confirmed: how many packages end in which state, and whether
// this was the last try for one that would else be tried again.
export function consequences(reason, packages, book) {
  const ends = {};
  for (const one of packages) {
    const state = stateAfterTry(reason, one.attempts + 1, book);
    ends[state] = (ends[state] ?? 0) + 1;
  }
  const isLastTry = nextStep(reason, book) === "retry" && "RETURN_PENDING" in ends;
  return { ends, isLastTry };
}

// --- The day -------------------------------------------------------------------------------------

// Whether an act has to be added to what the manifest says. `tick` counts answers and manifests in
// the order in which they came, so that no clock has to be right.
function isOnTop(act, manifest) {
  if (act.state === "refused" || act.receipt?.reason === "under_review") return false;
  return act.state !== "sent" || act.tick > manifest.tick;
}

// The packages as they stand: manifest, then acts in the order of their sequence, then what was
// remarked at a hand-over that is not finished.
export function packagesNow(manifest, acts, remarks = []) {
  const found = new Map(manifest.packages.map((one) => [one.tracking_id, { ...one, at: null }]));
  const later = acts.filter((act) => isOnTop(act, manifest));
  later.sort((one, other) => one.sequence - other.sequence);
  for (const act of later) apply(found, act, manifest);
  remark(found, remarks);
  return [...found.values()];
}

function apply(found, act, manifest) {
  if (act.channel === "drop") return remark(found, act.item.remarks);
  const one = found.get(act.item.tracking_id);
  if (!one) return undefined;
  const next = act.undoes ? { ...one, ...act.undoes } : after(act.item, one, manifest);
  if (next) found.set(one.tracking_id, { ...next, at: act.made_at });
  return undefined;
}

function remark(found, remarks) {
  for (const { kind, tracking_id: id } of remarks ?? []) {
    const one = found.get(id);
    if (one && kind === "short" && COMING.has(one.state)) found.set(id, { ...one, state: "SHORT" });
    if (one && REFUSED_AT_DROP.has(kind) && MAY_COME.has(one.state)) {
      found.set(id, { ...one, state: "REJECTED_AT_DROP" });
    }
  }
}

// The day sorted by what is to be done next. `mine`: only the stops of the tours of this helper, and
// what is everybody's.
export function dayOf(manifest, acts, { remarks = [], helper = "" } = {}) {
  const all = packagesNow(manifest, acts, remarks);
  const shown = helper ? all.filter((one) => isFor(one, helper)) : all;
  const keptToday = new Set(triedToday(shown, manifest, acts));
  const open = shown.filter((one) => TO_DELIVER.has(one.state) && !keptToday.has(one.tracking_id));
  const of = (...states) => shown.filter((one) => states.includes(one.state));
  return {
    all,
    shown,
    coming: of(...COMING),
    stops: doors(open),
    left: open.length,
    atShop: open.filter((one) => one.state !== "OUT_FOR_DELIVERY"),
    kept: shown.filter((one) => keptToday.has(one.tracking_id)),
    toGiveBack: of("RETURN_PENDING"),
    missing: of("MISSING"),
    notTaken: of(...NOT_TAKEN),
    done: of("DELIVERED", "RETURNED_TO_STATION").sort((one, other) => (other.at ?? 0) - (one.at ?? 0)),
    delivered: of("DELIVERED").length,
    total: shown.length,
  };
}

function isFor(one, helper) {
  return !one.helper || one.helper === helper || COMING.has(one.state);
}

// Tried in vain on this day, by this phone or, as the manifest tells, by another: kept for another day.
function triedToday(packages, manifest, acts) {
  const tried = new Set(
    acts
      .filter((act) => act.item?.act === "attempt" && act.state !== "refused")
      .filter((act) => localDay(act.made_at, manifest.zone) === manifest.day)
      .map((act) => act.item.tracking_id),
  );
  const isOfToday = (one) =>
    one.last_event_at && localDay(Date.parse(one.last_event_at), manifest.zone) === manifest.day;
  return packages
    .filter((one) => one.state === "ATTEMPTED" && (tried.has(one.tracking_id) || isOfToday(one)))
    .map((one) => one.tracking_id);
}

// The hand-over that was begun on a day: what was counted in and given back since the last one was told,
// and the remarks that belong to none yet.
export function dropOf(all, kept = [], day = "") {
  const acts = all.filter((act) => !day || act.day === day);
  const told = acts.filter((act) => act.channel === "drop" && isSigned(act));
  const since = Math.max(0, ...told.map((act) => act.sequence));
  const known = new Set(told.flatMap((act) => act.item.remarks.map((one) => one.id)));
  const remarks = kept.filter((one) => !known.has(one.id));
  const of = (kind) =>
    acts
      .filter((act) => act.item.act === kind && act.sequence > since)
      .filter((act) => act.state !== "refused" && !act.is_undone)
      .map((act) => act.item.tracking_id);
  const [taken, returned] = [of("receive"), of("return")];
  return { remarks, taken, returned, isOpen: taken.length + returned.length + remarks.length > 0 };
}

// A count that met somebody else's signature has ended as well; the portal names the hand-over then.
function isSigned(act) {
  return act.state !== "refused" || Boolean(act.receipt?.number);
}

// Received is delivered, given back, on hand and missing together: nothing else can have come of it.
export function countsOf(packages) {
  const count = (test) => packages.filter((one) => test(one.state)).length;
  const counts = {
    delivered: count((state) => state === "DELIVERED"),
    returned: count((state) => state === "RETURNED_TO_STATION"),
    on_hand: count((state) => IN_CUSTODY.has(state)),
    missing: count((state) => state === "MISSING"),
  };
  return { received: Object.values(counts).reduce((sum, one) => sum + one, 0), ...counts };
}

// What a thing that was scanned at a stop is: `here`, of another `stop`, `finished`, `coming` (not
// counted in yet), or `unknown`.
export function judgeScan(one, key) {
  if (!one) return "unknown";
  if (COMING.has(one.state) || NOT_TAKEN.has(one.state)) return "coming";
  if (!TO_DELIVER.has(one.state)) return "finished";
  return doorKey(one) === key ? "here" : "stop";
}
