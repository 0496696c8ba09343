// A proof's picture: upright, small, judged on the phone, named by what it holds. Its first data (place,
// time, phone) go when it is drawn anew; our own place and time are sent beside it.

const LONGEST = 1600;
const QUALITY = 0.8;
const LEAST_SIDE = 480; // a house number across the street is not readable below that
const SPARE_BYTES = 1_000_000; // kept free for what people did, which matters more than pictures

// Judged on a grey picture of 512 px, in tiles: some part of a sharp picture is sharp, even when a plain
// door fills it. Of 14 photos and drawn doors the sharp ones gave 48 to 2359; blurred by 0.4 % of their
// width (no house number can be read) 0 to 9. A wrong "blurred" costs a tap, so the line is near those.
const JUDGED = 512;
const TILES = 8;
const LEAST_SHARPNESS = 12;
// Where the brighter fifth of a picture begins, of 255. By half the light they were at 39 to 120, by a
// quarter, where colours go, at 19 to 60.
const LEAST_LIGHT = 35;

// `{blob, hash, width, height, isGood, problems}`. `blob` is the JPEG to keep and send, `hash` its SHA-256,
// `problems` any of "blurred", "dark" and "small". Throws when the file is no picture a browser can read.
export async function takePhoto(fileOrBlob) {
  const picture = await decode(fileOrBlob);
  try {
    const { width, height } = sizeOf(picture);
    const canvas = drawn(picture, Math.min(1, LONGEST / Math.max(width, height)));
    const problems = judge(canvas);
    const blob = await jpeg(canvas, QUALITY);
    const { width: wide, height: high } = canvas;
    return { blob, hash: await sha256(blob), width: wide, height: high, isGood: !problems.length, problems };
  } finally {
    picture.close?.();
  }
}

// What is wrong with a photo that somebody chose, worst first. Throws like `takePhoto`.
export async function problemsOf(fileOrBlob) {
  const picture = await decode(fileOrBlob);
  try {
    const { width, height } = sizeOf(picture);
    return judge(drawn(picture, Math.min(1, LONGEST / Math.max(width, height))));
  } finally {
    picture.close?.();
  }
}

// A still of what the camera shows, for `takePhoto`; null when it shows nothing or nobody looks.
export async function grab(video) {
  if (document.hidden || !video.srcObject?.active || video.readyState < video.HAVE_CURRENT_DATA) return null;
  return jpeg(drawn(video, 1), 0.95);
}

// "" when the phone has room for so many bytes more, else "full". Chromium tells every page that ten
// gigabytes are free, so what it tells is not enough: as much is written, and taken away again.
export async function storageTrouble(bytes) {
  const wanted = bytes + SPARE_BYTES;
  const told = await navigator.storage?.estimate?.().catch(() => null);
  if (told?.quota && told.quota - told.usage < wanted) return "full";
  return (await hasRoom(wanted)) ? "" : "full";
}

// In a cache, because that leaves nothing behind when it fails; IndexedDB does.
async function hasRoom(bytes) {
  if (!window.caches) return true; // who keeps the photo will say so
  const name = "hub-door-room";
  try {
    const cache = await caches.open(name);
    await cache.put("/shop/door/room", new Response(new Uint8Array(bytes)));
    await cache.delete("/shop/door/room"); // at once; a cache that is deleted whole goes when it likes
    return true;
  } catch (error) {
    return error?.name !== "QuotaExceededError";
  } finally {
    await caches.delete(name).catch(() => false);
  }
}

export async function sha256(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What is wrong with a drawn picture, worst first.
export function judge(canvas) {
  const { width, height } = canvas;
  const { light, sharpness } = measure(canvas);
  const problems = [];
  if (light < LEAST_LIGHT) problems.push("dark");
  else if (sharpness < LEAST_SHARPNESS) problems.push("blurred"); // in the dark, grain tells nothing
  if (Math.min(width, height) < LEAST_SIDE) problems.push("small");
  return problems;
}

export function measure(canvas) {
  const small = drawn(canvas, Math.min(1, JUDGED / Math.max(canvas.width, canvas.height)));
  const { width, height } = small;
  const grey = greyOf(small.getContext("2d").getImageData(0, 0, width, height).data);
  return { light: lightOf(grey), sharpness: sharpnessOf(grey, width, height) };
}

function greyOf(data) {
  const grey = new Float32Array(data.length / 4);
  for (let i = 0; i < grey.length; i += 1) {
    grey[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
  }
  return grey;
}

// How bright the brighter fifth begins: a lit parcel in the night is no dark picture.
function lightOf(grey) {
  return grey.slice().sort()[Math.floor(grey.length * 0.8)] ?? 0;
}

// The sharpest tiles but five, so that one lamp or a date in the corner does not speak for the picture.
function sharpnessOf(grey, width, height) {
  const cut = (side, n) => 1 + Math.floor((n * (side - 2)) / TILES);
  const all = [];
  for (let n = 0; n < TILES * TILES; n += 1) {
    const [row, column] = [Math.floor(n / TILES), n % TILES];
    const rows = [cut(height, row), cut(height, row + 1)];
    all.push(edges(grey, width, rows, [cut(width, column), cut(width, column + 1)]));
  }
  return all.sort((a, b) => b - a)[5];
}

// The variance of the Laplacian, taken along and across apart, and the smaller of the two: a hand that
// moved sideways blurs what stands upright and leaves the rest sharp.
function edges(grey, width, [top, bottom], [left, right]) {
  const along = { sum: 0, squares: 0 };
  const across = { sum: 0, squares: 0 };
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      const i = y * width + x;
      add(along, 2 * grey[i] - grey[i - 1] - grey[i + 1]);
      add(across, 2 * grey[i] - grey[i - width] - grey[i + width]);
    }
  }
  const count = Math.max(1, (bottom - top) * (right - left));
  return Math.min(...[along, across].map(({ sum, squares }) => squares / count - (sum / count) ** 2));
}

function add(total, value) {
  total.sum += value;
  total.squares += value * value;
}

async function decode(blob) {
  try {
    return await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch {
    // Older iPhones read some files as pictures of a page only.
    const image = new Image();
    const address = URL.createObjectURL(blob);
    try {
      image.src = address;
      await image.decode();
    } finally {
      URL.revokeObjectURL(address);
    }
    return image;
  }
}

function sizeOf(source) {
  return {
    width: source.videoWidth || source.naturalWidth || source.width,
    height: source.videoHeight || source.naturalHeight || source.height,
  };
}

function drawn(source, scale) {
  const { width, height } = sizeOf(source);
  const canvas = newCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // JPEG knows no clear glass
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function newCanvas(width, height) {
  if (typeof OffscreenCanvas === "function" && OffscreenCanvas.prototype.convertToBlob) {
    return new OffscreenCanvas(width, height);
  }
  return Object.assign(document.createElement("canvas"), { width, height });
}

async function jpeg(canvas, quality) {
  const type = "image/jpeg";
  const made = canvas.convertToBlob
    ? await canvas.convertToBlob({ type, quality })
    : await new Promise((done) => canvas.toBlob(done, type, quality));
  if (made?.type !== type) throw new Error("this browser makes no JPEG");
  return made;
}
