// One door: what goes there, what was scanned of it, where it was left, what shows it. Two taps.
import { signFor } from "./signs.js";
import { address, banner, button, cards, field, h, icon, back, notes, tag, tail } from "./parts.js";
import { act, correction, stopHash } from "./pieces.js";
import { farFrom, lookForPlace, photoBox, placeNow, scanBox, signatureBox } from "./media.js";
import { doorKey } from "./doors.js";
import { undoable } from "./outbox.js";
import { isCode, missingProof, proofOf } from "./proofs.js";
import { judgeScan } from "./rules.js";
import { newId } from "./store.js";
import { tickPanel } from "./tick.js";
import { addresses, count, looks, say } from "./words.js";

const OPEN = ["AT_SHOP", "OUT_FOR_DELIVERY", "ATTEMPTED"];

export function doorOf(app, id) {
  const all = app.dayFor("").all;
  const named = all.find((one) => one.tracking_id === id);
  if (!named) return null;
  const packages = all.filter((one) => doorKey(one) === doorKey(named));
  return { key: doorKey(named), named, packages, open: packages.filter((one) => OPEN.includes(one.state)) };
}

// What was scanned and chosen at a door lives through a closed page.
export async function draftOf(app, door) {
  const draft = await app.store.meta("draft");
  const isHere = draft?.key === door.key;
  return isHere ? draft : { key: door.key, scanned: [], outcome: await app.store.meta("outcome") };
}

export function chosen(draft, door) {
  const scanned = door.open.filter((one) => draft.scanned.includes(one.tracking_id));
  return scanned.length ? scanned : door.open;
}

export async function stop(app, id) {
  const door = doorOf(app, id);
  if (!door) return signFor(app, { kind: "unknown", text: id });
  if (!door.open.length) return finished(app, door);
  const draft = await draftOf(app, door);
  const asked = proofOf(door.open);
  const given = { photo: null, signature: null, code: "" };
  if (asked.place !== "off") lookForPlace(app);

  const trouble = h("div", { role: "alert" });
  const list = h("ul.list");
  const end = button("", { kind: "primary", wide: true, icon: "circle-check", id: "done", onclick: () => finish() });
  const keep = () => app.store.setMeta("draft", draft);

  function draw() {
    list.replaceChildren(...door.packages.map((one) => pieceLine(app, one, draft)));
    end.querySelector("span").textContent = endWords(draft, door);
  }

  async function read(text, found) {
    const one = found.find((each) => doorKey(each) === door.key) ?? (found.length === 1 ? found[0] : null);
    const verdict = found.length > 1 && !one ? "unknown" : judgeScan(one, door.key);
    if (verdict !== "here") {
      app.sign = { kind: verdict, text, one, from: id };
      return app.go(`#/sign/${encodeURIComponent(text)}`);
    }
    if (!draft.scanned.includes(one.tracking_id)) draft.scanned.push(one.tracking_id);
    await keep();
    trouble.replaceChildren();
    draw();
    app.tell(count("scanned", chosen(draft, door).length, { total: door.open.length }));
    return undefined;
  }

  async function finish(word = "") {
    if (!draft.outcome) return complain(say("say_where"), "outcome");
    if (asked.code !== "off" && given.code && !isCode(given.code)) return complain(say("code_wrong"), "code");
    const [missing] = word ? missingProof(asked, given).filter(([, level]) => level === "required") : missingProof(asked, given);
    if (missing) return missing[1] === "required" ? complain(say(`needed_${missing[0]}`)) : askWord(missing[0]);
    end.disabled = true;
    try {
      await deliver(app, door, draft, given, word);
    } catch (no) {
      console.warn(no);
      end.disabled = false;
      complain(say("not_saved"));
    }
    return undefined;
  }

  function complain(text, id) {
    trouble.replaceChildren(banner("bad", text));
    (document.getElementById(id) ?? document.querySelector(`[name=${id}]`))?.focus();
  }

  // Asked for and not there: it may be passed over with a word.
  function askWord(kind) {
    const line = field(say(`why_no_${kind}`), { maxlength: 200 });
    const go = (event) => {
      event.preventDefault();
      const text = line.querySelector("input").value.trim();
      if (text) finish(text);
    };
    trouble.replaceChildren(banner("warn", say(`no_${kind}_yet`), h("form.stack.stack-close", { onsubmit: go }, line,
      h("button.button", { type: "submit" }, say("go_on_without")))));
    line.querySelector("input").focus();
  }

  draw();
  const [one] = door.open;
  return {
    title: say("stop_title", { address: one.address1 }),
    nodes: [
      tickPanel(app),
      h("div.stack.stack-close", back(), one.stop && h("p.caption", say("stop_number", { number: one.stop })),
        h("h1", { tabindex: "-1" }, address(one, { large: true })),
        h("p", { translate: "no" }, [...new Set(door.open.map((each) => [each.name, each.address2].filter(Boolean).join(", ")))].join(" · "))),
      notes(door.open),
      demands(asked),
      scanBox(app, read),
      list,
      h("fieldset.cards-field", h("legend", say("where_left")),
        cards("outcome", outcomes(app), draft.outcome, (code) => ((draft.outcome = code), keep(), trouble.replaceChildren()))),
      asked.photo !== "off" && photoBox(app, given),
      asked.signature !== "off" && signatureBox(given, () => trouble.replaceChildren()),
      asked.code !== "off" && codeField(given),
      h("div.thumb.stack.stack-close", trouble, h("div.ends", end,
        button(say("could_not"), { to: `#/why/${encodeURIComponent(id)}` }))),
    ],
  };
}

function outcomes(app) {
  return app.manifest.outcomes.map((one) => ({ ...one, icon: looks.outcomes[one.code] ?? "package" }));
}

function endWords(draft, door) {
  const number = chosen(draft, door).length;
  if (number === door.open.length) return number === 1 ? say("delivered") : say("delivered_all", { count: number });
  return say("delivered_some", { count: number, total: door.open.length });
}

function pieceLine(app, one, draft) {
  const isScanned = draft.scanned.includes(one.tracking_id);
  return h("li", h("div",
    h("span", tail(one), " ", h("small.soft", { translate: "no" }, one.name)),
    isScanned ? h("span.tag.tone-good", icon("scan-line", 16), say("scanned_tag")) : tag(one.state)));
}

function demands(asked) {
  return ["signature", "code"].filter((kind) => ["warn", "required"].includes(asked[kind])).map((kind) =>
    h("p.door-note", icon("pen-line"), h("span", say(`ask_${kind}`))));
}

function codeField(given) {
  return field(say("recipient_code"), { id: "code", inputmode: "numeric", maxlength: 6,
    oninput: (event) => (given.code = event.target.value.replace(/\D/g, "")) });
}

// Write it down, with its photo, before anything is said; then the next door.
async function deliver(app, door, draft, given, word) {
  const packages = chosen(draft, door);
  const [first] = packages;
  const place = placeNow(app);
  const proof = newId();
  const photos = await pictures(given, proof);
  const said = { outcome: draft.outcome, ...place, ...(word && { note: word }), ...(given.code && { code: given.code }) };
  const acts = packages.map((one, nth) => ({
    id: nth === 0 ? proof : newId(),
    ...act("deliver", one, { ...said, ...(photos.length && nth > 0 && { proof }) }),
  }));
  const { rows, isWithoutPhoto } = await app.record(acts, photos);
  await app.store.setMeta("outcome", draft.outcome);
  await app.store.setMeta("draft", null);
  const warning = isWithoutPhoto ? say("saved_without_photo") : farFrom(first, place);
  app.tick = { words: count("delivered_tick", packages.length), where: first.address1, rows, warning, from: `#/stop/${encodeURIComponent(first.tracking_id)}` };
  goOn(app, door, packages.length < door.open.length ? door : null);
}

export async function pictures(given, act) {
  const found = [];
  const row = (kind, one, more = {}) => ({ act, kind, hash: one.hash, blob: one.blob, made_at: one.taken_at, ...more });
  if (given.photo) found.push(row("photo", given.photo, { is_good: given.photo.isGood }));
  const signature = await given.signature?.();
  if (signature) found.push(row("signature", signature, { said: signature.said }));
  return found;
}

// The next door of the tour is there at once: the one after this, or the first that is left.
export function goOn(app, door, same = null) {
  if (same) return app.go(stopHash({ packages: doorOf(app, same.named.tracking_id).open }), { replace: true });
  const { stops, shown } = app.day;
  const places = new Map(shown.map((one, place) => [one.tracking_id, place]));
  const here = Math.min(...door.packages.map((one) => places.get(one.tracking_id) ?? 0));
  const next = stops.find((each) => (places.get(each.packages[0].tracking_id) ?? 0) > here) ?? stops[0];
  return app.go(next ? stopHash(next) : "#/", { replace: true });
}

// Nothing is open at this door: what became of its packages, and the way to put it right.
function finished(app, door) {
  const young = undoable(app.acts, Date.now(), app.manifest.max_undo_minutes);
  return {
    title: say("stop_title", { address: door.named.address1 }),
    nodes: [
      tickPanel(app),
      h("div.stack.stack-close", back(), h("h1", { tabindex: "-1" }, address(door.named, { large: true }))),
      door.packages.some((one) => ["ASSIGNED", "MANIFESTED"].includes(one.state)) &&
        banner("info", say("count_in_first"), button(say("count_in"), { to: "#/count" })),
      h("ul.list", door.packages.map((one) => h("li", h("div",
        h("span", tail(one), " ", h("small.soft", { translate: "no" }, one.name)), tag(one.state)),
        one.id && h("p.small", h("a.correct", { href: `${addresses.page}${one.id}/` }, say("history"))),
        correction(app, one, young.filter((row) => row.item.tracking_id === one.tracking_id).slice(-1))))),
      door.packages.some((one) => one.state === "RETURN_PENDING") && button(say("returns"), { to: "#/returns", icon: "undo-2", wide: true }),
    ],
  };
}

