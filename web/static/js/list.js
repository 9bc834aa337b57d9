/* A list by keyboard: "/" goes to the search field, arrows or j and k move through the rows, Enter opens one.
   The rows are plain links marked [data-row], so everything works without this too. */
(() => {
  "use strict";
  const search = () => document.querySelector("[data-search]");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const typing = (element) => element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");

  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
    all[next].focus();
    all[next].closest("tr, li")?.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = search();
    if (typing(event.target)) {
      if (event.target === field && event.key === "ArrowDown") {
        event.preventDefault();
        move(1);
      }
      return;
    }
    if (event.key === "/" && field) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "ArrowDown" || event.key === "j") {
      if (event.key === "ArrowDown" && !document.activeElement.matches("[data-row]")) return;
      event.preventDefault();
      move(1);
    } else if (event.key === "ArrowUp" || event.key === "k") {
      if (event.key === "ArrowUp" && !document.activeElement.matches("[data-row]")) return;
      event.preventDefault();
      move(-1);
    }
  });

  /* More rows: the focus goes on to the first of them, as the button that had it is gone. */
  let before = 0;
  document.addEventListener("htmx:before:request", () => { before = rows().length; });
  document.addEventListener("htmx:after:swap", () => {
    const all = rows();
    if (before && all.length > before && document.activeElement === document.body) all[before].focus();
  });
})();
