// How fast the live tab is: answers a second, and the time from a camera frame to its answer.

const WINDOW = 2000; // ms
const RECENT = 60; // answers

export class Rate {
  constructor() {
    this.reset();
  }

  reset() {
    this.began = performance.now();
    this.answers = [];
    this.latencies = [];
  }

  /** An answer came to a frame that was taken at this time (performance.now). */
  add(taken) {
    const now = performance.now();
    this.answers.push(now);
    this.latencies.push(now - taken);
    if (this.latencies.length > RECENT) this.latencies.shift();
  }

  /** Answers a second, over the last two. */
  get perSecond() {
    const now = performance.now();
    this.answers = this.answers.filter((at) => now - at <= WINDOW);
    return (1000 * this.answers.length) / Math.max(Math.min(WINDOW, now - this.began), 500);
  }

  /** Median in milliseconds, or null. */
  get latency() {
    if (!this.latencies.length) return null;
    return [...this.latencies].sort((one, other) => one - other)[Math.floor(this.latencies.length / 2)];
  }
}
