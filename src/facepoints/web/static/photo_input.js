// The ways a picture comes in: dropped, pasted, chosen, taken, or the example.

import { CameraProblem, openCamera, release } from "./camera.js";
import { byId } from "./dom.js";
import { complain } from "./notices.js";

const isPicture = (file) => file.type.startsWith("image/") || /\.(jpe?g|png|webp|bmp|tiff?)$/i.test(file.name);

/** Calls `onpicture({ blob, name })` for each picture. */
export function watchInputs(onpicture) {
  const take = (files) => {
    const file = [...files].find(isPicture);
    if (file) onpicture({ blob: file, name: file.name || "picture.png" });
    else if (files.length)
      complain({ title: "That is no picture", detail: "JPEG, PNG, WebP, BMP and TIFF files are read." });
  };
  watchFiles(take);
  watchDrops(take);
  document.addEventListener("paste", (event) => take(event.clipboardData?.files ?? []));
  const example = async () => {
    const response = await fetch("static/example.jpg").catch(() => null);
    if (response?.ok) onpicture({ blob: await response.blob(), name: "astronaut.jpg" });
    else complain({ title: "The example did not arrive", detail: "Is facepoints serve still running?" });
  };
  document.querySelectorAll("[data-act=example]").forEach((button) => button.addEventListener("click", example));
  const photograph = () => takePhoto(onpicture);
  document.querySelectorAll("[data-act=photograph]").forEach((button) => button.addEventListener("click", photograph));
}

function watchFiles(take) {
  for (const input of [byId("file"), byId("file-camera")]) {
    input.addEventListener("change", () => {
      take(input.files);
      input.value = ""; // so that the same file can be chosen again
    });
  }
  const choose = () => byId("file").click();
  document.querySelectorAll("[data-act=choose]").forEach((button) => button.addEventListener("click", choose));
}

function watchDrops(take) {
  const root = document.documentElement;
  let depth = 0; // the pointer enters each element it crosses before it leaves the last
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  const mark = (change) => {
    depth = Math.max(0, depth + change);
    root.toggleAttribute("data-dropping", depth > 0);
  };
  document.addEventListener("dragenter", (event) => holdsFiles(event) && mark(1));
  document.addEventListener("dragleave", (event) => holdsFiles(event) && mark(-1));
  document.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    mark(-depth);
    take(event.dataTransfer.files);
  });
}

/** Phones have a camera program of their own; elsewhere a dialog shows the camera. */
async function takePhoto(onpicture) {
  if (matchMedia("(pointer: coarse)").matches) return void byId("file-camera").click();
  const [dialog, video] = [byId("camera-dialog"), byId("camera-video")];
  let stream;
  try {
    stream = await openCamera({ width: 1280, height: 960 });
  } catch (error) {
    if (!(error instanceof CameraProblem)) throw error;
    return complain(error);
  }
  video.srcObject = stream;
  dialog.returnValue = "";
  dialog.showModal();
  byId("shutter").focus();
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue === "take") snap(video, onpicture);
      video.srcObject = null;
      release(stream);
    },
    { once: true },
  );
}

function snap(video, onpicture) {
  const canvas = Object.assign(document.createElement("canvas"), {
    width: video.videoWidth,
    height: video.videoHeight,
  });
  if (!canvas.width) return complain({ title: "The camera gave no picture", detail: "Try again in a moment." });
  canvas.getContext("2d").drawImage(video, 0, 0);
  canvas.toBlob((blob) => onpicture({ blob, name: "photo.jpg" }), "image/jpeg", 0.95);
}
