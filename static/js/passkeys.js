// Shows what needs passkeys where the browser has them, and says so when the device refused.
const trouble = document.getElementById("passkey-trouble");

if (window.PublicKeyCredential) {
  for (const element of document.querySelectorAll("[data-needs-passkey]")) element.hidden = false;
}
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  if (trouble) trouble.hidden = false;
});
