// Says before a photo of a paper is sent that it is dark, blurred or small, judged as the door judges its
// photos. It only advises: the form sends whatever was chosen, and works without scripts.
import { problemsOf } from "./door/photo.js";

const advice = document.querySelector("[data-photo-advice]");

function say(words) {
  if (advice.textContent !== words) advice.textContent = words;
  advice.className = words ? "banner tone-warn" : "";
}

async function look(input) {
  const [file] = input.files;
  say("");
  if (!file?.type.startsWith("image/")) return; // a PDF
  const problems = await problemsOf(file).catch(() => []); // a HEIC that this browser can't read: the server can
  if (input.files[0] === file) say(advice.dataset[problems[0]] ?? "");
}

for (const input of advice ? document.querySelectorAll("input[type=file]") : []) {
  input.addEventListener("change", () => look(input));
}
