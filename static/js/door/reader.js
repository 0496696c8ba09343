// Reads codes in a picture of the camera: with the browser's own detector where it knows the kinds we
// need, else with the reader in WebAssembly, which is fetched then and not before.

const NEEDED = ["code_128", "qr_code"];
const WELCOME = ["data_matrix"];
const LONGEST = 1280; // pixels a side for our reader; more costs time and finds little

// `{read(video)}`; `read` answers `{codes: [{text, x, y}], width, height}`. Throws where nothing reads.
export async function openReader() {
  const detector = (await nativeDetector()) ?? (await loadedDetector());
  let failures = 0;
  let current = detector;
  return {
    async read(video) {
      try {
        const answer = await current(video);
        failures = 0;
        return answer;
      } catch (error) {
        // Some phones promise a detector that then fails on every picture.
        failures += 1;
        if (failures === 3) current = await loadedDetector();
        if (failures > 3) throw error;
        return { codes: [], width: 1, height: 1 };
      }
    },
  };
}

export const hasNative = () => "BarcodeDetector" in window;
export const hasWasm = () => typeof WebAssembly === "object";

async function nativeDetector() {
  if (!hasNative()) return null;
  const known = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!NEEDED.every((kind) => known.includes(kind))) return null;
  const formats = [...NEEDED, ...WELCOME.filter((kind) => known.includes(kind))];
  const detector = new window.BarcodeDetector({ formats });
  return async (video) => {
    const { videoWidth: width, videoHeight: height } = video;
    return { codes: (await detector.detect(video)).map(middle), width, height };
  };
}

async function loadedDetector() {
  const { BarcodeDetector } = await loadReader();
  const detector = new BarcodeDetector({ formats: [...NEEDED, ...WELCOME] });
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
    const width = Math.round(video.videoWidth * scale);
    const height = Math.round(video.videoHeight * scale);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    pen.drawImage(video, 0, 0, width, height);
    const codes = await detector.detect(pen.getImageData(0, 0, width, height));
    return { codes: codes.map(middle), width, height };
  };
}

function middle({ rawValue, boundingBox }) {
  return {
    text: rawValue,
    x: boundingBox.x + boundingBox.width / 2,
    y: boundingBox.y + boundingBox.height / 2,
  };
}

let loading = null;

// Once a page; after a failure (no network, nothing kept) the next call tries again.
function loadReader() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load() {
  const { script, wasm } = addresses();
  await addScript(script);
  const api = window.BarcodeDetectionAPI;
  await api.prepareZXingModule({
    overrides: { locateFile: (name, prefix) => (name.endsWith(".wasm") ? wasm : prefix + name) },
    fireImmediately: true,
  });
  return api;
}

// Static files have other names in production, so the page tells them (components/barcode_reader.html).
function addresses() {
  const told = document.querySelector("[data-barcode-reader]")?.dataset;
  if (!told) throw new Error("the page does not say where the barcode reader is");
  return { script: told.barcodeReader, wasm: told.barcodeWasm };
}

function addScript(address) {
  return new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = () => fail(new Error("the barcode reader did not load"));
    document.head.append(script);
  }).finally(() => document.head.querySelector(`script[src="${CSS.escape(address)}"]`)?.remove());
}
