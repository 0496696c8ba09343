// Scanning: a camera, a reader, and which of the codes in sight counts.

import { hasCameras, openCamera } from "./camera.js";
import { chooser, readLabel } from "./labels.js";
import { hasNative, hasWasm, openReader } from "./reader.js";

export { readLabel };

const PAUSE_MS = 80; // between two looks, so that a finger is always answered

// "native" or "wasm": how this page would read; "" when it can't scan at all.
export function canScan() {
  if (!hasCameras()) return "";
  if (hasNative()) return "native";
  return hasWasm() ? "wasm" : "";
}

// Opens the camera into `video` and tells each code once: `onCode(text, label, found)`.
//
// `label` is `readLabel`'s answer, `text` its likeliest tracking id, or `/S/3MV-12` for a stop of our
// paper. `find(label)` may say what the label is on today's list (anything but null and false; the same
// thing each time); known codes are told first, unknown ones after a second of patience.
// `onTrouble(code)` gets `denied`, `no_camera`, `in_use`, `insecure` or `no_reader`; it never throws.
export async function openScanner({ video, onCode, onTrouble = () => {}, find = textOf }) {
  const choose = chooser(find);
  let isOver = false;
  let timer = 0;
  let reader = null; // half a megabyte on many phones: not fetched before a camera is open
  const camera = await openCamera({ video, onTrouble });

  function stop() {
    isOver = true;
    clearTimeout(timer);
    camera.stop();
  }

  async function look() {
    try {
      const chosen = camera.isOpen ? await chosenIn(video) : null;
      if (isOver) return;
      if (chosen) setTimeout(() => onCode(textOf(chosen.label), chosen.label, chosen.found));
    } catch {
      if (isOver) return;
      stop();
      return onTrouble("no_reader");
    }
    timer = setTimeout(look, PAUSE_MS);
  }

  async function chosenIn(video) {
    reader ??= await openReader();
    if (video.readyState < video.HAVE_CURRENT_DATA) return null;
    const { codes, ...size } = await reader.read(video);
    // What was in sight when the page was left is nobody's business any more.
    return camera.isOpen ? choose(codes, size, performance.now()) : null;
  }

  look();
  return {
    stop,
    torch: camera.torch,
    get hasTorch() {
      return camera.hasTorch;
    },
  };
}

// The likeliest tracking id, or our paper's stop as the path it leads to.
function textOf(label) {
  return label.kind === "stop" ? `/S/${label.stop}` : label.ids[0];
}
