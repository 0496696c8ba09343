// What was just saved: a big tick first, then a line, with the way back while it is open.
import { banner, button, h, icon } from "./parts.js";
import { undoable } from "./outbox.js";
import { say } from "./words.js";
import { good } from "./feel.js";

export function tickPanel(app) {
  const { tick } = app;
  if (!tick) return null;
  const rows = app.acts.filter((row) => tick.rows.some((one) => one.id === row.id));
  const young = undoable(rows, Date.now(), app.manifest.max_undo_minutes);
  tick.on ??= location.hash;
  if (tick.isOld && (!young.length || tick.on !== location.hash)) return null;
  const isFresh = !tick.isOld;
  tick.isOld = true;
  if (isFresh) {
    good();
    app.tell([tick.words, tick.where].filter(Boolean).join(" "));
  }
  const undo = async () => {
    await app.undo(young);
    await (tick.from ? app.go(tick.from, { replace: true }) : app.show());
  };
  return h(`div.tick${isFresh ? ".tick-big" : ""}`,
    icon("circle-check", isFresh ? 64 : 24),
    h("p", h("b", tick.words), tick.where && h("span", { translate: "no" }, ` ${tick.where}`)),
    young.length > 0 && button(say("undo"), { icon: "undo-2", id: "undo", onclick: undo }),
    tick.warning && banner("warn", tick.warning));
}
