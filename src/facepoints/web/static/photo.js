// The photo tab: a picture, what was found in it, and what can be made of it.

import { drawn, filtered, findFaces, Problem } from "./api.js";
import { byId } from "./dom.js";
import { FacePanel } from "./face_panel.js";
import { Inspector } from "./inspector.js";
import { allowFiles, offerFiles } from "./photo_files.js";
import { complain, forgive, say } from "./notices.js";
import { Overlay } from "./overlay.js";
import { composed, copied, decoded, megabytes, MOST_BYTES, readable, thumbnail } from "./pictures.js";
import { Zoom } from "./zoom.js";

const THUMBNAIL = 44;
const WORDS = { finding: "Looking for faces …", wearing: "Putting it on …" };
const PLAIN = { boxes: false, keypoints: false, pose: false };

export class Photo {
  /** `settings()` gives what to draw ({ boxes, ... }); `finder()` gives detector and min_face. */
  constructor({ settings, finder, filters }) {
    Object.assign(this, { settings, finder, filters, picture: null, result: null, chosen: 0, urls: [] });
    this.stage = byId("photo-stage");
    this.image = byId("photo-image");
    this.overlay = new Overlay(byId("photo-overlay"));
    this.zoom = new Zoom({
      stage: this.stage,
      layer: byId("photo-layer"),
      button: byId("zoom"),
      onchange: (scale) => this.#scaled(scale),
    });
    this.panel = new FacePanel(byId("photo-faces"), {
      onchoose: (row) => this.#choose(row),
      titleId: "photo-faces-title",
    });
    this.inspector = new Inspector({
      stage: this.stage,
      overlay: this.overlay,
      tip: byId("photo-tip"),
      announcer: byId("announcer"),
      onface: (row) => this.#choose(row),
    });
    new ResizeObserver(() => this.redraw()).observe(this.stage);
    byId("zoom").addEventListener("click", () => this.zoom.toggle(this.result, this.chosen));
    offerFiles({
      getPicture: () => this.picture,
      getResult: () => this.result,
      draw: (type) => this.#drawn(type),
    });
  }

  /** Show a picture { blob, name } and find its faces. */
  async load(picture) {
    forgive();
    if (picture.blob.size > MOST_BYTES) return this.#tooLarge(picture);
    this.wearing?.abort();
    const steps = async (signal) => {
      await this.#open(await readable(picture), signal);
      await this.#find(signal);
    };
    await this.#during("finding", steps, () => this.load(picture), picture);
  }

  #tooLarge(picture) {
    const detail = `${picture.name} has ${megabytes(picture.blob.size)}; the server takes up to ${megabytes(MOST_BYTES)}.`;
    complain({ title: "The picture is too large to send", detail }, [
      ["Send a smaller copy", () => this.#shrink(picture)],
    ]);
  }

  async #shrink(picture) {
    const copy = await copied(picture).catch(() => null);
    if (copy) return this.load(copy);
    return complain({ title: "This browser cannot read the picture", detail: "Make it smaller with another program." });
  }

  /** What people can do about a problem. */
  #remedies(problem, picture, again) {
    if (problem.status === 413) return [["Send a smaller copy", () => this.#shrink(picture)]];
    return problem.offline || problem.status >= 500 ? [["Try again", again]] : [];
  }

  /** Find the faces again, with other settings. */
  async refind() {
    if (!this.picture) return;
    forgive();
    await this.#during(
      "finding",
      (signal) => this.#find(signal),
      () => this.refind(),
    );
  }

  /** Put these filters on, or show the picture as it was. */
  async wear(names) {
    if (!this.picture) return;
    forgive();
    const steps = async (signal) => {
      const blob = names.length ? await filtered(this.picture, names, this.finder(), signal) : this.plain;
      await this.#display(blob, signal);
      say(names.length ? `Wearing ${names.join(" and ")}.` : "Filters are off.");
    };
    await this.#during("wearing", steps, () => this.wear(names));
  }

  /** Draw again what is found, after a change of what is shown or of sizes. */
  redraw() {
    if (this.result) this.overlay.show(this.result, this.#shown(), this.chosen);
  }

  #shown() {
    return { ...this.settings(), numbers: true };
  }

  /** Run "finding" or "wearing"; a later one ends it, and its problems are told with a way to try again. */
  async #during(work, steps, again, picture = this.picture) {
    this[work]?.abort();
    const { signal } = (this[work] = new AbortController());
    this.stage.setAttribute("aria-busy", "true");
    say(WORDS[work]);
    try {
      await steps(signal);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof Problem)) throw error;
      say("");
      if (!this.picture) byId("panel-photo").dataset.state = "empty";
      complain(error, this.#remedies(error, picture, again));
    } finally {
      if (!signal.aborted) this.stage.removeAttribute("aria-busy");
    }
  }

  /** Make a picture the one that is shown; the server helps with formats that the browser cannot show. */
  async #open(picture, signal) {
    const viewable = await decoded(picture.blob).then(
      () => picture.blob,
      () => drawn(picture, PLAIN, this.finder(), signal),
    );
    signal.throwIfAborted();
    this.picture = picture;
    this.plain = viewable;
    this.filters.clear();
    this.#result(null);
    this.#leaveEmptyPage();
    byId("photo-name").textContent = picture.name;
    await this.#display(viewable, signal);
    byId("photo-size").textContent = `${this.image.naturalWidth} × ${this.image.naturalHeight}`;
    this.stage.style.setProperty("--ratio", this.image.naturalWidth / this.image.naturalHeight);
  }

  #leaveEmptyPage() {
    const { dataset } = byId("panel-photo");
    const first = dataset.state === "empty";
    dataset.state = "picture";
    if (first) this.stage.focus({ preventScroll: true }); // the button that was pressed is gone
  }

  async #display(blob, signal) {
    const url = URL.createObjectURL(blob);
    await decoded(url);
    signal.throwIfAborted();
    const old = this.image.src;
    this.image.src = url;
    await this.image.decode();
    if (old) URL.revokeObjectURL(old);
  }

  async #find(signal) {
    const began = performance.now();
    const result = await findFaces(this.picture, this.finder(), signal);
    this.#result(result);
    this.#tell(Math.round(performance.now() - began));
  }

  /** Show a result from its first face on, or none. */
  #result(result) {
    this.result = result;
    this.chosen = 0;
    this.inspector.reset();
    this.overlay.show(result, this.#shown(), 0);
    this.zoom.reset();
    this.panel.clear("");
    byId("zoom").disabled = !result?.faces.length;
    allowFiles(Boolean(result));
  }

  #tell(took) {
    const count = this.result.faces.length;
    if (count === 0) {
      this.panel.clear(
        "No face was found. A smaller “smallest face” or another detector under Settings may find more.",
      );
      say("No face was found.");
      return;
    }
    this.panel.show(this.result, 0, ({ box }) => thumbnail(this.image, box, THUMBNAIL));
    say(`${count === 1 ? "One face" : `${count} faces`} in ${took} ms.`);
    this.#label();
  }

  #choose(row) {
    this.chosen = row;
    this.inspector.face = row;
    this.panel.choose(row, this.result.faces[row]);
    this.redraw();
    this.zoom.follow(this.result, row);
    this.#label();
  }

  #label() {
    const count = this.result.faces.length;
    const words = `Face ${this.chosen + 1} of ${count}. Arrow keys go from point to point, page keys from face to face.`;
    this.stage.setAttribute("aria-label", words);
  }

  #scaled(scale) {
    this.overlay.zoom = scale;
    this.inspector.hide();
    this.redraw();
  }

  /** The picture as it is shown, in its full size and with no face chosen, as a file of this type. */
  async #drawn(type) {
    this.overlay.show(this.result, this.#shown());
    const drawing = this.overlay.toText();
    this.redraw();
    return composed(this.image, drawing, type);
  }
}
