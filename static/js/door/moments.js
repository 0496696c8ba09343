// Moments and days, and ids that sort by them. Pure.
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const KEPT_AFTER_THE_DAY = 12 * HOUR;

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
