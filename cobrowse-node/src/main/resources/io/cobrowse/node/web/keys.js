// Pointing and drawing with the keyboard.

const ARROWS = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
/** How far an arrow key points, in pixels of the page. */
const POINT_STEP = 16;

/** The direction of an arrow key, which then does not scroll the page; null for any other key. */
export function arrow(event) {
  const step = ARROWS[event.key] ?? null;
  if (step) {
    event.preventDefault();
  }
  return step;
}

export function clamp(value, limit) {
  return Math.min(Math.max(value, 0), limit);
}

/** Shows this user where the keys have led. */
export class Spot {
  #element = document.createElement("div");

  constructor(parent, className) {
    this.#element.className = className;
    this.#element.hidden = true;
    this.#element.setAttribute("aria-hidden", "true");
    parent.append(this.#element);
  }

  /** Shows it at fractions of an element's box. */
  show(over, x, y) {
    const box = over.getBoundingClientRect();
    const origin = this.#element.parentElement.getBoundingClientRect();
    this.#element.style.left = `${box.left - origin.left + x * box.width}px`;
    this.#element.style.top = `${box.top - origin.top + y * box.height}px`;
    this.#element.hidden = false;
    this.#element.scrollIntoView({ block: "nearest" });
  }

  hide() {
    this.#element.hidden = true;
  }
}

/**
 * Lets the keyboard point at what lies on a stage: the arrow keys move, from the middle on, Enter and the blank click. `moved` gets
 * the place as `{clientX, clientY}`, as a mouse would give it.
 */
export function pointByKeys(target, stage, { moved, clicked, left }) {
  const spot = new Spot(stage, "spot");
  let place = null;
  target.tabIndex = 0;
  target.addEventListener("keydown", (event) => {
    const box = stage.getBoundingClientRect();
    const step = arrow(event);
    const click = event.key === "Enter" || event.key === " ";
    if (!step && !click) {
      return;
    }
    event.preventDefault();
    place ??= { x: box.width / 2, y: box.height / 2 };
    if (step) {
      place = {
        x: clamp(place.x + step.x * POINT_STEP, box.width),
        y: clamp(place.y + step.y * POINT_STEP, box.height),
      };
    } else {
      clicked();
    }
    spot.show(stage, place.x / box.width, place.y / box.height);
    const now = stage.getBoundingClientRect(); // Showing it may have scrolled.
    moved({ clientX: now.left + place.x, clientY: now.top + place.y });
  });
  target.addEventListener("blur", () => {
    spot.hide();
    left();
  });
}
