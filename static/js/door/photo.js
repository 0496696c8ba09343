// A proof's picture: upright, small, judged on the phone, named by what it holds. Its first data (place,
// time, phone) go when it is drawn anew; our own place and time are sent beside it.

const LONGEST = 1600;
const QUALITY = 0.8;
const LEAST_SIDE = 480; // a house number across the street is not readable below that
const SPARE_BYTES = 5_000_000; // kept free for what people do, which matters more than pictures

// Judged on a grey picture of 512 px, in tiles: some part of a sharp picture is sharp, even when a plain
// door fills it. tests/browser/test_photo.py holds the two numbers to pictures of either side.
const JUDGED = 512;
const TILES = 8;
const LEAST_SHARPNESS = 60;
const LEAST_LIGHT = 40; // of 255

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

// A still of what the camera shows, for `takePhoto`; null when it shows nothing or nobody looks.
export async function grab(video) {
  if (document.hidden || !video.srcObject?.active || video.readyState < video.HAVE_CURRENT_DATA) return null;
  return jpeg(drawn(video, 1), 0.95);
}

// "" when the phone has room for so many bytes more, or does not tell; else "full".
export async function storageTrouble(bytes) {
  const told = await navigator.storage?.estimate?.().catch(() => null);
  if (!told?.quota) return "";
  return told.quota - told.usage < bytes + SPARE_BYTES ? "full" : "";
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
  return { light: mean(grey), sharpness: sharpnessOf(grey, width, height) };
}

function greyOf(data) {
  const grey = new Float32Array(data.length / 4);
  for (let i = 0; i < grey.length; i += 1) {
    grey[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
  }
  return grey;
}

// The variance of the Laplacian in the sharpest tiles: the sixth of them from the top, so that one lamp or
// a date in the corner does not speak for the picture.
function sharpnessOf(grey, width, height) {
  const all = [];
  for (let row = 0; row < TILES; row += 1) {
    for (let column = 0; column < TILES; column += 1) {
      const [top, end] = [row, row + 1].map((n) => Math.floor((n * (height - 2)) / TILES) + 1);
      const [left, right] = [column, column + 1].map((n) => Math.floor((n * (width - 2)) / TILES) + 1);
      all.push(varianceOfLaplacian(grey, width, { top, end, left, right }));
    }
  }
  return all.sort((a, b) => b - a)[5];
}

function varianceOfLaplacian(grey, width, { top, end, left, right }) {
  let [sum, squares] = [0, 0];
  for (let y = top; y < end; y += 1) {
    for (let x = left; x < right; x += 1) {
      const i = y * width + x;
      const edge = 4 * grey[i] - grey[i - 1] - grey[i + 1] - grey[i - width] - grey[i + width];
      sum += edge;
      squares += edge * edge;
    }
  }
  const count = Math.max(1, (end - top) * (right - left));
  return squares / count - (sum / count) ** 2;
}

const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / Math.max(1, numbers.length);

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
