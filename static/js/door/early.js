// Before anything is drawn: where the application can run, the page's own list makes room for it.
if ("noModule" in HTMLScriptElement.prototype && "indexedDB" in window) {
  document.documentElement.classList.add("app");
}
