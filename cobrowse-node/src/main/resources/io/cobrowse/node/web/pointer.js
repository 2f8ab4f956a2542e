/**
 * The position of a mouse on the page: the name of the innermost `data-part` under it, and the fractions of that part's box, so that
 * two browsers agree though their windows differ. With no part under the mouse, this is the stage itself, as part "".
 */
export function locate(stage, event) {
  const under = parts(stage).filter((part) => contains(part.getBoundingClientRect(), event));
  const part = under.at(-1) ?? stage;
  const box = part.getBoundingClientRect();
  return {
    part: part.dataset.part ?? "",
    x: round((event.clientX - box.left) / box.width),
    y: round((event.clientY - box.top) / box.height),
  };
}

/** The other user's mouse, shown over the stage. */
export class Pointer {
  #stage;
  #marker = document.createElement("div");

  constructor(stage, label) {
    this.#stage = stage;
    this.#marker.className = "pointer";
    this.#marker.dataset.label = label;
    this.#marker.hidden = true;
    this.#marker.setAttribute("aria-hidden", "true");
    stage.append(this.#marker);
  }

  /** Shows it at a position from {@link locate}, or hides it for `null`. */
  move(place) {
    this.#marker.hidden = !place;
    if (place) {
      const part = parts(this.#stage).find((each) => each.dataset.part === place.part) ?? this.#stage;
      const box = part.getBoundingClientRect();
      const origin = this.#stage.getBoundingClientRect();
      this.#marker.style.left = `${box.left - origin.left + place.x * box.width}px`;
      this.#marker.style.top = `${box.top - origin.top + place.y * box.height}px`;
    }
  }

  /** Draws attention to its position. */
  ping() {
    const ring = document.createElement("div");
    ring.className = "ring";
    ring.style.left = this.#marker.style.left;
    ring.style.top = this.#marker.style.top;
    ring.addEventListener("animationend", () => ring.remove());
    this.#stage.append(ring);
  }
}

function parts(stage) {
  return [...stage.querySelectorAll("[data-part]")];
}

function contains(box, { clientX, clientY }) {
  return box.left <= clientX && clientX <= box.right && box.top <= clientY && clientY <= box.bottom;
}

function round(fraction) {
  return Math.round(fraction * 10_000) / 10_000;
}
