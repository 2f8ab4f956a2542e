const GAP_MILLIS = 40;

/**
 * Sends changes as fast as they get there and no faster: one message is on its way at a time, and what changes meanwhile goes
 * with the next one.
 */
export class Outbox {
  #take;
  #send;
  #changes = new Set();
  #busy = false;

  /** `take(changes)` makes a message of the names of what has changed; `send(message, sent)` calls `sent` when it got there. */
  constructor(take, send) {
    this.#take = take;
    this.#send = send;
  }

  changed(...names) {
    names.forEach((name) => this.#changes.add(name));
    this.#flush();
  }

  #flush() {
    if (this.#busy || this.#changes.size === 0) {
      return;
    }
    this.#busy = true;
    const message = this.#take(this.#changes);
    this.#changes.clear();
    this.#send(message, () =>
      setTimeout(() => {
        this.#busy = false;
        this.#flush();
      }, GAP_MILLIS),
    );
  }
}
