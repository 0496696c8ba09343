// What a day at the doors is: the manifest of the last contact, and the acts that are not in it yet.
// Pure: plain values in, plain values out, no page, no database, no clock. What an act does to a
// package is said once more in hubshops/deliveries/rules.py, and both are tested with the same cases.

const TO_DELIVER = new Set(["AT_SHOP", "OUT_FOR_DELIVERY", "ATTEMPTED"]);
const IN_CUSTODY = new Set([...TO_DELIVER, "RETURN_PENDING"]);
const COMING = new Set(["ASSIGNED", "MANIFESTED"]);
const NOT_TAKEN = new Set(["SHORT", "REJECTED_AT_DROP"]);
const MAY_COME = new Set([...COMING, ...NOT_TAKEN, "MISSING"]);
const REFUSED_AT_DROP = new Set(["damaged", "oversize", "over_cap"]);
export const ENTERED_BY_MISTAKE = "KEYING_ERROR";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const KEPT_AFTER_THE_DAY = 12 * HOUR;

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

// --- Doors and labels ----------------------------------------------------------------------------

// As hubshops/manifests/rules/doors.py has it.
const UNIT = /[\s,]+(?:apt|apartment|unit|ste|suite|rm|room|fl|floor|#)\.?\s*#?\s*[\w-]{1,8}$/i;
const HOUSE = /^(\d+[a-z]?(?:-\d+[a-z]?)?(?:\s+1\/2)?)\s+(.+)$/i;
const SHORT = {
  street: "st", avenue: "ave", av: "ave", boulevard: "blvd", road: "rd", drive: "dr", lane: "ln",
  court: "ct", place: "pl", square: "sq", terrace: "ter", parkway: "pkwy", highway: "hwy",
  circle: "cir", trail: "trl", north: "n", south: "s", east: "e", west: "w", northeast: "ne",
  northwest: "nw", southeast: "se", southwest: "sw",
};

export function doorKey(one) {
  const plain = one.address1.replace(UNIT, "").replace(/[.,]/g, " ").toLowerCase();
  const words = plain.split(/\s+/).filter(Boolean).map((word) => SHORT[word] ?? word);
  return `${words.join(" ")}|${(one.postal_code ?? "").slice(0, 5)}`;
}

// Packages gathered by door, in the order in which their doors come.
export function doors(packages) {
  const found = new Map();
  for (const one of packages) {
    const key = doorKey(one);
    if (!found.has(key)) found.set(key, { key, number: one.stop, packages: [] });
    found.get(key).packages.push(one);
  }
  return [...found.values()];
}

// What to look for from the street, and the rest.
export function splitStreet(street) {
  const found = HOUSE.exec(street.trim());
  return found ? [found[1], found[2]] : ["", street.trim()];
}

export function shortName(name) {
  const words = name.trim().split(/\s+/);
  return words.length < 2 ? name.trim() : `${words[0]} ${words.at(-1)[0].toUpperCase()}.`;
}

// The packages that a scanned or typed text may mean: the whole of a tracking id, or four and more of
// its last signs.
export function named(text, packages) {
  const said = text.replace(/\s+/g, "").toUpperCase();
  if (!said) return [];
  const whole = packages.filter((one) => one.tracking_id.toUpperCase() === said);
  if (whole.length || said.length < 4) return whole;
  return packages.filter((one) => one.tracking_id.toUpperCase().endsWith(said));
}

// What a thing that was scanned at a stop is: `here`, of another `stop`, `finished`, `coming` (not
// counted in yet), or `unknown`.
export function judgeScan(one, key) {
  if (!one) return "unknown";
  if (COMING.has(one.state) || NOT_TAKEN.has(one.state)) return "coming";
  if (!TO_DELIVER.has(one.state)) return "finished";
  return doorKey(one) === key ? "here" : "stop";
}

// --- Proof ---------------------------------------------------------------------------------------

const LEVELS = ["off", "on", "warn", "required"];

// How much is asked for at a door: the most that one of its packages asks.
export function proofOf(packages) {
  const asked = { photo: "off", signature: "off", code: "off", place: "off" };
  for (const one of packages) {
    for (const kind of Object.keys(asked)) {
      const level = one.proof?.[kind] ?? unsaid(kind, one);
      if (LEVELS.indexOf(level) > LEVELS.indexOf(asked[kind])) asked[kind] = level;
    }
  }
  return asked;
}

function unsaid(kind, one) {
  if (one.requires === kind) return "required";
  return kind === "photo" || kind === "place" ? "on" : "off";
}

// What still stands between a stop and its end: [kind, level] of what is asked for and not there.
export function missingProof(asked, given) {
  return ["photo", "signature", "code"]
    .filter((kind) => !given[kind])
    .map((kind) => [kind, asked[kind]])
    .filter(([, level]) => level === "warn" || level === "required");
}

const DAMM = [
  "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
  "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
];

// Whether six digits can be a recipient's code: the last one is a check digit, so that a slip is
// found without a signal.
export function isCode(text) {
  if (!/^\d{6}$/.test(text)) return false;
  return [...text].reduce((row, digit) => Number(DAMM[row][digit]), 0) === 0;
}

// Metres between two places on the globe.
export function metres(one, other) {
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const dLat = rad(other.latitude - one.latitude);
  const dLng = rad(other.longitude - one.longitude);
  const a =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(rad(one.latitude)) * Math.cos(rad(other.latitude)) * Math.sin(dLng / 2) ** 2;
  return 12_742_000 * Math.asin(Math.sqrt(a));
}

// --- Undoing, saving, waiting --------------------------------------------------------------------

const MAY_BE_UNDONE = new Set(["load", "deliver", "attempt", "return"]);

// Which acts of a tap may be undone now. Custody that was taken is not given up once it was told.
export function undoable(acts, now, minutes = 10) {
  return acts.filter((act) => {
    const isYoung = now - act.made_at < minutes * MINUTE && now >= act.made_at;
    const isUndone = act.is_undone || act.state === "refused";
    const isFree = MAY_BE_UNDONE.has(act.item.act) || (act.item.act === "receive" && !act.tried);
    return isYoung && isFree && !isUndone;
  });
}

// What the badge says. Acts that wait come first, and remarks that go with their hand-over; photos count
// as well; nothing waits: all saved.
export function badge(acts, photos, { now, isSignedOut = false, remarks = [] }) {
  const waiting = acts.filter((act) => act.state === "waiting" || act.state === "held");
  const pictures = photos.filter((one) => one.state === "waiting" || one.state === "held");
  const told = waiting.length + remarks.length;
  const count = told || pictures.length;
  const since = [...waiting, ...pictures].map((one) => one.made_at);
  const oldest = Math.min(now, ...since, ...remarks.map((one) => Date.parse(one.happened_at)));
  const isHeld = isSignedOut || waiting.some((act) => act.state === "held");
  return {
    kind: count === 0 ? "saved" : isHeld ? "sign_in" : told ? "acts" : "photos",
    count,
    minutes: Math.floor((now - oldest) / MINUTE),
  };
}

// How long to wait before the next try: half a minute, doubled with each failure up to five minutes,
// half of it by chance; never shorter than the portal asked for.
export function pause(failures, chance, askedMs = 0) {
  const usual = Math.min(30_000 * 2 ** Math.max(0, failures), 5 * MINUTE);
  return Math.max(askedMs, usual * (0.5 + chance));
}

// How long the portal still asks us to wait. More than an hour was never asked: the phone's clock was
// put back meanwhile, and nothing is to wait for that.
export function stillAsked(until, now) {
  const ms = (until ?? 0) - now;
  return ms > 0 && ms <= HOUR ? ms : 0;
}

// `Retry-After` in milliseconds: seconds, or a date.
export function retryAfter(text, now) {
  if (!text) return 0;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), HOUR) : 0;
}

// Acts that go out with one call: the next ones of one kind, at most 50 of the list's own acts.
export function nextCall(acts, most = 50) {
  const channel = acts[0]?.channel;
  if (channel !== "sync") return acts.slice(0, 1);
  const end = acts.findIndex((act) => act.channel !== "sync");
  return acts.slice(0, Math.min(most, end < 0 ? acts.length : end));
}

// --- Time and names ------------------------------------------------------------------------------

// A UUID of version 7 (RFC 9562) from a moment and ten random bytes.
export function uuid7(ms, random) {
  const bytes = new Uint8Array(16);
  for (let place = 5, rest = ms; place >= 0; place -= 1, rest = Math.floor(rest / 256)) {
    bytes[place] = rest % 256;
  }
  bytes.set(random, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// The calendar day on which a moment falls in a zone, as 2026-11-20.
export function localDay(ms, zone) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(ms);
}

// Whether a day's list has been kept long enough: twelve hours after its day ended.
export function isOver(day, zone, now) {
  return localDay(now - KEPT_AFTER_THE_DAY, zone) > day;
}

// A moment as ISO 8601 with the phone's own offset.
export function withOffset(ms, offsetMinutes) {
  const sign = offsetMinutes <= 0 ? "+" : "-";
  const away = Math.abs(offsetMinutes);
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  const local = new Date(ms - offsetMinutes * MINUTE).toISOString().slice(0, 23);
  return `${local}${sign}${two(away / 60)}:${two(away % 60)}`;
}
