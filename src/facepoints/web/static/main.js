// Puts the page together.

import { listFilters, Problem } from "./api.js";
import { byId } from "./dom.js";
import { FilterGallery } from "./filters.js";
import { startHero } from "./hero.js";
import { Live } from "./live.js";
import { complain } from "./notices.js";
import { Photo } from "./photo.js";
import { watchInputs } from "./photo_input.js";
import { makeTabs } from "./tabs.js";

const SETTLED = 350; // ms without a change of a number after which it is used

/** { name: whether it is on } of the switches in an element. */
const switches = (root) => () =>
  Object.fromEntries(
    [...root.querySelectorAll("input[data-shows]")].map((input) => [input.dataset.shows, input.checked]),
  );

const photoFilters = new FilterGallery(byId("photo-filters"), { onchange: (names) => photo.wear(names) });
const liveFilters = new FilterGallery(byId("live-filters"), { onchange: () => live.change() });
const finder = () => ({ detector: byId("detector").value, min_face: byId("min-face").value });
const photo = new Photo({ settings: switches(byId("photo-shows")), finder, filters: photoFilters });
const live = new Live({ settings: switches(byId("live-shows")), filters: liveFilters });

const openTab = makeTabs(byId("tabs"), (name) => {
  if (name !== "live") live.stop();
  history.replaceState(null, "", name === "live" ? "#live" : location.pathname + location.search);
});

async function offerFilters() {
  try {
    const filters = await listFilters();
    photoFilters.offer(filters);
    liveFilters.offer(filters);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    complain(error, [["Try again", offerFilters]]);
  }
}

function watchSettings() {
  byId("photo-shows").addEventListener("change", () => photo.redraw());
  byId("live-shows").addEventListener("change", () => {
    live.mirror();
    live.change();
  });
  let timer;
  const refind = () => {
    byId("min-face-value").textContent = `${byId("min-face").value} px`;
    clearTimeout(timer);
    timer = setTimeout(() => photo.refind(), SETTLED);
  };
  byId("detector").addEventListener("change", refind);
  byId("min-face").addEventListener("input", refind);
}

function watchTheme() {
  const [button, root] = [byId("theme"), document.documentElement];
  const label = () =>
    button.setAttribute("aria-label", root.dataset.theme === "dark" ? "Use light colours" : "Use dark colours");
  button.addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // The browser keeps nothing for this page; the theme lasts until it is closed.
    }
  });
  new MutationObserver(label).observe(root, { attributeFilter: ["data-theme"] });
  label();
}

watchInputs((picture) => {
  openTab("photo");
  photo.load(picture);
});
watchSettings();
watchTheme();
startHero();
openTab(location.hash === "#live" ? "live" : "photo");
offerFilters();
