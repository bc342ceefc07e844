// The head of the empty page: it looks where the pointer is, and around where there is none.

import { byId, calm } from "./dom.js";
import { Head } from "./head.js";

const TURN = { yaw: 32, pitch: 20 };
const EASE = 0.06;
const IDLE = 4000; // ms after which it looks around by itself

export function startHero() {
  const root = byId("hero-head");
  const head = new Head(root);
  const now = { yaw: -14, pitch: 4, roll: 0 };
  head.turn(now);
  if (calm()) return;
  let [target, moved] = [{ ...now }, -IDLE];
  addEventListener("pointermove", ({ clientX, clientY }) => {
    const { left, top, width, height } = root.getBoundingClientRect();
    const reach = (value) => Math.max(-1, Math.min(1, value));
    target = {
      yaw: TURN.yaw * reach((clientX - left - width / 2) / (innerWidth / 2)),
      pitch: -TURN.pitch * reach((clientY - top - height / 2) / (innerHeight / 2)),
    };
    moved = performance.now();
  });
  const seen = () => root.checkVisibility?.() ?? true;
  const step = (time) => {
    requestAnimationFrame(step);
    if (!seen()) return;
    if (time - moved > IDLE) target = { yaw: 22 * Math.sin(time / 2600), pitch: 7 * Math.sin(time / 3700) };
    now.yaw += EASE * (target.yaw - now.yaw);
    now.pitch += EASE * (target.pitch - now.pitch);
    now.roll = 0.12 * now.yaw;
    head.turn(now);
  };
  requestAnimationFrame(step);
}
