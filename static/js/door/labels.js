// What a label says, read as what can be looked up. Pure: no page, no camera.

const SYMBOLOGY = /^\][A-Za-z][0-9]/; // how some readers say which kind of code it was
const UNPRINTED = /[\u0000-\u001c\u001e\u001f\u007f]/g;
const GROUP = "\u001d"; // ends a field of GS1
const STOP = /\/S\/([0-9A-Z]{1,12}-[1-9][0-9]{0,4})\/?$/i; // a stop on our manifest's paper
const SPEAKING = /track|parcel|package|barcode|number|^(tn|id|no|code|num)$/i;
const LIKE_AN_ID = /^(?=.*[0-9])[!-~]{6,40}$/;

// `{raw, kind, stop, ids}`. A square on our paper is `kind: "stop"` with the stop's code, such as
// "3MV-12". All else is `kind: "package"`; `ids` holds every tracking id that the label may mean, the
// likeliest first, each once and in the label's own case.
export function readLabel(text) {
  const raw = String(text).replace(SYMBOLOGY, "").replace(UNPRINTED, "").trim();
  const stop = STOP.exec(raw);
  if (stop) return { raw, kind: "stop", stop: stop[1].toUpperCase(), ids: [] };
  const plain = raw.replaceAll(GROUP, "");
  const found = [...linked(raw), ...carriers(raw), plain, plain.replace(/\s+/g, ""), ...parts(plain)];
  return { raw, kind: "package", stop: "", ids: [...new Set(found.filter(Boolean))] };
}

// Ids inside a link: what a name announces first, then the ends of the path.
function linked(raw) {
  if (!/^https?:\/\//i.test(raw)) return [];
  let link;
  try {
    link = new URL(raw);
  } catch {
    return [];
  }
  const fields = [...link.searchParams, ...new URLSearchParams(link.hash.replace(/^#\??/, ""))];
  const announced = fields.filter(([name]) => SPEAKING.test(name)).map(([, value]) => value);
  const path = link.pathname.split("/").map(readable).reverse();
  const others = fields.map(([, value]) => value);
  const like = [...path, ...others].filter((part) => LIKE_AN_ID.test(part));
  return [...announced.filter(Boolean), ...like];
}

function readable(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

// Carriers put the ZIP code, or their own routing, before the id: what stands behind it.
function carriers(raw) {
  const fields = raw.includes(GROUP) || raw.startsWith("(") ? raw.split(/\u001d|\(\d{2,4}\)/) : [];
  const digits = raw.replace(/[()\s\u001d]/g, "");
  const ids = [];
  for (const zip of [9, 5]) {
    const rest = digits.slice(3 + zip); // USPS: 420, ZIP, then 20 to 26 digits that begin 91 to 95
    if (/^420\d+$/.test(digits) && /^9[1-5]\d{18,24}$/.test(rest)) ids.push(rest);
  }
  if (/^(96|10)\d{32}$/.test(digits)) ids.push(digits.slice(-12), digits.slice(-15)); // FedEx
  if (/^96\d{20}$/.test(digits)) ids.push(digits.slice(7)); // FedEx Ground
  if (/^00\d{18}$/.test(digits)) ids.push(digits.slice(2)); // a shipping unit of GS1
  // USPS ids begin with what looks like a field's number of GS1, so whole ones come before the cut.
  return [...ids, ...fields.filter((field) => LIKE_AN_ID.test(field))];
}

// The words of a label that holds several things: split where nothing of an id stands.
function parts(plain) {
  if (/^https?:/i.test(plain)) return [];
  const words = plain.split(/[\s,;|"'{}[\]:=&?/]+/);
  return words.length > 1 ? words.filter((word) => LIKE_AN_ID.test(word)) : [];
}

export const SAME_MS = 2500;
export const UNKNOWN_MS = 1000;

// Which of the codes in sight counts, and when. `choose(codes, size, at)` gets
// `[{text, x, y}]` of one frame and answers `{label, found}` once, or null.
//
// A sheet of paper shows many codes and a carrier's label several: the one nearest to the middle counts,
// those that `find` knows before all others. What was told is not told again before it has been out of
// sight for 2.5 s. What nobody knows is told only after a second in which nothing known was seen.
export function chooser(find) {
  const told = new Map();
  let knownAt = -Infinity;
  let waiting = null;

  return function choose(codes, { width, height }, at) {
    const printed = codes.filter(({ text }) => text.trim());
    const seen = printed.map((code) => look(code, width / 2, height / 2));
    for (const [key, last] of told) if (at - last > SAME_MS) told.delete(key);
    for (const { key } of seen) if (told.has(key)) told.set(key, at);
    seen.sort((a, b) => a.isUnknown - b.isUnknown || a.distance - b.distance);
    const [first] = seen;
    if (first && !first.isUnknown) knownAt = at;
    if (!first || told.has(first.key) || !isRipe(first, at)) return null;
    told.set(first.key, at);
    return { label: first.label, found: first.found };
  };

  function look({ text, x, y }, middleX, middleY) {
    const label = readLabel(text);
    const found = find(label) ?? null;
    const isUnknown = found === null || found === false;
    const key = isUnknown ? `? ${label.raw}` : found;
    return { label, found, key, isUnknown, distance: Math.hypot(x - middleX, y - middleY) };
  }

  function isRipe({ key, isUnknown }, at) {
    if (!isUnknown) return true;
    if (waiting?.key !== key || at - waiting.last > SAME_MS) waiting = { key, since: at };
    waiting.last = at;
    return at - Math.max(waiting.since, knownAt) >= UNKNOWN_MS;
  }
}
