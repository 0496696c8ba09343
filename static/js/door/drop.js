// The hand-over: the driver's counts beside ours, signed on her phone, by her six digits, or told.
import { banner, button, field, h, heading, icon, stepper } from "./parts.js";
import { remarks } from "./count.js";
import { newId } from "./store.js";
import { tickPanel } from "./tick.js";
import { addresses, count, say } from "./words.js";

const LOOK_MS = 4000;

export async function drop(app, again) {
  const { drop: draft } = app;
  const last = app.acts.filter((one) => one.channel === "drop" && one.day === app.manifest?.day).at(-1);
  if (!draft.isOpen && last && !again) return told(app, last);
  const returned = draft.returned.length;
  const said = { code: "", given: draft.taken.length, returns: returned, name: "", isTold: false };
  const driver = h("section.stack.stack-close", { "aria-live": "polite" }, h("p.soft", say("asking_portal")));
  const trouble = h("div", { role: "alert" });
  const end = button(say("finish"), { kind: "primary", wide: true, icon: "check", id: "done", onclick: finish });
  const isNext = Boolean(last) && last.state !== "refused"; // this one is the next van's
  let seen = null;

  async function look() {
    seen = await ask(app, isNext);
    if (!document.contains(driver)) return;
    driver.replaceChildren(...(seen ? onHerPhone(seen, draft, returned) : [h("p.soft", say("no_signal_driver"))]));
    if (!seen?.driver?.name) timer = setTimeout(look, LOOK_MS);
  }
  let timer = setTimeout(look, 0);
  app.onLeave(() => clearTimeout(timer));

  async function finish() {
    if (said.code && !/^\d{6}$/.test(said.code)) return trouble.replaceChildren(banner("bad", say("six_digits")));
    end.disabled = true;
    const item = {
      id: newId(),
      day: app.manifest.day,
      number: seen?.number ?? 1,
      counted_at: new Date().toISOString(),
      taken_count: draft.taken.length,
      returns_given_count: returned,
      code: said.code,
      driver_said: said.isTold && !said.code ? { given_count: said.given, returns_taken_count: said.returns, name: said.name } : null,
      remarks: draft.remarks,
    };
    await app.record([{ id: item.id, channel: "drop", item }]);
    const told = new Set(item.remarks.map((one) => one.id));
    await app.changeRemarks((kept) => kept.filter((one) => !told.has(one.id)));
    app.go("#/drop");
    return undefined;
  }

  return {
    title: say("handover"),
    nodes: [
      heading(say("handover"), { caption: app.manifest?.shop }),
      tickPanel(app),
      h("section.panel.panel-now", h("h2", say("your_count")),
        h("p.big", count("packages", draft.taken.length)),
        h("p", count("returns_given", returned)),
        app.day.toGiveBack.length > 0 && button(count("go_back", app.day.toGiveBack.length), { to: "#/returns", icon: "undo-2", wide: true })),
      remarks(app),
      h("section.stack.stack-close", h("h2", say("driver_count")), driver),
      h("details.fold", h("summary", say("without_signal")),
        h("div.stack",
          field(say("driver_code"), { inputmode: "numeric", maxlength: 6, oninput: (event) => (said.code = event.target.value.replace(/\D/g, "")) }, { hint: say("driver_code_hint") }),
          h("fieldset.stack", h("legend", say("driver_told")),
            stepper(say("driver_gave"), said.given, (value) => ((said.given = value), (said.isTold = true))),
            stepper(say("driver_took"), said.returns, (value) => ((said.returns = value), (said.isTold = true))),
            field(say("driver_name"), { maxlength: 80, oninput: (event) => ((said.name = event.target.value.trim()), (said.isTold = Boolean(said.name))) })))),
      h("div.thumb.stack.stack-close", trouble, end),
    ],
  };
}

// The portal's side of the hand-over; nothing without a signal.
async function ask(app, isNext) {
  try {
    const answer = await app.sync.call(`${addresses.drop}?day=${app.manifest.day}&next=${isNext}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function onHerPhone({ driver }, draft, returned) {
  if (driver.given_count === null || driver.given_count === undefined) return [h("p", say("driver_scans")), qr(driver), h("p.soft", say("waiting_for_driver"))];
  const isSame = driver.given_count === draft.taken.length && driver.returns_taken_count === returned;
  return [
    h("p.big", count("packages", driver.given_count)),
    h("p", count("returns_taken", driver.returns_taken_count)),
    driver.name && h("p.soft", h("span", { translate: "no" }, driver.name)),
    banner(isSame ? "good" : "warn", say(isSame ? "counts_agree" : "counts_differ"), !isSame && h("p", say("counts_differ_text"))),
  ];
}

function qr({ url, qr: drawn }) {
  if (!drawn) return h("p", h("a", { href: url, translate: "no" }, url));
  return h("img.qr", { src: drawn.startsWith("data:") ? drawn : `data:image/svg+xml,${encodeURIComponent(drawn)}`, alt: say("driver_code_image"), width: 260, height: 260 });
}

function told(app, act) {
  const { item, receipt, state } = act;
  const isTold = state === "sent";
  const tone = { agreed: "good", disputed: "warn" }[receipt?.status] ?? "info";
  return {
    title: say("handover"),
    isLive: true,
    nodes: [
      heading(say("handover"), { caption: app.manifest.shop }),
      h("p.big", icon("circle-check", 32), say("handed_over")),
      h("div.receipt", h("dl",
        fact(say("taken_over"), item.taken_count),
        fact(say("given_back"), item.returns_given_count),
        fact(say("remarks"), item.remarks.length))),
      isTold ? banner(tone, receipt.message || say("saved")) : state === "refused" ? banner("bad", receipt.message) : banner("info", say("told_later")),
      (receipt?.remarks ?? []).filter((one) => one.result === "refused").map((one) => banner("warn", one.message)),
      button(say("whole_list"), { to: "#/", kind: "primary", wide: true }),
      button(say("another_van"), { wide: true, to: app.day.coming.length ? "#/count" : "#/drop/again" }),
    ],
  };
}

function fact(term, value) {
  return h("div", h("dt", term), h("dd", String(value)));
}
