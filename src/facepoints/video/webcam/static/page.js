// The page of `facepoints webcam`: shows the pictures, and tells the program which switches people press.

const STATE_EVERY = 500; // milliseconds

const $ = (id) => document.getElementById(id);
const buttons = new Map(); // of the switches, by name
const turnedOn = new Map(); // whether they are on
let over = false;
let timer;

function tell(text, problem = false) {
  const message = $("message");
  if (message.textContent !== text) message.textContent = text;
  message.classList.toggle("problem", problem);
}

function finish(text) {
  over = true;
  clearTimeout(timer);
  document.title = "Ended · facepoints";
  document.querySelectorAll("button").forEach((button) => (button.disabled = true));
  document.querySelector(".stage").classList.add("over");
  $("recording").hidden = true;
  $("rate").textContent = $("faces").textContent = "–";
  $("over").textContent = text;
  $("over").hidden = false;
}

async function ask(path, order) {
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(order) };
  const answer = await fetch(path, order ? post : {});
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

// Sends what somebody pressed; an answer that does not come means that the program has ended.
async function send(path, order) {
  try {
    show(await ask(path, order));
    return true;
  } catch (error) {
    if (error instanceof TypeError) finish("facepoints has ended. The terminal says why.");
    else tell(error.message, true);
    return false;
  }
}

function press(name) {
  return send("switch", { name, on: !turnedOn.get(name) });
}

async function quit() {
  if (await send("quit", {})) finish("facepoints has ended. You can close this tab.");
}

function newButton(switched) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.name = switched.name;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", $(`icon-${switched.name}`) ? `#icon-${switched.name}` : "#icon-own");
  svg.append(use);
  const label = document.createElement("span");
  label.textContent = label.title = switched.label;
  button.append(svg, label);
  if (switched.key) {
    const key = document.createElement("kbd");
    key.textContent = switched.key.toUpperCase();
    key.setAttribute("aria-hidden", "true");
    button.append(key);
  }
  return button;
}

function build(switches) {
  for (const switched of switches) {
    const button = switched.group ? newButton(switched) : $("record");
    if (switched.key) button.setAttribute("aria-keyshortcuts", switched.key.toUpperCase());
    button.addEventListener("click", () => press(switched.name));
    button.disabled = false;
    buttons.set(switched.name, button);
    if (switched.group) groupOf(switched.group).append(button);
  }
  $("quit").disabled = false;
}

function groupOf(name) {
  const known = document.querySelector(`[data-group="${CSS.escape(name)}"]`);
  if (known) return known;
  const fieldset = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = name;
  const group = document.createElement("div");
  group.className = "switches";
  group.dataset.group = name;
  fieldset.append(legend, group);
  $("groups").append(fieldset);
  return group;
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function show(state) {
  if (!buttons.size) {
    build(state.switches);
    $("source").textContent = state.source;
    document.title = `${state.source} · facepoints`;
  }
  for (const { name, on } of state.switches) {
    if (buttons.get(name) !== $("record")) buttons.get(name).setAttribute("aria-pressed", String(on));
    turnedOn.set(name, on);
  }
  if (state.size[0]) [$("picture").width, $("picture").height] = state.size;
  $("rate").textContent = state.rate ? Math.round(state.rate) : "–";
  $("faces").textContent = state.faces;
  $("faces-label").textContent = state.faces === 1 ? "face" : "faces";
  const recording = state.recording !== null;
  $("recording").hidden = !recording;
  $("record").querySelector("span").textContent = recording ? "Stop" : "Record";
  $("record").setAttribute("aria-label", recording ? "Stop recording" : "Record");
  $("record").classList.toggle("on", recording);
  if (recording) {
    $("recording").querySelector("time").textContent = clock(state.recording);
    tell("");
  } else if (state.problem) tell(state.problem, true);
  else tell(state.saved ? `Saved ${state.saved}` : "");
}

async function watch() {
  clearTimeout(timer);
  if (over || document.hidden) return;
  // A stream that nobody sees would take one of the few connections that a browser opens to one host.
  if (!$("picture").src) $("picture").src = `stream?${Date.now()}`;
  try {
    show(await ask("state"));
  } catch {
    if (!over) finish("facepoints has ended. The terminal says why.");
    return;
  }
  if (!over) timer = setTimeout(watch, STATE_EVERY);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden && !over) $("picture").removeAttribute("src");
  watch();
});

document.addEventListener("keydown", (event) => {
  if (over || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toUpperCase();
  if (key === "Q" && !$("quit").disabled) quit();
  for (const [name, button] of buttons) if (button.getAttribute("aria-keyshortcuts") === key) press(name);
});

$("quit").addEventListener("click", quit);
watch();
