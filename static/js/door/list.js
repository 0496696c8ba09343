// The day's list: what to do now, then the doors in the order of the tour.
import { address, banner, button, field, h, heading, icon, notes, progress, tag, tail } from "./parts.js";
import { act, correction, empty, line, stopHash } from "./pieces.js";
import { named } from "./doors.js";
import { undoable } from "./outbox.js";
import { isUnread } from "./store.js";
import { tickPanel } from "./tick.js";
import { addresses, count, hour, say } from "./words.js";

const QUIET_MS = 30 * 60_000;

export async function list(app, shown = "left", last = "") {
  if (!app.manifest) return nothingYet(app);
  const { day } = app;
  const found = shown === "find" ? named(last, app.dayFor("").all) : null;
  const parts = { left, done, problems }[shown] ?? left;
  return {
    title: say("door"),
    isLive: true,
    nodes: [
      h("p.caption.lead-in", { translate: "no" }, app.manifest.shop),
      heading(say("door"), { to: null }),
      updateOffer(app),
      unread(app),
      tickPanel(app),
      contact(app),
      day.total ? found === null && now(app, day) : empty(say("no_packages"), say("no_packages_text")),
      day.total > 0 && search(app, last),
      found === null ? [day.total > 0 && chips(app, shown, day), parts(app, day)] : foundPart(found, last),
      places(app, day),
    ],
  };
}

// Somebody signed in since the list came: it may be another shop's, so nothing of it is shown until the
// portal told who is here.
export async function lookingWho(app) {
  if (app.sync.isSignedOut) return nothingYet(app);
  return {
    title: say("door"),
    isLive: true,
    nodes: [
      heading(say("door"), { to: null }),
      empty(say("looking_who"), say("looking_who_text"), button(say("try_again"), { onclick: () => app.sync.run() })),
    ],
  };
}

function nothingYet(app) {
  const isOut = app.sync.isSignedOut;
  return {
    title: say("door"),
    isLive: true,
    nodes: [
      heading(say("door"), { to: null }),
      app.isGone && banner("warn", say("no_member")),
      isOut
        ? empty(say("sign_in_first"), "", button(say("sign_in"), { to: addresses.sign_in, kind: "primary" }))
        : empty(say("not_here_yet"), say("not_here_yet_text"), button(say("try_again"), { kind: "primary", onclick: () => app.sync.run() })),
    ],
  };
}

function updateOffer(app) {
  if (!app.update) return null;
  return banner("info", say("new_version"), button(say("use_it"), { onclick: () => app.update() }));
}

// What the portal did not take is told where work is done; the badge is about what waits.
function unread(app) {
  const refused = [...app.acts, ...app.photos].some(isUnread);
  return refused && banner("bad", say("not_taken_by_portal"), button(say("this_phone"), { to: "#/phone", icon: "smartphone" }));
}

// What is on this page was true at this hour; said when it may be old.
function contact(app) {
  const at = app.contact?.at ?? app.manifest.at;
  const isOld = !navigator.onLine || Date.now() - at > QUIET_MS;
  return isOld && h("p.small.soft", say("last_contact", { time: hour(at, app.manifest.zone) }));
}

function now(app, day) {
  if (day.coming.length) {
    return panel(
      h("p.big", count("come_with_van", day.coming.length)),
      h("p", say("count_with_driver")),
      button(say("count_in"), { to: "#/count", kind: "primary", wide: true, icon: "package-check" }));
  }
  // A driver who is gone does not come back for this: the doors come first then.
  const isUnderWay = app.acts.some((one) => ["deliver", "attempt"].includes(one.item.act) && one.day === app.manifest.day);
  if (app.drop.isOpen && !isUnderWay) {
    return panel(
      h("p.big-words", say("finish_handover")),
      button(say("to_driver"), { to: "#/drop", kind: "primary", wide: true, icon: "handshake" }));
  }
  const [stop] = day.stops;
  if (stop) {
    return panel(
      progress(day.delivered, day.total),
      h("div", h("h2.caption", say("next_door")), address(stop.packages[0], { large: true })),
      notes(stop.packages),
      button(say("to_this_door"), { to: stopHash(stop), kind: "primary", wide: true, icon: "door-open" }));
  }
  if (day.toGiveBack.length) {
    return panel(
      h("p.big", count("go_back", day.toGiveBack.length)),
      h("p", say("give_to_driver")),
      button(say("returns"), { to: "#/returns", kind: "primary", wide: true, icon: "undo-2" }));
  }
  return panel(
    h("p.big", icon("circle-check", 32), say("all_done")),
    progress(day.delivered, day.total),
    button(say("close_day"), { to: "#/close", kind: "primary", wide: true, icon: "list-checks" }));
}

function panel(...inside) {
  return h("section.panel.panel-now", inside);
}

function search(app, last) {
  const line = field(say("last_four"), { id: "door-last", value: last, enterkeyhint: "search", autocapitalize: "characters" });
  const go = (event) => {
    event.preventDefault();
    const text = line.querySelector("input").value.trim();
    if (text) app.go(`#/find/${encodeURIComponent(text)}`);
  };
  return h("form.row.row-tight.type-in", { role: "search", onsubmit: go },
    line, h("button.button", { type: "submit" }, icon("search"), h("span.visually-hidden", say("search"))));
}

function chips(app, shown, day) {
  const chip = (name, text) =>
    h("li", h("a", { href: `#/${name}`, "aria-current": name === shown ? "true" : null }, text));
  const problemCount = day.toGiveBack.length + day.missing.length + day.kept.length + day.notTaken.length;
  const whose = (isMine, name, text) =>
    h("li", h("button", { type: "button", "aria-current": app.isMine === isMine ? "true" : null,
      id: `whose-${name}`, onclick: () => ((app.isMine = isMine), app.show({ isQuiet: true })) }, icon(name), text));
  return [
    app.helper && h("nav", { "aria-label": say("whose_stops") },
      h("ul.chips", whose(true, "user", say("my_stops")), whose(false, "users", say("all_stops")))),
    h("nav", { "aria-label": say("show") }, h("ul.chips",
      chip("left", say("left_count", { count: day.left })),
      chip("done", say("done_count", { count: day.done.length })),
      chip("problems", say("problems_count", { count: problemCount })))),
  ];
}

function left(app, day) {
  if (!day.total) return null;
  if (!day.stops.length) return day.coming.length ? null : h("p", say("nothing_left"));
  const isShared = !app.isMine || !app.helper;
  return h("section.stack.stack-close",
    h("h2", count("doors_left", day.stops.length)),
    day.atShop.length > 0 && button(count("take_along", day.atShop.length), { icon: "bike", wide: true, id: "take-along", onclick: () => takeAlong(app, day) }),
    h("ol.list.doors", day.stops.map((stop) => h("li", doorLine(stop, isShared)))));
}

function doorLine(stop, isShared) {
  const [one] = stop.packages;
  const many = stop.packages.length;
  return h("a", { href: stopHash(stop) },
    h("span", address(one), h("small.soft",
      many === 1
        ? [h("span", { translate: "no" }, one.name, one.address2 && `, ${one.address2}`), " · ", tail(one)]
        : count("packages", many),
      isShared && one.helper && [" · ", h("span", { translate: "no" }, one.helper)],
      stop.packages.some((each) => each.instructions) && [" · ", say("has_note")])),
    tag(one.state));
}

async function takeAlong(app, day) {
  const { rows } = await app.record(day.atShop.map((one) => act("load", one)));
  app.tick = { words: count("taken_along", rows.length), rows };
  await app.show({ isQuiet: true });
}

function done(app, day) {
  if (!day.done.length) return h("p", say("nothing_done"));
  const young = undoable(app.acts, Date.now(), app.manifest.max_undo_minutes);
  return h("ul.list", day.done.map((one) => {
    const rows = young.filter((row) => row.item.tracking_id === one.tracking_id).slice(-1);
    return line(one, correction(app, one, rows));
  }));
}

function problems(app, day) {
  const part = (title, packages, ...more) =>
    packages.length > 0 && h("section.stack.stack-close", h("h2", title), h("ul.list", packages.map((one) => line(one))), more);
  const parts = [
    part(say("for_driver"), day.toGiveBack, button(say("returns"), { to: "#/returns", icon: "undo-2", wide: true })),
    part(say("missing"), day.missing),
    part(say("kept_for_another_day"), day.kept),
    part(say("not_taken"), day.notTaken),
  ].filter(Boolean);
  return parts.length ? parts : h("p", say("no_problems"));
}

function foundPart(found, last) {
  return h("section.stack.stack-close",
    h("h2", count("end_in", found.length, { last })),
    found.length ? h("ul.list", found.map((one) => line(one))) : h("p", say("not_on_list_look")),
    button(say("whole_list"), { to: "#/", icon: "chevron-left" }));
}

function places(app, day) {
  return h("nav", { "aria-label": say("more_places") }, h("ul.list",
    day.coming.length > 0 && place("#/count", "package-check", say("count_in")),
    place("#/drop", "handshake", say("handover")),
    place("#/returns", "undo-2", say("returns")),
    place("#/close", "list-checks", say(isYesterdayOpen(app) ? "close_yesterday" : "close_day")),
    place("#/phone", "smartphone", say("this_phone"))));
}

function isYesterdayOpen({ manifest, acts }) {
  return manifest.to_close && !acts.some((one) => one.channel === "close" && one.state !== "refused" && one.item.day === manifest.to_close);
}

function place(to, name, text) {
  return h("li", h("a", { href: to }, h("span.row", icon(name), text)));
}
