// Doors as addresses say them, and packages as their labels do. Pure.

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
