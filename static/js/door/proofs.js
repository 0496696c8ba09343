// What is asked for at a door, what is missing, and how far away it is. Pure.

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
