// The camera, and in words what keeps it from working.

const PROBLEMS = {
  NotAllowedError: [
    "The camera is not allowed",
    "Allow it for this page in the browser's address bar, then start again.",
  ],
  NotFoundError: ["No camera was found", "Connect one, then start again. Photos work without a camera."],
  NotReadableError: [
    "The camera does not answer",
    "Another program may be using it. Close that one, then start again.",
  ],
  OverconstrainedError: ["This camera is gone", "Choose another one, then start again."],
};
const INSECURE = [
  "This page may not use a camera",
  "Browsers allow cameras only on https and on this very computer (127.0.0.1).",
];

/** Why there is no camera. */
export class CameraProblem extends Error {
  constructor([title, detail]) {
    super(title);
    Object.assign(this, { title, detail });
  }
}

/** A stream of the camera, of about this size; `device` chooses one of several. */
export async function openCamera({ width, height, device = "" }) {
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraProblem(INSECURE);
  const which = device ? { deviceId: { exact: device } } : { facingMode: "user" };
  const wanted = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 }, ...which };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch (error) {
    throw new CameraProblem(PROBLEMS[error.name] ?? ["The camera could not be started", error.message]);
  }
}

/** Give the camera back. */
export const release = (stream) => stream?.getTracks().forEach((track) => track.stop());

/** The cameras there are; browsers tell their names only once one was allowed. */
export async function listCameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter(({ kind }) => kind === "videoinput");
}
