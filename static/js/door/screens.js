// Which screen an address after the # shows.
import { count, remark } from "./count.js";
import { drop } from "./drop.js";
import { close, phone, returns } from "./ends.js";
import { list } from "./list.js";
import { sign } from "./signs.js";
import { stop } from "./stop.js";
import { why } from "./why.js";

const need = (screen) => (app, ...params) => (app.manifest ? screen(app, ...params) : list(app));

export const SCREENS = {
  "": (app) => list(app, "left"),
  left: (app) => list(app, "left"),
  done: (app) => list(app, "done"),
  problems: (app) => list(app, "problems"),
  find: (app, last) => list(app, "find", last),
  stop: need(stop),
  sign: need(sign),
  why: need(why),
  count: need(count),
  remark: need(remark),
  drop: need(drop),
  returns: need(returns),
  close: need(close),
  phone,
};
