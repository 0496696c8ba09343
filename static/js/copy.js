// Buttons marked `data-copy` put their text on the clipboard and say so. Where a browser has none they stay hidden:
// the text stands on the page all the same.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.querySelector("[role=status]").textContent = button.dataset.copied;
  });
}
