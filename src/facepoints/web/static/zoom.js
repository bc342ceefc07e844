// A closer look at a face: the picture is moved and enlarged inside the stage.

const ROOM = 1.7; // the width that a face gets of the stage is 1 / ROOM

/** `onchange(scale)` is called with how many times its size the picture is shown at. */
export class Zoom {
  constructor({ stage, layer, button, onchange }) {
    Object.assign(this, { stage, layer, button, onchange, on: false });
  }

  toggle(result, row) {
    this.on = !this.on;
    this.#apply(this.on ? result : null, row);
  }

  /** Move on to another face, if the zoom is on. */
  follow(result, row) {
    if (this.on) this.#apply(result, row);
  }

  reset() {
    this.on = false;
    this.#apply(null, 0);
  }

  #apply(result, row) {
    this.button.setAttribute("aria-pressed", String(this.on));
    if (!result) {
      this.layer.style.transform = "";
      return this.onchange(1);
    }
    const [x1, y1, x2, y2] = result.faces[row].box;
    const shown = this.layer.offsetWidth / result.width; // pixels of the screen in a pixel of the picture
    const fits = Math.min(this.stage.clientWidth / (x2 - x1), this.stage.clientHeight / (y2 - y1)) / (ROOM * shown);
    const scale = Math.max(1, fits);
    const shift = (middle, offset, room) => room / 2 - offset - scale * middle * shown;
    const x = shift((x1 + x2) / 2, this.layer.offsetLeft, this.stage.clientWidth);
    const y = shift((y1 + y2) / 2, this.layer.offsetTop, this.stage.clientHeight);
    this.layer.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    return this.onchange(scale);
  }
}
