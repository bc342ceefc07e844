// The photo tab: a picture, what was found in it, and what can be made of it.

import { drawn, filtered, findFaces, Problem } from "./api.js";
import { byId } from "./dom.js";
import { FacePanel } from "./face_panel.js";
import { Inspector } from "./inspector.js";
import { complain, forgive, say } from "./notices.js";
import { Overlay } from "./overlay.js";
import { composed, copied, decoded, megabytes, MOST_BYTES, readable, save, stem, thumbnail } from "./pictures.js";
import { Zoom } from "./zoom.js";

const THUMBNAIL = 44;
const PLAIN = { boxes: false, keypoints: false, pose: false };

export class Photo {
  /** `settings()` gives what to draw ({ boxes, ... }); `finder()` gives detector and min_face. */
  constructor({ settings, finder, filters }) {
    Object.assign(this, { settings, finder, filters, picture: null, result: null, chosen: 0, urls: [] });
    this.stage = byId("photo-stage");
    this.image = byId("photo-image");
    this.overlay = new Overlay(byId("photo-overlay"));
    this.zoom = new Zoom({ stage: this.stage, layer: byId("photo-layer"), button: byId("zoom"), onchange: (scale) => this.#scaled(scale) });
    this.panel = new FacePanel(byId("photo-faces"), { onchoose: (row) => this.#choose(row), titleId: "photo-faces-title" });
    this.inspector = new Inspector({
      stage: this.stage, overlay: this.overlay, tip: byId("photo-tip"), announcer: byId("announcer"),
      onface: (row) => this.#choose(row),
    });
    new ResizeObserver(() => this.redraw()).observe(this.stage);
    byId("zoom").addEventListener("click", () => this.zoom.toggle(this.result, this.chosen));
    byId("save-picture").addEventListener("click", () => this.#savePicture());
    byId("save-json").addEventListener("click", () => save(new Blob([this.#json()], { type: "application/json" }), `${stem(this.picture.name)}.json`));
    byId("copy-json").addEventListener("click", () => this.#copyJson());
  }

  /** Show a picture { blob, name } and find its faces. */
  async load(picture) {
    forgive();
    if (picture.blob.size > MOST_BYTES) return this.#tooLarge(picture);
    this.filters.clear();
    this.result = null;
    await this.#during("Looking for faces …", async (signal) => {
      const sent = await readable(picture);
      await this.#open(sent, signal);
      await this.#find(signal);
    }, () => this.load(picture));
  }

  #tooLarge(picture) {
    const detail = `${picture.name} has ${megabytes(picture.blob.size)}; the server takes up to ${megabytes(MOST_BYTES)}.`;
    const shrink = async () => {
      const copy = await copied(picture).catch(() => null);
      if (copy) return this.load(copy);
      return complain({ title: "This browser cannot read the picture", detail: "Make it smaller with another program." });
    };
    complain({ title: "The picture is too large to send", detail }, [["Send a smaller copy", shrink]]);
  }

  /** Find the faces again, with other settings. */
  async refind() {
    if (!this.picture) return;
    forgive();
    await this.#during("Looking for faces …", (signal) => this.#find(signal), () => this.refind());
  }

  /** Put these filters on, or show the picture as it was. */
  async wear(names) {
    if (!this.picture) return;
    forgive();
    await this.#during("Putting it on …", async (signal) => {
      const blob = names.length ? await filtered(this.picture, names, this.finder(), signal) : this.plain;
      await this.#display(blob, signal);
      say(names.length ? `Wearing ${names.join(" and ")}.` : "Filters are off.");
    }, () => this.wear(names));
  }

  /** Draw again what is found, after a change of what is shown or of sizes. */
  redraw() {
    if (this.result) this.overlay.show(this.result, this.settings());
  }

  /** Run a step; a later one ends it, and its problems are told with a way to try again. */
  async #during(words, step, again) {
    this.running?.abort();
    const { signal } = (this.running = new AbortController());
    this.stage.setAttribute("aria-busy", "true");
    say(words);
    try {
      await step(signal);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof Problem)) throw error;
      say("");
      if (!this.picture) byId("panel-photo").dataset.state = "empty";
      complain(error, error.offline || error.status >= 500 ? [["Try again", again]] : []);
    } finally {
      if (!signal.aborted) this.stage.removeAttribute("aria-busy");
    }
  }

  /** Make a picture the one that is shown; the server helps with formats that the browser cannot show. */
  async #open(picture, signal) {
    const viewable = await decoded(picture.blob).then(() => picture.blob, () => drawn(picture, PLAIN, this.finder(), signal));
    signal.throwIfAborted();
    this.picture = picture;
    this.plain = viewable;
    byId("panel-photo").dataset.state = "picture";
    byId("photo-name").textContent = picture.name;
    this.overlay.show(null, {});
    this.inspector.reset();
    this.zoom.reset();
    this.panel.clear("");
    await this.#display(viewable, signal);
    byId("photo-size").textContent = `${this.image.naturalWidth} × ${this.image.naturalHeight}`;
    this.stage.style.setProperty("--ratio", this.image.naturalWidth / this.image.naturalHeight);
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
    const took = Math.round(performance.now() - began);
    this.result = result;
    this.chosen = 0;
    this.inspector.reset();
    this.zoom.reset();
    this.#tell(took);
    this.redraw();
  }

  #tell(took) {
    const count = this.result.faces.length;
    byId("panel-photo").dataset.faces = count;
    byId("zoom").disabled = count === 0;
    if (count === 0) {
      this.panel.clear("No face was found. A smaller “smallest face” or another detector under Settings may find more.");
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

  #json() {
    return `${JSON.stringify(this.result)}\n`;
  }

  async #copyJson() {
    const copy = navigator.clipboard?.writeText(this.#json()) ?? Promise.reject(new Error("no clipboard"));
    await copy.then(
      () => say("The JSON is in the clipboard."),
      () => complain({ title: "The clipboard is not allowed", detail: "Use “JSON” to save a file instead." }),
    );
  }

  async #savePicture() {
    const type = this.picture.blob.type === "image/png" ? "image/png" : "image/jpeg";
    const name = `${stem(this.picture.name)}-points.${type === "image/png" ? "png" : "jpg"}`;
    try {
      save(await composed(this.image, this.overlay.toText(), type), name);
      say(`Saved as ${name}.`);
    } catch (error) {
      complain({ title: "The picture could not be drawn", detail: error.message });
    }
  }
}
