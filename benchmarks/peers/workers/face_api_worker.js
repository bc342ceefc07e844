// @vladmandic/face-api as a worker; the protocol is that of serving.py. TensorFlow.js runs on its WebAssembly backend:
// the native one (tfjs-node) downloads a library from outside npm when it is installed. Run in the folder with
// node_modules. Option `detector`: "ssd" or "tiny".
'use strict';

const fs = require('fs');
const path = require('path');
const readline = require('readline');
const { createRequire } = require('module');

console.log = console.error; // only answers may reach stdout
console.info = console.error;

const options = JSON.parse(process.argv[2]);
const load = createRequire(path.join(process.cwd(), 'package.json'));
const tf = load('@tensorflow/tfjs');
const wasm = load('@tensorflow/tfjs-backend-wasm');
const api = load('@vladmandic/face-api/dist/face-api.node-wasm.js');
const models = path.join(process.cwd(), 'node_modules/@vladmandic/face-api/model');
const ssd = options.detector === 'ssd';
const CANDIDATES = 0.05;

function say(answer) {
  fs.writeSync(1, JSON.stringify(answer) + '\n');
}

async function start() {
  wasm.setWasmPaths(path.join(process.cwd(), 'node_modules/@tensorflow/tfjs-backend-wasm/dist/'));
  wasm.setThreadsCount(options.threads);
  await tf.setBackend('wasm');
  await tf.ready();
  await (ssd ? api.nets.ssdMobilenetv1 : api.nets.tinyFaceDetector).loadFromDisk(models);
  await api.nets.faceLandmark68Net.loadFromDisk(models);
  const version = (name) => JSON.parse(fs.readFileSync(path.join('node_modules', name, 'package.json'))).version;
  const versions = { '@vladmandic/face-api': version('@vladmandic/face-api'), tfjs: version('@tensorflow/tfjs') };
  say({ ready: true, versions, default_score: 0.5 });
}

// The published settings: SSD with its default of 0.5, the tiny detector with its default side of 416.
function settings(minConfidence) {
  return ssd
    ? new api.SsdMobilenetv1Options({ minConfidence, maxResults: 1000 })
    : new api.TinyFaceDetectorOptions({ inputSize: 416, scoreThreshold: minConfidence });
}

const row = (detection) => ({
  box: [detection.box.left - 0.5, detection.box.top - 0.5, detection.box.right - 0.5, detection.box.bottom - 0.5],
  score: detection.score,
});
const pairs = (landmarks) => landmarks.positions.map((point) => [point.x - 0.5, point.y - 0.5]);

const work = {
  detect: async (tensor) => (await api.detectAllFaces(tensor, settings(CANDIDATES))).map(row),
  find: async (tensor) => {
    const found = await api.detectAllFaces(tensor, settings(0.5)).withFaceLandmarks();
    return found.map((face) => ({ ...row(face.detection), points: pairs(face.landmarks) }));
  },
  fit: async (tensor, job) => {
    const boxes = job.boxes.map(([x1, y1, x2, y2]) => new api.Rect(x1 + 0.5, y1 + 0.5, x2 - x1, y2 - y1));
    const crops = await api.extractFaceTensors(tensor, boxes);
    const faces = [];
    for (let number = 0; number < crops.length; number += 1) {
      const found = await api.nets.faceLandmark68Net.detectLandmarks(crops[number]);
      // The same rounding and cutting at the picture's edge as in extractFaceTensors.
      const box = boxes[number].clipAtImageBorders(job.width, job.height);
      faces.push({ box: job.boxes[number], score: 1, points: pairs(found.shiftBy(box.x, box.y)) });
    }
    crops.forEach((crop) => crop.dispose());
    return faces;
  },
};

async function answer(job) {
  if (job.do === 'memory') return { megabytes: peakMegabytes() };
  if (!work[job.do]) return { missing: true };
  const bytes = new Uint8Array(fs.readFileSync(job.picture));
  const ms = [];
  let faces = [];
  for (let count = 0; count < (job.repeat || 1); count += 1) {
    const begin = performance.now();
    const tensor = tf.tensor3d(bytes, [job.height, job.width, 3], 'int32');
    faces = await work[job.do](tensor, job);
    tensor.dispose();
    ms.push(performance.now() - begin);
  }
  return { faces, ms };
}

function peakMegabytes() {
  // Linux: resourceUsage would count what the parent held when it started this process.
  const status = '/proc/self/status';
  if (!fs.existsSync(status)) return process.resourceUsage().maxRSS / 1024;
  return Number(/^VmHWM:\s+(\d+)/m.exec(fs.readFileSync(status, 'ascii'))[1]) / 1024;
}

async function main() {
  await start();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    try {
      say(await answer(JSON.parse(line)));
    } catch (error) {
      say({ error: String(error) });
    }
  }
  process.exit(0);
}

main();
