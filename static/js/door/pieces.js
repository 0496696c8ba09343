// What several screens say of a package: its line, its act, the way to put it right.
import { address, button, h, icon, tag, tail } from "./parts.js";
import { addresses, say } from "./words.js";

// An act of the outbox, with how the package stood before it.
export function act(kind, one, more = {}) {
  const { state, attempts } = one;
  return { channel: "sync", before: { state, attempts }, item: { act: kind, tracking_id: one.tracking_id, ...more } };
}

export function stopHash(stop) {
  return `#/stop/${encodeURIComponent(stop.packages[0].tracking_id)}`;
}

export function line(one, ...more) {
  return h("li", h("a", { href: `#/stop/${encodeURIComponent(one.tracking_id)}` },
    h("span", address(one), h("small.soft", h("span", { translate: "no" }, one.name), " · ", tail(one))),
    tag(one.state)), more);
}

export function correction(app, one, rows = []) {
  if (rows.length) {
    return button(say("undo"), { icon: "undo-2", onclick: async () => (await app.undo(rows), app.show()), hidden: ` …${one.tracking_id.slice(-4)}` });
  }
  return one.id && h("p.small", h("a.correct", { href: `${addresses.page}${one.id}/correct/` }, say("correct_this")));
}

export function empty(title, text, ...more) {
  return h("div.empty", icon("package-open", 40), h("h2", title), text && h("p", text), more);
}
