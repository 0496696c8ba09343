// The words of the shell, in the reader's language. `%(name)s` is filled in; where a number decides
// the form, the portal sent one for 1 and one for the others.
const { words, one, other } = read("door-words");

export const looks = read("door-looks");
export const addresses = read("door-addresses");

function read(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

export function say(name, values = {}) {
  return fill(words[name] ?? name, values);
}

export function count(name, number, values = {}) {
  return fill((number === 1 ? one : other)[name] ?? name, { count: number, ...values });
}

function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}

export function badgeWords({ kind, count: number, minutes }) {
  if (kind === "saved") return say("all_saved");
  if (kind === "sign_in") return count("sign_in_to_send", number);
  if (kind === "photos") return count("photos_on_this_phone", number);
  if (minutes < 60) return count("on_this_phone", number);
  return count("on_this_phone_since", number, { age: count("hours", Math.floor(minutes / 60)) });
}

const language = document.documentElement.lang || "en";

// “2:40 pm” at the station.
export function hour(ms, zone) {
  return new Intl.DateTimeFormat(language, { timeZone: zone, hour: "numeric", minute: "2-digit" }).format(ms);
}

// “Monday” at the station.
export function weekday(ms, zone) {
  return new Intl.DateTimeFormat(language, { timeZone: zone, weekday: "long" }).format(ms);
}

// A distance as an address label says it.
export function miles(metres) {
  return say("miles", { miles: (metres / 1609.344).toFixed(1) });
}
