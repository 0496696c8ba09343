// Where the phone is, if the person lets us know. Never in the way: no answer is an answer.

const KEY = "hub-door-no-place"; // kept on the phone, so that a no is a no tomorrow, too
const FRESH_MS = 15_000;

let asked = null; // one question at a time, however often we are called

// `{latitude, longitude, accuracy_m}` rounded to some ten metres, or null: said no, switched off, too slow.
// Never throws. After a no it asks again only when the browser says that it is allowed meanwhile.
export async function whereAmI({ timeoutMs = 4000 } = {}) {
  if (!navigator.geolocation || !(await mayAsk())) return null;
  asked ??= ask(timeoutMs).finally(() => {
    asked = null;
  });
  // A browser does not count the time for which its question stands open.
  return Promise.race([asked, new Promise((done) => setTimeout(done, timeoutMs, null))]);
}

async function mayAsk() {
  const state = await permission();
  if (state === "granted") keepNo(false);
  return state === "granted" || (state !== "denied" && !saidNo());
}

async function permission() {
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state;
  } catch {
    return "unknown"; // older iPhones do not tell
  }
}

function ask(timeout) {
  return new Promise((done) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done(rounded(coords)),
      (error) => {
        if (error.code === error.PERMISSION_DENIED) keepNo(true);
        done(null);
      },
      { enableHighAccuracy: true, maximumAge: FRESH_MS, timeout },
    );
  });
}

export function rounded({ latitude, longitude, accuracy }) {
  const four = (degrees) => Math.round(degrees * 10_000) / 10_000;
  return { latitude: four(latitude), longitude: four(longitude), accuracy_m: Math.round(accuracy) };
}

function saidNo() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

function keepNo(isNo) {
  try {
    if (isNo) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // Storage switched off: then the browser's own memory has to do.
  }
}
