// Camera, photo, signature and place, as the screens use them. Each may be missing on a phone; then the
// rest works without it. The modules behind are fetched when they are first needed.
import { banner, button, field, h, icon } from "./parts.js";
import { metres } from "./rules.js";
import { miles, say } from "./words.js";

const PLACE_MS = 8000;
const PLACE_IS_FRESH_MS = 60_000;
const ROOM_FOR_A_PHOTO = 5_000_000;

// --- Scanning, and typing as its equal -----------------------------------------------------------

// What reads labels: a field to type into, and the camera where there is one. `onText` answers whether
// the text was understood.
export function scanBox(app, onText, { label = say("scan_or_type") } = {}) {
  const stage = h("div.scan-stage", { hidden: true });
  const open = button(say("scan"), { icon: "scan-line", onclick: () => start() });
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
    if (text) onText(text);
  }

  async function start() {
    open.hidden = true;
    const video = h("video", { playsinline: true, muted: true, "aria-label": say("camera") });
    const torch = button(say("light"), { icon: "flashlight", "aria-pressed": "false" });
    torch.hidden = true;
    stage.replaceChildren(video, h("div.row", torch, button(say("stop_camera"), { onclick: stop })));
    stage.hidden = false;
    try {
      const { openScanner } = await import("./scan.js");
      running = await openScanner({ video, onCode: (code) => onText(textOf(code)), onTorch: () => (torch.hidden = false) });
      torch.hidden = torch.hidden && !running.hasTorch;
      torch.addEventListener("click", () => {
        const isOn = torch.getAttribute("aria-pressed") !== "true";
        torch.setAttribute("aria-pressed", String(isOn));
        running.torch(isOn);
      });
      await app.store.setMeta("scans", true);
    } catch {
      stop();
      stage.replaceChildren(banner("warn", say("no_camera"), h("p", say("no_camera_steps"))));
      stage.hidden = false;
      input.focus();
    }
  }

  function stop() {
    running?.stop();
    running = null;
    stage.hidden = true;
    open.hidden = false;
  }

  canScan().then(async (can) => {
    open.hidden = !can || Boolean(running);
    if (can && (await app.store.meta("scans")) && document.contains(open)) start();
  });
  app.onLeave(() => running?.stop());
  return h("div.scan-box.stack.stack-close", stage, open, form);
}

async function canScan() {
  try {
    const { canScan: can } = await import("./scan.js");
    return await can();
  } catch {
    return false;
  }
}

function textOf(code) {
  return typeof code === "string" ? code : (code.text ?? code.rawValue ?? "");
}

// --- Photo ---------------------------------------------------------------------------------------

// A button that takes a photo and shows it. `given.photo` holds it; a blurred or dark one may be taken
// again at once.
export function photoBox(given, { label = say("take_photo"), onChange = () => {} } = {}) {
  const shown = h("div.stack.stack-close");
  const words = h("span", label);
  const input = h("input.visually-hidden", { type: "file", accept: "image/*", capture: "environment", onchange: taken });
  const box = h("div.photo-box.stack.stack-close", shown, h("label.button.button-wide", icon("camera"), words, input));
  roomIsLeft().then((isLeft) => isLeft || box.prepend(banner("warn", say("phone_is_full"), h("p", say("phone_is_full_text")))));

  async function taken() {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
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
  const { takePhoto } = await photoTools();
  return { ...(await takePhoto(file)), taken_at: Date.now() };
}

async function photoTools() {
  try {
    return await import("./photo.js");
  } catch {
    return { takePhoto: asItIs };
  }
}

async function asItIs(blob) {
  return { blob, hash: await hashOf(blob), isGood: true, problems: [] };
}

export async function hashOf(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function verdict(photo) {
  if (photo.isGood || !photo.problems?.length) return "";
  const why = photo.problems.includes("dark") ? "photo_dark" : "photo_blurred";
  return h("div", { role: "alert" }, banner("warn", say(why)));
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

async function roomIsLeft() {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota - usage > ROOM_FOR_A_PHOTO;
  } catch {
    return true;
  }
}

// --- Signature and code --------------------------------------------------------------------------

export function signatureBox(given) {
  const canvas = h("canvas.signature", { width: 640, height: 240, role: "img", "aria-label": say("sign_here") });
  const name = field(say("who_signs"), { autocomplete: "off", maxlength: 80 });
  const box = h("fieldset.stack.stack-close", h("legend", say("signature")), name, canvas);
  import("./signature.js").then(
    ({ signaturePad }) => {
      const pad = signaturePad(canvas);
      box.append(button(say("clear"), { onclick: () => pad.clear() }));
      given.signature = async () => {
        const said = name.querySelector("input").value.trim();
        if (pad.isEmpty()) return null;
        const blob = await pad.blob();
        return { blob, hash: await hashOf(blob), said, taken_at: Date.now() };
      };
      given.hasSignature = () => !pad.isEmpty();
    },
    () => box.replaceChildren(h("p", say("no_signature_here"))),
  );
  return box;
}

// --- Place ---------------------------------------------------------------------------------------

// Ask where we are, and wait for nobody: a stop takes the place that is known when it ends.
export function lookForPlace(app) {
  navigator.geolocation?.getCurrentPosition(
    ({ coords }) => {
      const { latitude, longitude, accuracy } = coords;
      app.place = { latitude, longitude, accuracy_m: Math.round(accuracy), at: Date.now() };
    },
    () => {},
    { enableHighAccuracy: true, timeout: PLACE_MS, maximumAge: PLACE_IS_FRESH_MS / 4 },
  );
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

