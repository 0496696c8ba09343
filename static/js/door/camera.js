// One camera on one <video>: open while the page is looked at, given back the moment it is not.

const WANTED = {
  audio: false,
  video: {
    facingMode: { ideal: "environment" },
    width: { ideal: 1920 },
    height: { ideal: 1080 },
  },
};

// Whether this page may ask for a camera at all.
export function hasCameras() {
  return window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);
}

// `{stop(), torch(on), hasTorch, isOpen}`. Never throws: `onTrouble` gets `denied`, `no_camera`,
// `in_use` or `insecure`. A hidden page has no camera; it comes back when the page does, until `stop`.
export async function openCamera({ video, onTrouble }) {
  let stream = null;
  let isOver = false;
  let turn = 0; // counts releases, so that a camera that is granted too late is given back

  async function start() {
    const mine = ++turn;
    if (isOver || document.hidden) return;
    try {
      const granted = await navigator.mediaDevices.getUserMedia(WANTED);
      if (mine !== turn) return end(granted);
      stream = granted;
      stream.getVideoTracks()[0].onended = () => lose("in_use");
      await show(video, stream);
    } catch (error) {
      if (mine === turn) lose(troubleOf(error));
    }
  }

  function release() {
    turn += 1;
    if (!stream) return;
    end(stream);
    if (video.srcObject === stream) video.srcObject = null;
    stream = null;
  }

  function lose(trouble) {
    release();
    if (!isOver) onTrouble(trouble);
  }

  function follow() {
    if (document.hidden) release();
    else if (!stream) start();
  }

  function stop() {
    isOver = true;
    release();
    document.removeEventListener("visibilitychange", follow);
    window.removeEventListener("pagehide", release);
  }

  if (hasCameras()) {
    document.addEventListener("visibilitychange", follow);
    window.addEventListener("pagehide", release);
    await start();
  } else {
    onTrouble(window.isSecureContext ? "no_camera" : "insecure");
  }
  return {
    stop,
    torch: (on) => setTorch(stream, on),
    get hasTorch() {
      return Boolean(stream?.getVideoTracks()[0].getCapabilities?.().torch);
    },
    get isOpen() {
      return stream !== null;
    },
  };
}

async function show(video, stream) {
  video.muted = true;
  video.playsInline = true; // else an iPhone plays it full screen
  video.srcObject = stream;
  await video.play();
}

function end(stream) {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}

async function setTorch(stream, on) {
  try {
    await stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
    return on;
  } catch {
    return false;
  }
}

function troubleOf({ name }) {
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "no_camera";
  return "in_use";
}
