// The live tab: the camera, mirrored, with what the server finds in each frame.

import { CameraProblem, listCameras, openCamera, release } from "./camera.js";
import { byId, html } from "./dom.js";
import { FacePanel } from "./face_panel.js";
import { LiveSession } from "./live_session.js";
import { complain, forgive, say } from "./notices.js";
import { Overlay } from "./overlay.js";
import { thumbnail } from "./pictures.js";
import { Rate } from "./rate.js";

const TOLD_EVERY = 250; // ms: numbers that change faster cannot be read
const THUMBNAIL = 44;
const SIZE = { width: 640, height: 480 };

/** A face as a mirror shows it: what was left is right. Its points and its box stay where they were. */
function asMirrored(face) {
  const { pose, ratios } = face;
  return {
    ...face,
    ...(pose && { pose: { yaw: -pose.yaw, pitch: pose.pitch, roll: -pose.roll } }),
    ...(ratios && {
      ratios: { ...ratios, left_eye_closed: ratios.right_eye_closed, right_eye_closed: ratios.left_eye_closed },
    }),
  };
}

export class Live {
  /** `settings()` gives what to draw and smooth; `filters` is the gallery. */
  constructor({ settings, filters }) {
    Object.assign(this, { settings, filters, stream: null, answered: 0, told: 0, people: null });
    this.panelRoot = byId("panel-live");
    this.canvas = byId("live-canvas");
    this.video = byId("live-video");
    this.overlay = new Overlay(byId("live-overlay"));
    this.rate = new Rate();
    this.panel = new FacePanel(byId("live-faces"), {
      onchoose: (row) => this.#choose(row),
      titleId: "live-faces-title",
    });
    this.chosen = 0;
    this.session = new LiveSession({
      video: this.video,
      onanswer: (...answer) => this.#show(...answer),
      onproblem: complain,
      onstate: (state, reason) => this.#state(state, reason),
    });
    byId("live-start").addEventListener("click", () => this.start());
    byId("live-stop").addEventListener("click", () => this.stop());
    byId("live-camera").addEventListener("change", () => this.stream && this.start());
    this.mirror();
  }

  async start() {
    forgive();
    this.stop();
    say("Starting the camera …");
    try {
      this.stream = await openCamera({ ...SIZE, device: byId("live-camera").value });
    } catch (error) {
      if (!(error instanceof CameraProblem)) throw error;
      say("");
      return complain(error, [["Start again", () => this.start()]]);
    }
    this.stream.getVideoTracks()[0].addEventListener("ended", () => this.#unplugged());
    this.video.srcObject = this.stream;
    await this.video.play();
    await this.#offerCameras();
    this.panelRoot.dataset.state = "running";
    this.rate.reset();
    byId("live-stop").focus();
    return this.session.start({ ...this.#asked(), pose: true, ratios: true });
  }

  stop() {
    if (!this.stream) return;
    this.session.stop();
    release(this.stream);
    this.stream = this.video.srcObject = null;
    this.panelRoot.dataset.state = "idle";
    this.panel.clear("");
    this.people = null;
    byId("live-start").focus();
  }

  /** Tell the server of other settings. */
  change() {
    if (this.stream) this.session.change(this.#asked());
  }

  /** Show the camera as in a mirror, or as others see it. */
  mirror() {
    byId("live-layer").classList.toggle("mirrored", this.settings().mirrored);
  }

  #asked() {
    return { smooth: this.settings().smooth, filter: this.filters.names.join("+") || null };
  }

  #unplugged() {
    this.stop();
    complain({ title: "The camera has gone", detail: "It was unplugged, or another program took it." }, [
      ["Start again", () => this.start()],
    ]);
  }

  async #offerCameras() {
    const cameras = await listCameras();
    const [select, own] = [byId("live-camera"), this.stream.getVideoTracks()[0].getSettings().deviceId];
    select.replaceChildren(
      ...cameras.map(({ deviceId, label }, row) =>
        html("option", { value: deviceId, selected: deviceId === own }, label || `Camera ${row + 1}`),
      ),
    );
    byId("live-camera-row").hidden = cameras.length < 2;
  }

  #state(state, reason) {
    this.panelRoot.dataset.connection = state;
    if (state === "waiting") say(`${reason || "The server does not answer"}. Trying again …`, { stays: true });
    else if (state === "connected") say("Live.");
  }

  #show(answer, frame, taken) {
    const { canvas } = this;
    if (canvas.width !== answer.width || canvas.height !== answer.height) {
      Object.assign(canvas, { width: answer.width, height: answer.height });
      byId("live-stage").style.setProperty("--ratio", answer.width / answer.height);
    }
    canvas.getContext("2d", { alpha: false }).drawImage(frame, 0, 0, canvas.width, canvas.height);
    this.overlay.show(answer, this.settings());
    this.rate.add(taken);
    this.answered += 1;
    if (performance.now() - this.told > TOLD_EVERY) this.#tell(answer);
  }

  #tell(answer) {
    this.told = performance.now();
    const { perSecond, latency } = this.rate;
    byId("live-rate").textContent = perSecond.toFixed(0);
    byId("live-latency").textContent = latency.toFixed(0);
    byId("live-dropped").textContent = answer.dropped;
    Object.assign(this.panelRoot.dataset, {
      answered: this.answered,
      rate: perSecond.toFixed(1),
      latency: latency.toFixed(1),
      faces: answer.faces.length,
    });
    this.#describe(answer);
  }

  #describe(answer) {
    if (this.settings().mirrored) answer = { ...answer, faces: answer.faces.map(asMirrored) };
    const people = answer.faces.map(({ track_id: id }, row) => id ?? row).join();
    const row = Math.min(this.chosen, answer.faces.length - 1);
    this.answer = answer;
    if (!answer.faces.length) this.panel.clear("Nobody is in the picture.");
    // A list that is rebuilt loses the keyboard's focus: only when other people are there.
    else if (people !== this.people) this.panel.show(answer, row, ({ box }) => thumbnail(this.canvas, box, THUMBNAIL));
    else this.panel.tell(answer.faces[row]);
    this.people = people;
  }

  #choose(row) {
    this.chosen = row;
    this.panel.choose(row, this.answer.faces[row]);
  }
}
