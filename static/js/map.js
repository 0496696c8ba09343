// Draws what components/map.html carries: a shop with its circle, numbered pins, the way between them.
// Without a map server of the operator's choice there is a plain grid and a scale; nothing is fetched.
const L = window.L;

// Text stays text: nothing that a page carries is read as HTML.
function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function mark(kind, text) {
  return L.divIcon({ className: `pin pin-${kind}`, html: element("b", "", text), iconSize: [48, 48] });
}

function popup(title, lines, url, words) {
  const box = document.createElement("div");
  box.append(element("b", "", title));
  box.firstChild.translate = false;
  for (const line of lines) box.append(element("span", "", line));
  if (url) {
    const link = element("a", "", words.show);
    link.href = url;
    box.append(link);
  }
  return box;
}

const Grid = L.GridLayer.extend({
  createTile: () => element("div", "map-square"),
});

function ground(map, tiles) {
  if (!tiles) return new Grid({ maxZoom: 19 }).addTo(map);
  map.attributionControl.addAttribution(element("span", "", tiles.attribution).innerHTML);
  return L.tileLayer(tiles.url, { maxZoom: 19 }).addTo(map);
}

function place(map, at, { kind, sign, title, lines, url, words, label }) {
  const pin = L.marker(at, { icon: mark(kind, sign), keyboard: true, riseOnHover: true }).addTo(map);
  pin.bindPopup(popup(title, lines, url, words), { maxWidth: 260 });
  pin.getElement().setAttribute("aria-label", label);
  return pin;
}

function counter(map, one, words) {
  const at = [one.latitude, one.longitude];
  if (one.radius_m) {
    L.circle(at, { radius: one.radius_m, className: "map-circle", weight: 1.5, fillOpacity: 0.06, interactive: false }).addTo(map);
  }
  const lines = one.text ? [one.text] : [];
  const sign = one.kind === "station" ? "★" : [...one.name][0];
  const label = [one.name, ...lines].join(", ");
  const pin = place(map, at, { kind: one.kind, sign, title: one.name, lines, url: "", words, label });
  pin.bindTooltip(element("span", "", one.name), { permanent: true, direction: "right", offset: [14, 0], pane: "names" });
  return at;
}

function pin(map, one, words) {
  const at = [one.latitude, one.longitude];
  const label = [one.mark, one.title, ...one.lines].join(", ");
  place(map, at, { kind: one.kind, sign: one.mark, title: one.title, lines: one.lines, url: one.url, words, label });
  return at;
}

function draw(box) {
  const data = JSON.parse(document.getElementById(box.dataset.from).textContent);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const moves = { zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still };
  box.hidden = false;
  const map = L.map(box, { ...moves, zoomControl: false, scrollWheelZoom: false, minZoom: 3, maxZoom: 19 });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: data.words.zoom_in, zoomOutTitle: data.words.zoom_out }).addTo(map);
  L.control.scale().addTo(map);
  map.createPane("names").style.zIndex = 590; // names lie under the pins
  const counters = data.counters.map((one) => [one.latitude, one.longitude]);
  const pins = data.pins.map((one) => [one.latitude, one.longitude]);
  const all = pins.length ? [...counters.slice(0, 1), ...pins] : counters;
  const roomForNames = [counters.length > 1 ? Math.min(160, box.clientWidth * 0.42) : 0, 0]; // right of their pins
  map.fitBounds(L.latLngBounds(all).pad(0.15), { maxZoom: 16, animate: false, paddingBottomRight: roomForNames });
  ground(map, data.tiles);
  if (data.has_way && pins.length) {
    const way = [...counters.slice(0, 1), ...pins, ...counters.slice(0, 1)];
    L.polyline(way, { className: "map-way", weight: 2, dashArray: "6 6", interactive: false }).addTo(map);
  }
  for (const one of data.counters) counter(map, one, data.words);
  for (const one of data.pins) pin(map, one, data.words);
  map.on("popupopen", (event) => {
    const close = event.popup.getElement().querySelector(".leaflet-popup-close-button");
    close?.setAttribute("aria-label", data.words.close);
  });
}

for (const box of document.querySelectorAll(".map[data-from]")) {
  draw(box);
  for (const hint of document.querySelectorAll("[data-no-map]")) hint.hidden = true;
}
