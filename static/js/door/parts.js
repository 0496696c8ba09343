// Parts of the screens. Text goes in as text, never as markup.
import { splitStreet } from "./doors.js";
import { looks, say } from "./words.js";

const icons = document.getElementById("door-icons").content;

// h("p.soft", {id: "x", onclick: f}, "text", node, null): an element with what is in it.
export function h(what, ...rest) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  const inside = rest.flat(3);
  if (isSettings(inside[0])) set(node, inside.shift());
  node.append(...inside.filter((one) => one !== null && one !== undefined && one !== false && one !== ""));
  return node;
}

function isSettings(one) {
  return one !== null && typeof one === "object" && !(one instanceof Node);
}

function set(node, settings) {
  for (const [name, value] of Object.entries(settings)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
}

export function icon(name, size = 20) {
  const drawn = icons.querySelector(`[data-icon="${name}"] svg`)?.cloneNode(true);
  if (!drawn) return null;
  drawn.setAttribute("width", size);
  drawn.setAttribute("height", size);
  return drawn;
}

// A button, or a link where `to` is given. Kinds: primary, danger, quiet.
export function button(text, { to, kind = "", wide = false, icon: name, id, hidden, ...settings } = {}) {
  const classes = ["button", kind && `button-${kind}`, wide && "button-wide"].filter(Boolean).join(".");
  const words = [name && icon(name), h("span", text), hidden && h("span.visually-hidden", hidden)];
  if (to) return h(`a.${classes}`, { href: to, id, ...settings }, words);
  return h(`button.${classes}`, { type: "button", id, ...settings }, words);
}

export function back(text = say("list"), to = "#/") {
  return h("a.back", { href: to }, icon("chevron-left"), text);
}

export function heading(text, { caption, to, toText } = {}) {
  return h("div.stack.stack-close",
    to !== null && back(toText, to),
    caption && h("p.caption", caption),
    h("h1", { tabindex: "-1" }, text));
}

export function banner(tone, title, ...more) {
  const name = { good: "circle-check", info: "info" }[tone] ?? "circle-alert";
  return h(`div.banner.tone-${tone}`, icon(name, 22), h("div", h("p", title), more));
}

export function tag(state) {
  const look = looks.states[state];
  return h(`span.tag${look.tone && `.tone-${look.tone}`}`, icon(look.icon, 16), look.text);
}

// A door as you look for it from the street.
export function address(one, { large = false } = {}) {
  const [house, street] = splitStreet(one.address1);
  const name = large ? "span.door-address.door-address-large" : "span.door-address";
  return h(name, { translate: "no" }, h("b", house || street), house && h("span", street));
}

export function tail(one) {
  return h("span.code", { translate: "no" }, `…${one.tracking_id.slice(-4)}`);
}

export function notes(packages) {
  return [...new Set(packages.map((one) => one.instructions).filter(Boolean))].map((text) =>
    h("p.door-note", icon("message-square-text"), h("span", { translate: "no" }, text)),
  );
}

export function progress(done, total) {
  const text = say("of_delivered", { done, total });
  const bar = h("progress", { max: total, "aria-label": text });
  bar.value = done;
  return h("div", h("p.small", text), bar);
}

// Large cards of which one is chosen.
export function cards(name, options, chosen, onChoose) {
  return h("div.cards", options.map((one) => {
    const input = h("input", { type: "radio", name, value: one.code, onchange: () => onChoose(one.code) });
    input.checked = one.code === chosen;
    return h("label.card", input, icon(one.icon, 28), h("span", one.label));
  }));
}

export function field(label, settings = {}, { hint, error } = {}) {
  const id = settings.id ?? `field-${label.length}-${Math.random().toString(36).slice(2, 7)}`;
  const told = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const input = h("input", { type: "text", autocomplete: "off", ...settings, id,
    "aria-describedby": told || null, "aria-invalid": error ? "true" : null });
  return h(`div.field${error ? ".field-bad" : ""}`,
    h("label", { for: id }, label),
    hint && h("p.hint", { id: `${id}-hint` }, hint),
    error && h("p.error", { id: `${id}-error` }, icon("circle-alert"), error),
    input);
}

// A small number that gloves can change.
export function stepper(label, value, onChange, { least = 0 } = {}) {
  const shown = h("output.big", { "aria-live": "polite" }, String(value));
  let now = value;
  const by = (step) => () => {
    now = Math.max(least, now + step);
    shown.textContent = String(now);
    onChange(now);
  };
  return h("div.field.stepper", { role: "group", "aria-label": label },
    h("p.caption", label),
    h("div.row.row-tight",
      button("−", { onclick: by(-1), "aria-label": say("less", { what: label }) }),
      shown,
      button("+", { onclick: by(1), "aria-label": say("more", { what: label }) })));
}
