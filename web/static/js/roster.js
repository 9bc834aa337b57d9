/* The roster with a script: find a person, tick all or none, and see the total. Ticks survive the search,
   because a row that does not match is only hidden. */
(() => {
  "use strict";

  const minutesOf = (time) => {
    const [hours, minutes] = time.split(":").map(Number);
    return hours * 60 + minutes;
  };

  /* Minutes of one person: the shift's, or his own from and to; an earlier time means the next day. */
  const minutesFor = (row, start, end) => {
    const exact = (name, shared) => {
      const field = row.querySelector(`input[name^="${name}-"]`);
      if (!field || !field.value) return shared;
      const day = new Date(start);
      day.setHours(0, minutesOf(field.value), 0, 0);
      if (day < start) day.setDate(day.getDate() + 1);
      return day;
    };
    return Math.max(0, (exact("to", end) - exact("from", start)) / 60000);
  };

  const enhance = (roster) => {
    const form = roster.closest("form") ?? document;
    const rows = [...roster.querySelectorAll(".person")];
    const tick = (row) => row.querySelector('input[name="who"]');
    const search = roster.querySelector("[data-roster-search]");
    const nobody = roster.querySelector("[data-roster-nobody]");
    const sum = form.querySelector("[data-roster-sum]");

    const total = () => {
      const ticked = rows.filter((row) => tick(row).checked);
      if (!sum) return;
      /* The bar stays in sight from the first tick on; before that it would only cover the list. */
      sum.closest(".dock").classList.toggle("live", ticked.length > 0);
      sum.querySelector("[data-roster-count]").textContent = ticked.length;
      const start = new Date(roster.querySelector('input[name="from"]')?.value ?? "");
      const end = new Date(roster.querySelector('input[name="to"]')?.value ?? "");
      const minutes = ticked.reduce((all, row) => all + minutesFor(row, start, end), 0);
      const hours = sum.querySelector("[data-roster-hours]");
      const known = !Number.isNaN(start.getTime()) && !Number.isNaN(end.getTime());
      hours.textContent = known ? sum.dataset.hours.replace("{hours}", Math.round(minutes / 6) / 10) : "";
    };

    const find = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = 0;
      for (const row of rows) {
        const text = row.dataset.search.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) left += 1;
      }
      nobody.hidden = left > 0;
    };

    /* All or none of those in sight, so that a search for a building ticks that building. */
    const set = (checked) => {
      for (const row of rows) if (!row.hidden) tick(row).checked = checked;
      total();
    };

    search.addEventListener("input", find);
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const shown = rows.filter((row) => !row.hidden);
      if (shown.length === 1) tick(shown[0]).click();
    });
    roster.querySelector("[data-roster-all]").addEventListener("click", () => set(true));
    roster.querySelector("[data-roster-none]").addEventListener("click", () => set(false));
    roster.addEventListener("change", total);
    roster.querySelector("[data-roster-tools]").hidden = false;
    if (sum) sum.hidden = false;
    total();
  };

  document.querySelectorAll("[data-roster]").forEach(enhance);
  document.addEventListener("htmx:after:swap", (event) => {
    event.detail?.ctx?.target?.querySelectorAll?.("[data-roster]").forEach(enhance);
  });
})();
