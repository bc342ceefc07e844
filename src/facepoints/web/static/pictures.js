// Pictures in the browser: from a file to what the server reads, and back to a file with the drawing on it.

export const MOST_BYTES = 20_000_000;

const READ_BY_SERVER = new Set(["image/jpeg", "image/png", "image/webp", "image/bmp", "image/tiff"]);
const LONGEST_SIDE = 4096; // of a copy made to be smaller

/** Bytes for people: "23.4 MB". */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Load a blob or an address into an image element; resolves once it can be drawn, rejects for what is no picture. */
export async function decoded(source) {
  const image = new Image();
  image.src = typeof source === "string" ? source : URL.createObjectURL(source);
  await image.decode();
  return image;
}

function toBlob(canvas, type, quality) {
  return new Promise((resolve, reject) => {
    const done = (blob) => (blob ? resolve(blob) : reject(new Error("this browser cannot draw so large a picture")));
    canvas.toBlob(done, type, quality);
  });
}

function canvasOf(image, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(image, 0, 0, width, height);
  return canvas;
}

/** A JPEG copy of a picture { blob, name }, at most `side` pixels a side. */
export async function copied({ blob, name }, side = LONGEST_SIDE) {
  const image = await decoded(blob);
  const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
  const [width, height] = [image.naturalWidth, image.naturalHeight].map((length) => Math.round(length * scale));
  const copy = await toBlob(canvasOf(image, width, height), "image/jpeg", 0.92);
  URL.revokeObjectURL(image.src);
  return { blob: copy, name: `${stem(name)}.jpg` };
}

/** The picture itself, or a JPEG copy where only the browser can read its format, such as AVIF or a phone's HEIC. */
export async function readable(picture) {
  if (READ_BY_SERVER.has(picture.blob.type)) return picture;
  return copied(picture, Infinity).catch(() => picture);
}

/** A square of the picture around a face, as a small canvas. */
export function thumbnail(image, [x1, y1, x2, y2], size) {
  const side = 1.25 * Math.max(x2 - x1, y2 - y1);
  const pixels = Math.round(size * Math.min(devicePixelRatio || 1, 3));
  const canvas = Object.assign(document.createElement("canvas"), { width: pixels, height: pixels });
  canvas.setAttribute("aria-hidden", "true");
  const [left, top] = [(x1 + x2 - side) / 2, (y1 + y2 - side) / 2];
  canvas.getContext("2d").drawImage(image, left, top, side, side, 0, 0, pixels, pixels);
  return canvas;
}

/** The picture with a drawing (SVG text of the same size) on it, as a file of this type. */
export async function composed(image, drawing, type) {
  const canvas = canvasOf(image, image.naturalWidth, image.naturalHeight);
  const layer = await decoded(new Blob([drawing], { type: "image/svg+xml" }));
  canvas.getContext("2d").drawImage(layer, 0, 0);
  URL.revokeObjectURL(layer.src);
  return toBlob(canvas, type, 0.95);
}

/** A file's name without its ending. */
export const stem = (name) => name.replace(/\.[^.]+$/, "");

/** Hand a blob to the person as a file. */
export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // some browsers begin to read it late
}
