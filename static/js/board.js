// Says so when somebody else changed the board, or when nobody could ask for a minute.
// Without scripts the link "Check for changes" does the same, and a stale form is refused in any case.
const ASK_EVERY = 15_000;
const OLD_AFTER = 60_000;

const news = document.getElementById("news");
let lastAnswer = Date.now();

function say(words) {
  if (news.textContent !== words) news.textContent = words;
  news.className = words ? "banner tone-warn" : "";
}

async function ask() {
  try {
    const answer = await fetch(news.dataset.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    const board = await answer.json();
    lastAnswer = Date.now();
    const isNew = String(board.version) !== news.dataset.version;
    say(isNew ? `${board.words}. ${news.dataset.changed}` : "");
  } catch {
    if (Date.now() - lastAnswer > OLD_AFTER) say(news.dataset.old);
  }
}

if (news) {
  setInterval(() => document.hidden || ask(), ASK_EVERY);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
}
