// Frames of a camera to the server and its answers back: at most two under way, so that nothing queues up, and each
// answer comes with the very frame that it is about.

import { liveAddress } from "./api.js";

const UNDER_WAY = 2;
const LONGEST_SIDE = 640;
const QUALITY = 0.8;
const GIVEN_UP = 3000; // ms without an answer after which a frame counts as lost
const FIRST_WAIT = 500; // ms before the connection is tried again; doubled each time
const LONGEST_WAIT = 8000;

/**
 * `onanswer(answer, frame, taken)` gets the server's object, the picture it is about (canvas or bitmap) and when that
 * was taken; `onstate(state, reason)` gets "connected", "waiting" or "stopped"; `onproblem(problem)` gets what the
 * server says is wrong with a frame or a setting.
 */
export class LiveSession {
  constructor({ video, onanswer, onstate, onproblem }) {
    Object.assign(this, {
      video,
      onanswer,
      onstate,
      onproblem,
      spare: [],
      pending: new Map(),
      running: false,
      settings: {},
    });
  }

  start(settings) {
    this.settings = settings;
    this.running = true;
    this.wait = FIRST_WAIT;
    this.#connect();
    this.#next();
  }

  stop() {
    this.running = false;
    clearTimeout(this.timer);
    this.socket?.close();
    this.#forget();
    this.onstate("stopped", "");
  }

  /** Change settings while it runs: { smooth, filter, pose, ratios }. */
  change(settings) {
    this.settings = { ...this.settings, ...settings };
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(settings));
  }

  #connect() {
    const { filter, ...rest } = this.settings;
    const socket = new WebSocket(liveAddress(filter ? { ...rest, filter } : rest));
    socket.binaryType = "blob";
    this.socket = socket;
    this.#forget();
    socket.addEventListener("open", () => {
      this.wait = FIRST_WAIT;
      this.onstate("connected", "");
    });
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    socket.addEventListener("close", ({ reason }) => this.#lost(socket, reason));
  }

  #lost(socket, reason) {
    if (!this.running || socket !== this.socket) return;
    this.#forget();
    if (document.hidden) return this.#resumeWhenSeen(); // the server closes sockets without frames
    this.onstate("waiting", reason);
    this.timer = setTimeout(() => this.running && this.#connect(), this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
  }

  #resumeWhenSeen() {
    const resume = () => this.running && this.socket.readyState === WebSocket.CLOSED && this.#connect();
    document.addEventListener("visibilitychange", resume, { once: true });
  }

  /** A new socket counts its frames from 0. */
  #forget() {
    for (const { canvas } of this.pending.values()) this.spare.push(canvas);
    this.pending.clear();
    this.sent = 0;
    this.encoding = 0;
    this.awaited = null;
  }

  #next() {
    if (!this.running) return;
    const go = () => {
      this.#take();
      this.#next();
    };
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(go);
    else requestAnimationFrame(go);
  }

  get #full() {
    const now = performance.now();
    for (const [number, { taken, canvas }] of this.pending) {
      if (now - taken < GIVEN_UP) break;
      this.pending.delete(number);
      this.spare.push(canvas);
    }
    return this.pending.size + this.encoding >= UNDER_WAY;
  }

  #take() {
    const { video, socket } = this;
    if (document.hidden || !video.videoWidth || socket.readyState !== WebSocket.OPEN || this.#full) return;
    const taken = performance.now();
    const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
    const canvas = this.spare.pop() ?? document.createElement("canvas");
    const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d", { alpha: false }).drawImage(video, 0, 0, width, height);
    this.encoding += 1;
    canvas.toBlob((blob) => this.#send(socket, blob, { canvas, taken }), "image/jpeg", QUALITY);
  }

  #send(socket, blob, frame) {
    if (socket !== this.socket) return void this.spare.push(frame.canvas); // forgotten with its socket
    this.encoding -= 1;
    if (!blob || socket.readyState !== WebSocket.OPEN) return void this.spare.push(frame.canvas);
    this.pending.set(this.sent, frame);
    this.sent += 1;
    socket.send(blob);
  }

  async #receive(data) {
    if (typeof data === "string") {
      const answer = JSON.parse(data);
      if (answer.problem) this.#failed(answer);
      else if (answer.picture) this.awaited = answer;
      else this.#answered(answer, null);
    } else if (this.awaited) {
      const answer = this.awaited;
      this.awaited = null;
      const bitmap = await createImageBitmap(data);
      this.#answered(answer, bitmap);
      bitmap.close();
    }
  }

  /** The server could not use a frame, or does not know a setting. */
  #failed({ problem, frame }) {
    this.onproblem(problem);
    if (frame !== undefined) this.#settle(frame);
  }

  #answered(answer, picture) {
    const frame = this.pending.get(answer.frame);
    if (frame && this.running) this.onanswer(answer, picture ?? frame.canvas, frame.taken);
    this.#settle(answer.frame);
  }

  /** No answer will come for frames before this one: they were dropped when newer ones came. */
  #settle(last) {
    for (const [number, { canvas }] of this.pending) {
      if (number > last) break;
      this.pending.delete(number);
      this.spare.push(canvas);
    }
  }
}
