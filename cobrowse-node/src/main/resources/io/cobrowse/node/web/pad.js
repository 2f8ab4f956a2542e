import { arrow, clamp, Spot } from "./keys.js";

/** How far an arrow key draws, in the canvas's own pixels. */
const PEN_STEP = 20;

/**
 * A sheet to draw on. It keeps its lines, so that they can be drawn elsewhere: four numbers each, `x1, y1, x2, y2` in the canvas's own
 * pixels, in one flat array: the parser that nodes have for long-polling fails on an array within an array.
 */
export class Pad {
  #canvas;
  #context;
  #sheet = 1;
  #lines = [];
  #taken = 0;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    this.#context.lineWidth = 5;
    this.#context.lineCap = "round";
    this.#context.strokeStyle = "#1d3557";
  }

  /** Lets the user draw; `drawn` is called after each line. */
  enable(drawn) {
    let last = null;
    this.#canvas.addEventListener("pointerdown", (event) => {
      this.#canvas.setPointerCapture(event.pointerId);
      last = this.#position(event);
    });
    this.#canvas.addEventListener("pointermove", (event) => {
      if (last) {
        const next = this.#position(event);
        this.#add(...last, ...next);
        last = next;
        drawn();
      }
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.#canvas.addEventListener(end, () => (last = null));
    }
    this.#enableKeys(drawn);
  }

  /** Draws with the arrow keys, starting in the middle; with Shift, they only move. */
  #enableKeys(drawn) {
    const pen = new Spot(this.#canvas.parentElement, "pen");
    const { width, height } = this.#canvas;
    let place = [width / 2, height / 2];
    const show = () => pen.show(this.#canvas, place[0] / width, place[1] / height);
    this.#canvas.addEventListener("focus", () => this.#canvas.matches(":focus-visible") && show());
    this.#canvas.addEventListener("blur", () => pen.hide());
    this.#canvas.addEventListener("keydown", (event) => {
      const step = arrow(event);
      if (step) {
        const next = [clamp(place[0] + step.x * PEN_STEP, width), clamp(place[1] + step.y * PEN_STEP, height)];
        if (!event.shiftKey) {
          this.#add(...place, ...next);
          drawn();
        }
        place = next;
        show();
      }
    });
  }

  /** Starts a new sheet. */
  clear(sheet = this.#sheet + 1) {
    this.#sheet = sheet;
    this.#lines = [];
    this.#taken = 0;
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  /** Returns what has been drawn since the last call, for {@link apply}. */
  take() {
    const lines = this.#lines.slice(this.#taken);
    this.#taken = this.#lines.length;
    return { sheet: this.#sheet, lines };
  }

  /** Makes the next {@link take} return all lines. */
  rewind() {
    this.#taken = 0;
  }

  /** Draws the lines of another pad. Messages may arrive out of order; those of an earlier sheet are dropped. */
  apply({ sheet, lines }) {
    if (sheet > this.#sheet) {
      this.clear(sheet);
    }
    if (sheet === this.#sheet) {
      for (let i = 0; i < lines.length; i += 4) {
        this.#add(...lines.slice(i, i + 4));
      }
    }
  }

  #add(x1, y1, x2, y2) {
    this.#lines.push(x1, y1, x2, y2);
    this.#context.beginPath();
    this.#context.moveTo(x1, y1);
    this.#context.lineTo(x2, y2);
    this.#context.stroke();
  }

  #position(event) {
    const box = this.#canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * this.#canvas.width;
    const y = ((event.clientY - box.top) / box.height) * this.#canvas.height;
    return [Math.round(x), Math.round(y)];
  }
}
