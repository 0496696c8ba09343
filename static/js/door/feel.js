// What a hand and an ear notice without looking: a short yes, a long no.

const KEY = "hub-door-sound";
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

let context = null;

// Sound is on until somebody switches it off on this phone.
export function isSoundOn() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function setSound(on) {
  try {
    if (on) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "off");
  } catch {
    // Storage switched off: the choice holds for nothing, as everything there.
  }
}

export function good() {
  shake([60]);
  play([[880, 0, 0.09], [1318, 0.09, 0.13]], "sine", 0.18);
}

export function stopSign() {
  shake([220, 90, 220]);
  play([[196, 0, 0.2], [165, 0.26, 0.3]], "square", 0.1);
}

function shake(pattern) {
  if (still.matches || !navigator.userActivation?.hasBeenActive) return;
  navigator.vibrate?.(pattern);
}

// Notes of [hertz, from, for] in seconds.
function play(notes, type, loudness) {
  if (!isSoundOn() || context?.state !== "running") return;
  for (const [hertz, from, length] of notes) {
    const begin = context.currentTime + from;
    const tone = new OscillatorNode(context, { type, frequency: hertz });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(loudness, begin + 0.01);
    volume.gain.setTargetAtTime(0, begin + length * 0.6, 0.03);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + length + 0.1);
  }
}

// Browsers allow sound after a touch only, and phones take it away with every call that comes in.
function wake() {
  if (!isSoundOn() || !window.AudioContext) return;
  if (navigator.audioSession) navigator.audioSession.type = "ambient"; // music goes on, mute is mute
  context ??= new AudioContext();
  if (context.state !== "running") context.resume().catch(() => {});
}

for (const touch of ["pointerdown", "keydown"]) {
  window.addEventListener(touch, wake, { capture: true, passive: true });
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden) context?.suspend().catch(() => {});
});
