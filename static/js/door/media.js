// Reading labels, photos, signatures and the place, as the screens show them. Each may be missing on a
// phone; the rest works without it. What is behind them is fetched when it is first needed.
import { banner, button, field, h, icon } from "./parts.js";
import { whereAmI } from "./place.js";
import { named } from "./doors.js";
import { metres } from "./proofs.js";
import { miles, say } from "./words.js";

const PLACE_IS_FRESH_MS = 60_000;
const PHOTO_BYTES = 500_000;
const TROUBLES = { denied: "camera_denied", in_use: "camera_in_use", no_reader: "no_reader" };

// --- Reading labels, and typing as their equal ---------------------------------------------------

// A field to type into, and the camera where there is one. `onText(text, found)` is told what was read
// and the packages of today's list that it may mean.
export function scanBox(app, onText, { label = say("scan_or_type") } = {}) {
  const stage = h("div.scan-stage.stack.stack-close", { hidden: true });
  const trouble = h("div", { role: "status" });
  const open = button(say("scan"), { icon: "scan-line", wide: true, onclick: () => start() });
  open.hidden = true;
  const line = field(label, { autocapitalize: "characters", enterkeyhint: "done", spellcheck: "false" });
  const input = line.querySelector("input");
  const form = h("form.row.row-tight.type-in", { onsubmit: typed, novalidate: true }, line,
    h("button.button", { type: "submit" }, say("ok")));
  let running = null;

  function typed(event) {
    event.preventDefault();
    const text = input.value.trim();
    input.value = "";
    if (text) onText(text, named(text, app.day.all));
  }

  async function start() {
    open.hidden = true;
    const video = h("video", { playsinline: true, muted: true, "aria-label": say("camera") });
    const torch = button(say("light"), { icon: "flashlight", "aria-pressed": "false" });
    torch.hidden = true;
    stage.replaceChildren(video, h("div.row", torch, button(say("stop_camera"), { onclick: stop })));
    stage.hidden = false;
    const { openScanner } = await import("./scan.js");
    const find = (label) => (label.kind === "stop" ? label.stop : (meant(app, label)[0]?.tracking_id ?? null));
    running = await openScanner({ video, find, onTrouble: fail,
      onCode: (text, label) => onText(text, label.kind === "stop" ? stopOf(app, label.stop) : meant(app, label)) });
    if (!document.contains(video)) return stop();
    app.video = video;
    torch.hidden = !running.hasTorch;
    torch.addEventListener("click", () => {
      const isOn = torch.getAttribute("aria-pressed") !== "true";
      torch.setAttribute("aria-pressed", String(isOn));
      running.torch(isOn);
    });
    return app.store.setMeta("scans", true);
  }

  function fail(code) {
    stop();
    app.store.setMeta("scans", false);
    trouble.replaceChildren(banner("warn", say(TROUBLES[code] ?? "no_camera"), h("p", say("type_instead"))));
  }

  function stop() {
    running?.stop();
    running = null;
    app.video = null;
    stage.hidden = true;
    open.hidden = false;
  }

  canScan().then(async (can) => {
    open.hidden = !can || Boolean(running);
    if (can && (await app.store.meta("scans")) && document.contains(open) && !running) start();
  });
  app.onLeave(stop);
  return h("div.scan-box.stack.stack-close", stage, open, trouble, form);
}

async function canScan() {
  try {
    return (await import("./scan.js")).canScan();
  } catch {
    return "";
  }
}

function meant(app, label) {
  for (const id of label.ids) {
    const found = app.day.all.filter((one) => one.tracking_id.toUpperCase() === id.toUpperCase());
    if (found.length) return found;
  }
  return [];
}

// A square of our own paper names a stop by its number.
function stopOf(app, code) {
  const number = Number(code.split("-").at(-1));
  return app.day.all.filter((one) => one.stop === number && one.service_day === app.manifest.day);
}

// --- Photo ---------------------------------------------------------------------------------------

// A button that takes a photo and shows it. `given.photo` holds it; a blurred or dark one may be taken
// again at once.
export function photoBox(app, given, { label = say("take_photo"), onChange = () => {} } = {}) {
  const shown = h("div.stack.stack-close");
  const words = h("span", label);
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", onchange: taken });
  const taker = h("label.button.button-wide.taker", { onclick: fromScanner }, icon("camera"), words, input);
  const box = h("div.photo-box.stack.stack-close", shown, taker);
  hasRoom().then((has) => has || box.prepend(banner("warn", say("phone_is_full"), h("p", say("phone_is_full_text")))));

  // While the scanner looks, its camera takes the photo, too: one tap, and no other program.
  async function fromScanner(event) {
    if (!app.video) return;
    event.preventDefault();
    const { grab } = await import("./photo.js");
    const still = await grab(app.video);
    if (still) await keep(still);
    else app.tell(say("no_camera"));
  }

  async function taken() {
    const [file] = input.files;
    input.value = "";
    if (file) await keep(file);
  }

  async function keep(file) {
    try {
      given.photo = await readPhoto(file);
    } catch {
      given.photo = null;
      shown.replaceChildren(banner("bad", say("photo_unreadable")));
      return;
    }
    words.textContent = say("take_again");
    shown.replaceChildren(await preview(given.photo.blob), verdict(given.photo));
    onChange();
  }
  return box;
}

async function readPhoto(file) {
  const { takePhoto } = await import("./photo.js");
  return { ...(await takePhoto(file)), taken_at: Date.now() };
}

function verdict(photo) {
  if (photo.isGood || !photo.problems?.length) return "";
  return h("div", { role: "alert" }, banner("warn", say(`photo_${photo.problems[0]}`)));
}

async function preview(blob) {
  const canvas = h("canvas.photo", { role: "img", "aria-label": say("your_photo") });
  try {
    const drawn = await createImageBitmap(blob, { resizeHeight: 240 });
    canvas.width = drawn.width;
    canvas.height = drawn.height;
    canvas.getContext("2d").drawImage(drawn, 0, 0);
    return canvas;
  } catch {
    return "";
  }
}

async function hasRoom() {
  const { storageTrouble } = await import("./photo.js");
  return (await storageTrouble(PHOTO_BYTES)) === "";
}

// --- Signature and code --------------------------------------------------------------------------

// Sign with a finger, or leave it; `given.signature` holds what was drawn.
export function signatureBox(given, onChange) {
  const canvas = h("canvas.signature", { role: "img", "aria-label": say("sign_here") });
  const name = field(say("who_signs"), { autocomplete: "off", maxlength: 80 });
  const box = h("fieldset.stack.stack-close", h("legend", say("signature")), name, h("p.hint", say("sign_here")), canvas);
  import("./signature.js").then(({ signaturePad }) => {
    const pad = signaturePad(canvas);
    box.append(button(say("clear"), { onclick: () => (pad.clear(), (given.signature = null), onChange()) }));
    canvas.addEventListener("input", () => {
      given.signature = pad.isEmpty() ? null : async () => {
        const { sha256 } = await import("./photo.js");
        const blob = await pad.blob();
        const said = name.querySelector("input").value.trim();
        return { blob, hash: await sha256(blob), said, taken_at: Date.now() };
      };
      onChange();
    });
  });
  return box;
}

// --- Place ---------------------------------------------------------------------------------------

// Ask where we are, and wait for nobody: a stop takes the place that is known when it ends.
export async function lookForPlace(app) {
  const place = await whereAmI();
  if (place) app.place = { ...place, at: Date.now() };
}

export function placeNow(app) {
  const { at, ...place } = app.place ?? {};
  return at && Date.now() - at < PLACE_IS_FRESH_MS ? place : {};
}

// How far from its door a stop was ended, when that is far: told here as staff will see it.
export function farFrom(one, place) {
  const isKnown = place.latitude !== undefined && one.latitude !== null && one.latitude !== undefined;
  if (!isKnown || !one.distance_warn_m) return "";
  const away = metres(place, one);
  return away > one.distance_warn_m + (place.accuracy_m ?? 0) ? say("far_from_door", { away: miles(away) }) : "";
}

