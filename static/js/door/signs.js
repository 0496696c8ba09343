// The stop sign: a package that does not belong here is a whole screen, not a line that passes by.
import { button, h, icon, tag, tail } from "./parts.js";
import { splitStreet, named } from "./doors.js";
import { stopSign } from "./feel.js";
import { say } from "./words.js";

// `app.sign` holds what was scanned and where; after a reload the text alone has to do.
export async function sign(app, text) {
  const [one] = named(text, app.day?.all ?? []);
  const told = app.sign?.text === text ? app.sign : { kind: one ? "stop" : "unknown", text, one };
  stopSign();
  return signFor(app, told);
}

export function signFor(app, told) {
  const { title, nodes } = SIGNS[told.kind](app, told);
  app.tell(title);
  return { title, nodes: h("section.stop-sign.stack", icon(told.kind === "unknown" ? "package-search" : "octagon-x", 96),
    h("h1", { tabindex: "-1" }, title), nodes) };
}

const here = (id) => `#/stop/${encodeURIComponent(id)}`;

function backTo(app, told) {
  if (!told.from) return button(say("whole_list"), { to: "#/", kind: "primary", wide: true });
  const isStop = !told.from.startsWith("#");
  return button(isStop ? say("back_to_stop") : say("back"), { to: isStop ? here(told.from) : told.from, kind: "primary", wide: true });
}

const SIGNS = {
  stop(app, told) {
    const [house, street] = splitStreet(told.one.address1);
    return {
      title: say("wrong_door"),
      nodes: [
        h("p", say("belongs_to"), " ", tail(told.one)),
        h("p.door-address.door-address-large", { translate: "no" }, h("b", house || street), house && h("span", street)),
        told.one.stop && h("p", say("stop_number", { number: told.one.stop })),
        backTo(app, told),
        button(say("go_there"), { to: here(told.one.tracking_id), wide: true }),
      ],
    };
  },
  finished(app, told) {
    return {
      title: say("finished_already"),
      nodes: [h("p", tail(told.one), " ", tag(told.one.state)), backTo(app, told),
        button(say("see_package"), { to: here(told.one.tracking_id), wide: true })],
    };
  },
  coming(app, told) {
    return {
      title: say("not_counted_in"),
      nodes: [h("p", tail(told.one), " ", tag(told.one.state)), h("p", say("count_in_first")),
        button(say("count_in"), { to: "#/count", kind: "primary", wide: true }), backToQuiet(told)],
    };
  },
  unknown(app, told) {
    return {
      title: say("not_on_list"),
      nodes: [
        h("p", h("span.code", { translate: "no" }, told.text)),
        h("p", say("not_on_list_text")),
        backTo(app, told),
        app.manifest && button(say("count_as_extra"), { to: `#/remark/${encodeURIComponent(told.text)}`, wide: true, icon: "package-plus" }),
      ],
    };
  },
};

function backToQuiet(told) {
  return told.from && button(say("back"), { to: told.from.startsWith("#") ? told.from : here(told.from), wide: true });
}
