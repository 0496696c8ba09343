// On a phone that holds the application at the door, links marked `data-app` lead there: it works without
// a signal and counts what is not sent yet. Elsewhere they lead to the page that their address says.
const worker = await navigator.serviceWorker?.getRegistration("/shop/door/").catch(() => undefined);

if (worker?.active) {
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-app]");
    const isPlain = !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !isPlain) return;
    event.preventDefault();
    location.assign(link.dataset.app);
  });
}
