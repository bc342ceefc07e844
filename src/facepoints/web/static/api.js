// The server's answers; its errors, and its silence, as problems with words for people.

const PATIENCE = 3; // tries while the server is busy
const LONGEST_WAIT = 5; // seconds

/** What went wrong: the fields of problem JSON (RFC 9457), and whether the server answered at all. */
export class Problem extends Error {
  constructor({ title, detail = "", status = 0 }) {
    super(title);
    Object.assign(this, { title, detail, status, offline: status === 0 });
  }
}

const OFFLINE = {
  title: "The server does not answer",
  detail: "Is facepoints serve still running, and is this device still connected? Your picture stays here.",
};

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

async function problemOf(response) {
  const fallback = { title: `The server answered ${response.status} ${response.statusText}`.trim() };
  const told = await response.json().catch(() => ({}));
  return new Problem({ ...fallback, ...told, status: response.status });
}

async function answer(path, options, left = PATIENCE) {
  let response;
  try {
    response = await fetch(new URL(path, document.baseURI), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(OFFLINE);
  }
  if (response.ok) return response;
  if (response.status === 503 && left > 1) {
    await pause(Math.min(Number(response.headers.get("Retry-After")) || 1, LONGEST_WAIT));
    return answer(path, options, left - 1);
  }
  throw await problemOf(response);
}

function upload({ blob, name }) {
  const body = new FormData();
  body.append("image", blob, name);
  return body;
}

const query = (values) => new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)]));

/** The faces of a picture { blob, name }; `finder` holds detector and min_face. */
export async function findFaces(picture, finder, signal) {
  const options = query({ ...finder, pose: true, ratios: true });
  const response = await answer(`v1/faces?${options}`, { method: "POST", body: upload(picture), signal });
  return response.json();
}

/** The picture with filters on, as a blob. */
export async function filtered(picture, names, finder, signal) {
  const options = query({ ...finder, format: picture.blob.type === "image/png" ? "png" : "jpeg" });
  const path = `v1/filter/${names.map(encodeURIComponent).join("+")}?${options}`;
  const response = await answer(path, { method: "POST", body: upload(picture), signal });
  return response.blob();
}

/** The picture as the server draws it, as a blob; with nothing to draw, a copy that every browser can show. */
export async function drawn(picture, shown, finder, signal) {
  const options = query({ ...finder, format: "png", ...shown });
  const response = await answer(`v1/draw?${options}`, { method: "POST", body: upload(picture), signal });
  return response.blob();
}

/** The filters that the server has: [{ name, description }]. */
export const listFilters = async () => (await answer("v1/filters", {})).json();

/** The address of the live socket. */
export function liveAddress(settings) {
  const address = new URL(`v1/live?${query(settings)}`, document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  return address;
}
