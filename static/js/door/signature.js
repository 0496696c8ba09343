// A line drawn with a finger, kept as points, so that turning the phone loses nothing.

const INK = "#111";
const PAPER = "#fff";
const LEAST_PX = 40; // of line: a tap is no signature
const LONGEST = 600; // pixels of the picture's longer side
const EDGE = 12;

// `{clear(), isEmpty(), blob(), end()}`. `blob()` is a small PNG of what was drawn, black on white and cut
// to the line, or null when nothing was. `canvas` gets "input" whenever a line ends.
export function signaturePad(canvas) {
  let lines = [];
  let line = null; // the one under the finger, with the finger's id
  canvas.style.touchAction = "none"; // a stroke down is no scroll
  const watch = new ResizeObserver(fit);
  watch.observe(canvas);
  const heard = { pointerdown: begin, pointermove: go, pointerup: finish, pointercancel: finish };
  for (const [name, hear] of Object.entries(heard)) canvas.addEventListener(name, hear);

  function begin(event) {
    if (line || event.button > 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    line = { finger: event.pointerId, points: [pointOf(event)] };
    lines.push(line.points);
    draw();
  }

  function go(event) {
    if (line?.finger !== event.pointerId) return;
    const steps = event.getCoalescedEvents?.() ?? [];
    line.points.push(...(steps.length ? steps : [event]).map(pointOf));
    draw();
  }

  function finish(event) {
    if (line?.finger !== event.pointerId) return;
    line = null;
    canvas.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Place on the canvas in CSS pixels, whatever the screen's density.
  function pointOf({ clientX, clientY }) {
    const box = canvas.getBoundingClientRect();
    return [clientX - box.left - canvas.clientLeft, clientY - box.top - canvas.clientTop];
  }

  function fit() {
    const density = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * density);
    canvas.height = Math.round(canvas.clientHeight * density);
    draw();
  }

  function draw() {
    const density = window.devicePixelRatio || 1;
    const pen = canvas.getContext("2d");
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.fillStyle = PAPER;
    pen.fillRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    ink(pen, lines, 2.5);
  }

  function clear() {
    lines = [];
    line = null;
    draw();
  }

  const isEmpty = () => lengthOf(lines) < LEAST_PX;

  function end() {
    watch.disconnect();
    for (const [name, hear] of Object.entries(heard)) canvas.removeEventListener(name, hear);
  }

  fit();
  return { clear, isEmpty, end, blob: async () => (isEmpty() ? null : picture(lines)) };
}

function ink(pen, lines, width) {
  Object.assign(pen, { strokeStyle: INK, lineWidth: width, lineCap: "round", lineJoin: "round" });
  for (const [[x, y], ...rest] of lines) {
    pen.beginPath();
    pen.moveTo(x, y);
    for (const [toX, toY] of rest.length ? rest : [[x, y]]) pen.lineTo(toX, toY);
    pen.stroke();
  }
}

function lengthOf(lines) {
  let length = 0;
  for (const points of lines) {
    for (let i = 1; i < points.length; i += 1) {
      length += Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]);
    }
  }
  return length;
}

async function picture(lines) {
  const all = lines.flat();
  const xs = all.map(([x]) => x);
  const ys = all.map(([, y]) => y);
  const [left, top] = [Math.min(...xs) - EDGE, Math.min(...ys) - EDGE];
  const [wide, high] = [Math.max(...xs) - left + EDGE, Math.max(...ys) - top + EDGE];
  const scale = Math.min(2, LONGEST / Math.max(wide, high));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(wide * scale);
  canvas.height = Math.round(high * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.setTransform(scale, 0, 0, scale, -left * scale, -top * scale);
  ink(pen, lines, 2.5);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
