const GAP_MILLIS = 40;

/**
 * Sends changes as fast as they arrive and no faster: one message is in flight at a time, and the next one carries everything
 * that has changed meanwhile.
 */
export class Outbox {
  #take;
  #send;
  #changes = new Set();
  #busy = false;

  /** `take(changes)` makes a message from the names of changed parts; `send(message, sent)` calls `sent` when it has arrived. */
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
