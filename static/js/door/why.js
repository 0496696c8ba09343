// Not delivered: the reason, then what follows from it, then the confirmation.
import { back, banner, button, field, h, heading, icon, tail } from "./parts.js";
import { act } from "./pieces.js";
import { lookForPlace, photoBox, placeNow } from "./media.js";
import { proofOf } from "./proofs.js";
import { ENTERED_BY_MISTAKE, consequences } from "./rules.js";
import { signFor } from "./signs.js";
import { chosen, doorOf, draftOf, goOn, pictures } from "./stop.js";
import { newId } from "./store.js";
import { count, hour, looks, say, weekday } from "./words.js";

export async function why(app, id, code) {
  const door = doorOf(app, id);
  if (!door?.open.length) return signFor(app, { kind: door ? "finished" : "unknown", text: id, one: door?.named });
  const packages = chosen(await draftOf(app, door), door);
  const reason = app.manifest.reasons.find((one) => one.code === code);
  return reason ? confirm(app, door, packages, reason, id) : choose(app, packages, id);
}

function choose(app, packages, id) {
  const reasons = app.manifest.reasons.filter((one) => one.code !== ENTERED_BY_MISTAKE);
  const card = (one) => h("a.card", { href: `#/why/${encodeURIComponent(id)}/${one.code}` },
    icon(looks.reasons[one.code] ?? "circle-alert", 28), h("span", one.label));
  return {
    title: say("why_not"),
    nodes: [
      heading(say("why_not"), { caption: say("could_not"), to: `#/stop/${encodeURIComponent(id)}`, toText: say("back") }),
      who(packages),
      h("div.cards", reasons.filter((one) => one.is_at_the_door).map(card)),
      h("details.fold", h("summary", say("on_the_way")),
        h("div.cards", reasons.filter((one) => !one.is_at_the_door).map(card))),
    ],
  };
}

function who(packages) {
  const [one] = packages;
  return h("p", h("b", { translate: "no" }, one.address1), " · ", packages.length === 1 ? tail(one) : count("packages", packages.length));
}

function confirm(app, door, packages, reason, id) {
  const { ends, isLastTry } = consequences(reason.code, packages, app.manifest);
  const given = { photo: null };
  const wantsPhoto = reason.evidence === "photo";
  if (proofOf(packages).place !== "off") lookForPlace(app);
  const trouble = h("div", { role: "alert" });
  const note = field(say("note"), { maxlength: 300 });
  const end = button(say("yes_save"), { kind: "primary", wide: true, icon: "check", id: "done", onclick: () => finish() });
  let isWarned = false;

  async function finish() {
    if (wantsPhoto && !given.photo && !isWarned) {
      isWarned = true;
      trouble.replaceChildren(banner("warn", say("photo_helps"), h("p", say("photo_helps_text"))));
      return;
    }
    end.disabled = true;
    try {
      await save(app, door, packages, reason, given, note.querySelector("input").value.trim());
    } catch (no) {
      console.warn(no);
      end.disabled = false;
      trouble.replaceChildren(banner("bad", say("not_saved")));
    }
  }

  return {
    title: reason.label,
    nodes: [
      h("div.stack.stack-close", back(say("another_reason"), `#/why/${encodeURIComponent(id)}`),
        h("p.caption", say("could_not")), h("h1", { tabindex: "-1" }, reason.label)),
      who(packages),
      h("section.panel.panel-now", h("h2", say("what_next")),
        Object.entries(ends).map(([state, number]) =>
          h("p.big-words", packages.length > 1 && `${number} × `, stepWords(app, state))),
        isLastTry && h("p", say("last_try")),
        h("p.soft", say(reason.is_paid ? "try_is_paid" : "try_is_not_paid"))),
      wantsPhoto && photoBox(app, given, { label: say("photo_of_it"), onChange: () => trouble.replaceChildren() }),
      h("details.fold", h("summary", say("add_note")), note),
      h("div.thumb.stack.stack-close", trouble, end),
    ],
  };
}

// What follows, with the hour of the next drop where it is known.
function stepWords(app, state) {
  const { to_return_from: from, until } = app.manifest;
  if (state === "RETURN_PENDING" && from && until) {
    const at = (moment) => hour(Date.parse(moment), app.manifest.zone);
    const day = weekday(Date.parse(from), app.manifest.zone);
    return say("step_return_at", { day, from: at(from), until: at(until) });
  }
  return say({ ATTEMPTED: "step_retry", RETURN_PENDING: "step_return", MISSING: "step_search" }[state]);
}

async function save(app, door, packages, reason, given, note) {
  const proof = newId();
  const photos = await pictures(given, proof);
  const said = { reason: reason.code, ...placeNow(app), ...(note && { note }) };
  const acts = packages.map((one, nth) => ({
    id: nth === 0 ? proof : newId(),
    ...act("attempt", one, { ...said, ...(photos.length && nth > 0 && { proof }) }),
  }));
  const { rows, isWithoutPhoto } = await app.record(acts, photos);
  await app.store.setMeta("draft", null);
  const [first] = packages;
  app.tick = { words: say("saved_reason", { reason: reason.label }), where: first.address1, rows,
    warning: isWithoutPhoto && say("saved_without_photo"), from: `#/stop/${encodeURIComponent(first.tracking_id)}` };
  goOn(app, door, packages.length < door.open.length ? door : null);
}
