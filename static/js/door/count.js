// Counting in: all at once, or piece by piece, and what is not as it should be.
import { back, banner, button, cards, field, h, heading, icon, tail } from "./parts.js";
import { act } from "./pieces.js";
import { photoBox, scanBox } from "./media.js";
import { good } from "./feel.js";
import { pictures } from "./stop.js";
import { newId } from "./store.js";
import { tickPanel } from "./tick.js";
import { count as number, say } from "./words.js";

const KINDS = { known: ["short", "damaged", "damaged_taken", "oversize", "over_cap"], unknown: ["over"] };
const ICONS = { short: "package-minus", damaged: "package-x", damaged_taken: "package-check", oversize: "ruler", over_cap: "package-plus", over: "package-plus" };
const TAKEN = new Set(["damaged_taken"]);

export async function count(app) {
  const { coming } = app.day ?? { coming: [] };
  const taken = app.drop.taken.length;

  async function read(text, found) {
    const one = found.find((each) => coming.some((other) => other.tracking_id === each.tracking_id));
    if (one) return take(app, [one]);
    app.sign = { kind: found.length ? "finished" : "unknown", text, one: found[0], from: "#/count" };
    return app.go(`#/sign/${encodeURIComponent(text)}`);
  }

  return {
    title: say("count_in"),
    nodes: [
      heading(coming.length ? number("come_with_van", coming.length) : say("all_counted"), { caption: say("count_in") }),
      tickPanel(app),
      taken > 0 && h("p.big", number("counted", taken)),
      coming.length > 0 && [
        h("p", say("count_how")),
        button(number(taken ? "rest_here" : "all_here", coming.length), { kind: "primary", wide: true, icon: "package-check", id: "all-here", onclick: () => takeAll(app, coming) }),
        scanBox(app, read),
        h("ul.list.pieces", coming.map((one) => piece(app, one))),
        taken > 0 && button(number("rest_not_here", coming.length), { icon: "package-minus", wide: true, onclick: () => restIsShort(app, coming) }),
      ],
      remarks(app),
      (taken > 0 || app.drop.remarks.length > 0 || !coming.length) &&
        button(say("to_driver"), { to: "#/drop", wide: true, icon: "handshake", kind: coming.length ? "" : "primary" }),
    ],
  };
}

function piece(app, one) {
  const end = one.tracking_id.slice(-4);
  return h("li", h("div.row-tight",
    h("span", h("b", tail(one)), h("br"), h("small.soft", { translate: "no" }, `${one.address1} · ${one.name}`)),
    h("span.row.row-tight",
      button(say("here"), { icon: "check", hidden: ` …${end}`, onclick: () => take(app, [one]) }),
      button(say("problem"), { to: `#/remark/${encodeURIComponent(one.tracking_id)}`, hidden: ` …${end}` }))));
}

async function take(app, packages) {
  const { rows } = await app.record(packages.map((one) => act("receive", one)));
  app.tick = { words: number("counted_in_tick", rows.length), rows, from: "#/count" };
  await app.show({ isQuiet: packages.length === 1 });
}

async function takeAll(app, coming) {
  await take(app, coming);
  app.go("#/drop");
}

async function restIsShort(app, coming) {
  const happened_at = new Date().toISOString();
  const short = coming.map((one) => ({ id: newId(), kind: "short", tracking_id: one.tracking_id, happened_at, note: "" }));
  await app.changeRemarks((kept) => [...kept, ...short]);
  app.go("#/drop");
}

export function remarks(app) {
  if (!app.drop.remarks.length) return null;
  return h("section.stack.stack-close", h("h2", say("remarks")),
    h("ul.list", app.drop.remarks.map((one) => h("li", h("div",
      h("span", h("span.code", { translate: "no" }, `…${one.tracking_id.slice(-4)}`), " ", say(`remark_${one.kind}`)),
      button(say("take_back"), { hidden: ` …${one.tracking_id.slice(-4)}`, onclick: () => drop(app, one) }))))));
}

async function drop(app, remark) {
  await app.store.dropPhotos(remark.id);
  await app.changeRemarks((kept) => kept.filter((one) => one.id !== remark.id));
  await app.show();
}

// One package that is not as it should be: what is it, with a photo.
export async function remark(app, id) {
  const one = app.day.all.find((each) => each.tracking_id === id);
  const kinds = one ? KINDS.known : KINDS.unknown;
  const given = { photo: null };
  let kind = kinds.length === 1 ? kinds[0] : "";
  const note = field(say("note"), { maxlength: 300 });
  const trouble = h("div", { role: "alert" });

  async function save() {
    if (!kind) return trouble.replaceChildren(banner("bad", say("choose_what")));
    const row = { id: newId(), kind, tracking_id: id, happened_at: new Date().toISOString(), note: note.querySelector("input").value.trim() };
    const [photo] = await pictures(given, row.id);
    if (photo) await app.keepPhoto(photo);
    await app.changeRemarks((kept) => [...kept, row]);
    if (one && TAKEN.has(kind)) await take(app, [one]);
    good();
    app.tell(say(`remark_${kind}`));
    return app.go("#/count", { replace: true });
  }

  return {
    title: say("problem"),
    nodes: [
      h("div.stack.stack-close", back(say("count_in"), "#/count"), h("h1", { tabindex: "-1" }, say("what_is_wrong"))),
      h("p", h("span.code", { translate: "no" }, id), one && [h("br"), h("span", { translate: "no" }, `${one.address1} · ${one.name}`)]),
      h("fieldset.cards-field", h("legend", say("choose_one")), cards("kind", kinds.map((code) => ({ code, icon: ICONS[code], label: say(`remark_${code}`) })), kind, (code) => {
        kind = code;
        trouble.replaceChildren();
      })),
      photoBox(app, given, { label: say("photo_of_it") }),
      h("details.fold", h("summary", say("add_note")), note),
      h("p.hint.row.row-tight", icon("info"), say("never_lowers")),
      h("div.thumb.stack.stack-close", trouble, button(say("save"), { kind: "primary", wide: true, icon: "check", onclick: save })),
    ],
  };
}
