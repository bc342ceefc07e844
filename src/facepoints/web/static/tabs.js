// Tabs as the ARIA practices describe them: one stop for the Tab key, arrows move between them.

const KEYS = { ArrowRight: 1, ArrowLeft: -1 };

/** `onchange(name)` is called with "photo" or "live"; returns a function that opens a tab. */
export function makeTabs(list, onchange) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const open = (chosen) => {
    for (const tab of tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
    }
    onchange(chosen.dataset.tab);
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) open(tab);
  });
  list.addEventListener("keydown", (event) => {
    const row = tabs.indexOf(document.activeElement);
    const next =
      { Home: 0, End: tabs.length - 1 }[event.key] ??
      (event.key in KEYS ? (row + KEYS[event.key] + tabs.length) % tabs.length : null);
    if (next === null) return;
    event.preventDefault();
    tabs[next].focus();
    open(tabs[next]);
  });
  return (name) => open(tabs.find((tab) => tab.dataset.tab === name));
}
