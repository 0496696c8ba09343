// What ends a day: returns scanned out, counts compared, and what this phone still holds.
import { banner, button, h, heading, icon, tag, tail } from "./parts.js";
import { act } from "./pieces.js";
import { scanBox } from "./media.js";
import { isSoundOn, setSound } from "./feel.js";
import { countsOf } from "./rules.js";
import { isStuck, isUnread, isWaiting, newId } from "./store.js";
import { tickPanel } from "./tick.js";
import { addresses, badgeWords, count, hour, say } from "./words.js";

// --- Returns -------------------------------------------------------------------------------------

export async function returns(app) {
  const packages = app.dayFor("").toGiveBack;
  const read = (text, found) => {
    const one = found.find((each) => packages.some((other) => other.tracking_id === each.tracking_id));
    if (one) return give(app, [one]);
    app.sign = { kind: found.length ? "finished" : "unknown", text, one: found[0], from: "#/returns" };
    return app.go(`#/sign/${encodeURIComponent(text)}`);
  };
  return {
    title: say("returns"),
    nodes: [
      heading(packages.length ? count("go_back", packages.length) : say("no_returns"), { caption: say("returns") }),
      tickPanel(app),
      packages.length > 0 && [
        h("p", say("give_to_driver")),
        scanBox(app, read),
        h("ul.list", packages.map((one) => h("li", h("div.row-tight",
          h("span", h("b", tail(one)), h("br"), h("small.soft", { translate: "no" }, `${one.address1} · ${one.name}`)),
          button(say("given"), { icon: "check", hidden: ` …${one.tracking_id.slice(-4)}`, onclick: () => give(app, [one]) }))))),
        button(count("given_back_all", packages.length), { kind: "primary", wide: true, icon: "undo-2", id: "all-back", onclick: () => give(app, packages) }),
      ],
      app.drop.returned.length > 0 && [
        h("p.big", count("returns_given", app.drop.returned.length)),
        button(say("to_driver"), { to: "#/drop", wide: true, icon: "handshake", kind: packages.length ? "" : "primary" }),
      ],
    ],
  };
}

async function give(app, packages) {
  const { rows } = await app.record(packages.map((one) => act("return", one)));
  app.tick = { words: count("given_back_tick", rows.length), rows, from: "#/returns" };
  await app.show();
}

// --- Closing the day -----------------------------------------------------------------------------

const NAMES = ["received", "delivered", "returned", "on_hand", "missing"];

export async function close(app) {
  // Packages of earlier days are on the list, too; the day's books are about its own.
  const ours = countsOf(app.dayFor("").all.filter((one) => one.service_day === app.manifest.day));
  const last = closingOf(app.acts, app.manifest.day);
  const { coming } = app.day;
  const end = button(say(last ? "close_again" : "close_day"), { kind: "primary", wide: true, icon: "list-checks", id: "done", onclick: () => finish(end, app.manifest.day, ours) });

  async function finish(tapped, day, counts) {
    tapped.disabled = true;
    const item = { id: newId(), day, closed_at: new Date().toISOString(), counts };
    await app.record([{ id: item.id, channel: "close", item }]);
    await app.show();
    app.tell(say("day_closed"));
  }

  // The phone holds today's list, so it has no counts of yesterday to compare.
  function yesterday() {
    const day = app.manifest.to_close;
    const told = closingOf(app.acts, day);
    const section = told && h("section.stack.stack-close", h("h2", say("yesterday")), verdict(told));
    if (told && told.state !== "refused") return section;
    const tapped = button(say("close_yesterday"), { kind: "primary", wide: true, icon: "list-checks", id: "done-yesterday", onclick: () => finish(tapped, day, null) });
    return [section, banner("info", say("yesterday_open"), h("p", say("yesterday_open_text")), tapped)];
  }

  return {
    title: say("close_day"),
    isLive: true,
    nodes: [
      heading(say("close_day"), { caption: app.manifest.shop }),
      app.manifest.to_close && yesterday(),
      coming.length > 0 && banner("warn", count("still_coming", coming.length), button(say("count_in"), { to: "#/count" })),
      counts(last?.item.counts ?? ours, last?.receipt),
      last && verdict(last),
      h("div.thumb", end),
    ],
  };
}

// The latest closing of a day that this phone told, or is to tell.
function closingOf(acts, day) {
  return acts.filter((one) => one.channel === "close" && one.item.day === day).at(-1);
}

function counts(phone, receipt) {
  const theirs = receipt?.ours;
  return h("table.table", h("caption", say("counts_caption")),
    h("thead", h("tr", h("th", { scope: "col" }, say("what")), h("th.number", { scope: "col" }, say("phone")), theirs && h("th.number", { scope: "col" }, say("portal")))),
    h("tbody", NAMES.map((name) => h("tr", h("th", { scope: "row" }, say(`counts_${name}`)),
      h("td.number", String(phone[name])), theirs && h("td.number", String(theirs[name] ?? "–"))))));
}

function verdict({ state, receipt }) {
  if (state === "refused") return banner("bad", receipt.message);
  if (state !== "sent") return banner("info", say("day_closed"), h("p", say("compared_later")));
  const others = (receipt.unsent_devices ?? []).map((one) =>
    banner("warn", count("other_phone_holds", one.unsent, { phone: one.name })));
  return [banner(receipt.agrees ? "good" : "warn", receipt.message || say(receipt.agrees ? "counts_agree" : "counts_differ")), others];
}

// --- This phone ----------------------------------------------------------------------------------

export async function phone(app) {
  const { badge: told } = app;
  const refused = app.acts.filter(isUnread);
  const pictures = app.photos.filter(isUnread);
  const everybody = await app.store.acts();
  const others = everybody.filter((one) => isWaiting(one) && one.shop !== app.session?.shop).length;
  return {
    title: say("this_phone"),
    isLive: true,
    nodes: [
      heading(say("this_phone"), { caption: app.session?.me?.name ?? "" }),
      told.kind === "saved" ? h("p.big", icon("circle-check", 32), say("all_saved")) : holding(app, told),
      others > 0 && banner("info", count("other_shop_waits", others)),
      app.photos.some(isStuck) && banner("warn", count("photo_stuck", app.photos.filter(isStuck).length), h("p", say("photo_stuck_text"))),
      refused.map((one) => problem(app, one.receipt, one.item.tracking_id, () => app.store.updateAct(one.id, { is_seen: true }), remarksOf(app, one))),
      pictures.map((one) => problem(app, { message: one.message }, "", () => app.store.seePhoto(one))),
      h("dl.facts",
        fact(say("last_contact_term"), app.contact ? hour(app.contact.at, app.manifest?.zone ?? "UTC") : say("never")),
        fact(say("phone_term"), app.sync.device)),
      soundButton(app),
      app.sync.isSignedOut
        ? null
        : h("section.stack.stack-close", h("h2", say("sign_out")),
            app.unsent > 0 && banner("warn", count("sign_out_warning", app.unsent)),
            button(say("sign_out"), { to: addresses.sign_out, icon: "log-out", wide: true, onclick: (event) => leave(app, event) })),
    ],
  };
}

function holding(app, told) {
  const isHeld = told.kind === "sign_in";
  return h("section.panel.panel-now",
    h("p.big", badgeWords(told)),
    h("p", say(isHeld ? "held_text" : "waiting_text")),
    app.drop.remarks.length > 0 && button(say("finish_handover"), { to: "#/drop", wide: true, icon: "handshake" }),
    isHeld
      ? button(say("sign_in"), { to: addresses.sign_in, kind: "primary", wide: true, icon: "log-in" })
      : button(say("send_now"), { kind: "primary", wide: true, icon: "send", id: "send-now", onclick: () => app.sync.run() }));
}

// The remarks of a hand-over that was refused whole are nowhere else: they are shown, and can be sent again.
function remarksOf(app, { id, item, receipt }) {
  if (!item.remarks?.length || receipt.number) return null;
  const again = async () => {
    await app.store.freeRemarks(id);
    app.go("#/drop");
  };
  return [
    h("ul", item.remarks.map((one) => h("li", h("span.code", { translate: "no" }, `…${one.tracking_id.slice(-4)}`),
      ` ${say(`remark_${one.kind}`)}`, one.note && `: ${one.note}`))),
    button(say("remarks_again"), { icon: "handshake", wide: true, onclick: again }),
  ];
}

function problem(app, receipt, id, see, more) {
  const one = app.day?.all.find((each) => each.tracking_id === id);
  return banner("bad", say("not_taken_by_portal"),
    h("p", id && [h("span.code", { translate: "no" }, `…${id.slice(-4)}`), " "], receipt.message),
    one && h("p", tag(one.state)),
    more,
    button(say("put_aside"), { icon: "check", onclick: async () => (await see(), app.show()) }));
}

function soundButton(app) {
  const isOn = isSoundOn();
  return button(say(isOn ? "sound_off" : "sound_on"), { icon: isOn ? "volume-2" : "volume-x", wide: true, id: "sound", onclick: () => (setSound(!isOn), app.show({ isQuiet: true })) });
}

function fact(term, value) {
  return h("div", h("dt", term), h("dd", value));
}

// Names and addresses leave with the person; what was not sent stays.
async function leave(app, event) {
  event.preventDefault();
  await app.store.tidy(Date.now(), { isLeaving: true, shop: app.session?.shop });
  location.href = addresses.sign_out;
}

