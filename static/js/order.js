// Moves stops without asking the server: by dragging the grip, by its arrow keys, by the buttons.
// The form stays the truth: it sends the hidden fields in the order in which they stand.
const form = document.getElementById("order");
const said = form.querySelector("[data-said]");
const stops = () => [...form.querySelectorAll("[data-stop]")];

function count() {
  stops().forEach((stop, at) => {
    stop.querySelector(".order-place").value = at + 1;
  });
}

function tell(stop) {
  const place = stop.querySelector(".order-place").value;
  said.textContent = said.dataset.words.replace("{stop}", stop.dataset.stop).replace("{place}", place);
}

function step(stop, way) {
  const other = way < 0 ? stop.previousElementSibling : stop.nextElementSibling;
  if (!other) return;
  if (way < 0) other.before(stop);
  else other.after(stop);
  count();
  tell(stop);
}

function drag(grip, stop) {
  grip.addEventListener("pointerdown", (event) => {
    grip.setPointerCapture(event.pointerId);
    stop.classList.add("is-held");
  });
  grip.addEventListener("pointermove", (event) => {
    if (!grip.hasPointerCapture(event.pointerId)) return;
    const { previousElementSibling: before, nextElementSibling: after } = stop;
    const middle = (one) => one.getBoundingClientRect().top + one.offsetHeight / 2;
    if (before && event.clientY < middle(before)) before.before(stop);
    else if (after && event.clientY > middle(after)) after.after(stop);
    // A node that moves loses the pointer; the grip takes it back.
    grip.setPointerCapture(event.pointerId);
  });
  const drop = () => {
    if (!stop.classList.contains("is-held")) return;
    stop.classList.remove("is-held");
    count();
    tell(stop);
  };
  for (const end of ["pointerup", "pointercancel"]) grip.addEventListener(end, drop);
}

for (const stop of stops()) {
  const grip = stop.querySelector("[data-grip]");
  grip.hidden = false;
  drag(grip, stop);
  grip.addEventListener("keydown", (event) => {
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    step(stop, way);
    grip.focus();
  });
  for (const button of stop.querySelectorAll("[data-step]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      step(stop, Number(button.dataset.step));
      button.focus();
    });
  }
}
