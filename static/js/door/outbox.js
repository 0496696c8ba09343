// What waits on this phone: what may be undone, what the badge says, what goes out next, and when. Pure.
import { HOUR, MINUTE } from "./moments.js";

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
