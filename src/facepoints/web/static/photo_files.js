// What people can take with them: the picture as it is shown, and the JSON.

import { byId } from "./dom.js";
import { complain, say } from "./notices.js";
import { save, stem } from "./pictures.js";

const BUTTONS = ["save-picture", "save-json", "copy-json"];

/** Whether there is something to save. */
export function allowFiles(allowed) {
  for (const id of BUTTONS) byId(id).disabled = !allowed;
}

/** `getPicture()` and `getResult()` give what there is, `draw(type)` the picture with its drawing as a blob. */
export function offerFiles({ getPicture, getResult, draw }) {
  const json = () => `${JSON.stringify(getResult())}\n`;
  const saveJson = () => save(new Blob([json()], { type: "application/json" }), `${stem(getPicture().name)}.json`);
  byId("save-picture").addEventListener("click", () => savePicture(getPicture(), draw));
  byId("save-json").addEventListener("click", saveJson);
  byId("copy-json").addEventListener("click", () => copy(json()));
}

async function savePicture({ blob, name }, draw) {
  const ending = blob.type === "image/png" ? "png" : "jpg";
  const file = `${stem(name)}-points.${ending}`;
  try {
    save(await draw(ending === "png" ? "image/png" : "image/jpeg"), file);
    say(`Saved as ${file}.`);
  } catch (error) {
    complain({ title: "The picture could not be drawn", detail: error.message });
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text); // undefined where the page came over plain HTTP from another computer
    say("The JSON is in the clipboard.");
  } catch {
    complain({ title: "The clipboard is not allowed", detail: "Use “JSON” to save a file instead." });
  }
}
