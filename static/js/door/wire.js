// One call to the portal, and what its answers mean: taken, refused, later, or not now.
import { retryAfter } from "./outbox.js";

const PATIENCE_MS = 15_000;
export const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);
export const NOT_NOW = new Set([401, 403, 404]);
const UNUSABLE = new Set([400, 409, 413, 415, 422]);
export const ANOTHER_SHOPS = "another_shops";

// The portal can't be asked now, or says later: everything stays, and is tried again.
export class Later extends Error {
  constructor(waitMs = 0) {
    super("later");
    this.waitMs = waitMs;
  }
}

// This person may not send now.
export class NotNow extends Error {}

export class Wire {
  constructor({ csrf, addresses }) {
    Object.assign(this, { csrf, addresses });
    this.isSignedOut = false;
  }

  async post(address, body) {
    const answer = await this.call(address, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    });
    if (NOT_NOW.has(answer.status)) throw new NotNow();
    if (UNUSABLE.has(answer.status)) {
      const said = await words(answer);
      const isSync = address === this.addresses.sync;
      if (said.code === ANOTHER_SHOPS || (isSync && answer.status === 409)) this.askWhoIsHere();
      if (!isSync) return { result: "refused", message: said.detail ?? "" };
    }
    if (!answer.ok) throw new Later();
    try {
      return await answer.json();
    } catch {
      throw new Later();
    }
  }

  // It met another shop's session: it stays, and the next round asks who we are first.
  askWhoIsHere() {
    this.isSignedOut = true;
    throw new Later();
  }

  // An answer that can be used, or `Later`. A redirect leads to a sign-in page: not now.
  // With `isGoneRound` an answer that says later, and not when, is the caller's to judge.
  async call(address, { headers = {}, isGoneRound = false, ...how } = {}) {
    let answer;
    try {
      answer = await fetch(address, {
        ...how,
        headers: { Accept: "application/json", "X-CSRFToken": (await this.csrf()) ?? "", ...headers },
        credentials: "same-origin",
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch {
      throw new Later();
    }
    if (answer.type === "opaqueredirect") throw new NotNow();
    if (LATER.has(answer.status)) {
      const waitMs = retryAfter(answer.headers.get("Retry-After"), Date.now());
      if (waitMs || answer.status === 429 || !isGoneRound) throw new Later(waitMs);
    }
    return answer;
  }
}

export async function words(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}
