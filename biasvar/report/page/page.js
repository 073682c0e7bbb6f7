"use strict";
// What needs a script: sorting, filtering, choosing and saving of the results, and the numbers of the main figure by keyboard.

function made(tag, text, parent) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  if (parent) parent.append(element);
  return element;
}

function setUp(table) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0], rows = [...body.rows];
  const controls = made("div"), said = made("output");
  const wanted = new Map();
  controls.className = "controls";
  table.parentElement.before(controls);

  const key = (row, place) => {
    const cell = row.cells[place], value = cell.dataset.v;
    const number = parseFloat((value === undefined ? cell.textContent : value).replace("−", "-").replace(/,/g, ""));
    return Number.isNaN(number) ? cell.textContent : number;
  };
  const compare = (a, b) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1);
  const isShown = (row) => !row.classList.contains("off");
  const say = () => { said.textContent = `${rows.filter(isShown).length} of ${rows.length} rows`; };

  function sortBy(place) {
    const up = heads[place].getAttribute("aria-sort") !== "ascending";
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[place].setAttribute("aria-sort", up ? "ascending" : "descending");
    const sorted = [...rows].sort((a, b) => (up ? 1 : -1) * compare(key(a, place), key(b, place)));
    body.append(...sorted);
  }

  function filter() {
    for (const row of rows)
      row.classList.toggle("off", [...wanted].some(([place, value]) => value && row.cells[place].textContent !== value));
    say();
  }

  function show(place, visible) {
    for (const row of table.rows) row.cells[place].classList.toggle("off", !visible);
  }

  heads.forEach((head, place) => {
    const button = made("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sortBy(place));
    head.replaceChildren(button);
    button.addEventListener("focus", () => { help.textContent = head.title; });
    head.addEventListener("pointerenter", () => { help.textContent = head.title; });
  });

  heads.forEach((head, place) => {
    const values = [...new Set(rows.map((row) => row.cells[place].textContent))];
    if (!head.classList.contains("axis") || values.length < 2 || values.length > 100) return;
    const label = made("label", `${head.textContent} `, controls), select = made("select", "", label);
    made("option", "all", select).value = "";
    values.forEach((value) => { made("option", value, select).value = value; });
    select.addEventListener("change", () => { wanted.set(place, select.value); filter(); });
  });

  const chooser = made("details", "", controls);
  made("summary", "Columns", chooser);
  heads.forEach((head, place) => {
    const label = made("label", "", chooser), box = made("input", "", label);
    box.type = "checkbox";
    box.checked = !head.classList.contains("extra");
    label.append(` ${head.textContent} `);
    show(place, box.checked);
    box.addEventListener("change", () => show(place, box.checked));
  });

  const save = made("button", "Save as CSV", controls);
  save.type = "button";
  save.addEventListener("click", () => {
    const link = made("a");
    link.href = URL.createObjectURL(new Blob([csv(heads, [...body.rows].filter(isShown))], { type: "text/csv" }));
    link.download = "results-shown.csv";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  controls.append(said);
  const help = made("p");
  help.className = "soft";
  help.textContent = "A heading sorts, and says here what it means.";
  table.parentElement.before(help);
  say();
}

// A quantity with an interval makes three columns: its name, _low and _high.
function csv(heads, rows) {
  const quoted = (text) => (/[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const places = heads.map((_, place) => place).filter((place) => !heads[place].classList.contains("off"));
  const wide = (place) => rows.some((row) => (row.cells[place].dataset.v || "").includes(" "));
  const ends = new Set(places.filter(wide));
  const named = places.flatMap((place) => {
    const name = heads[place].dataset.name;
    return ends.has(place) ? [name, `${name}_low`, `${name}_high`] : [name];
  });
  const lines = rows.map((row) => places.flatMap((place) => {
    const cell = row.cells[place], value = cell.dataset.v;
    if (!ends.has(place)) return [value === undefined ? cell.textContent : value];
    const [middle = "", low = "", high = ""] = (value || "").split(" ");
    return [middle, low, high];
  }));
  return [named, ...lines].map((line) => line.map(quoted).join(",") + "\n").join("");
}

function readOut(svg) {
  const spots = [...svg.querySelectorAll(".spot")], said = made("output");
  said.className = "readout";
  said.textContent = "Point at the figure, or move along it by arrow keys, for its numbers.";
  svg.closest(".plate").after(said);
  const show = (spot) => { said.textContent = spot.getAttribute("aria-label").split("\n").join(" · "); };
  spots.forEach((spot, place) => {
    spot.setAttribute("tabindex", place ? "-1" : "0");
    spot.addEventListener("pointerenter", () => show(spot));
    spot.addEventListener("focus", () => show(spot));
    spot.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = step && spots[place + step];
      if (!next) return;
      event.preventDefault();
      spot.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  });
}

document.querySelectorAll("table.results").forEach(setUp);
document.querySelectorAll("svg").forEach((svg) => { if (svg.querySelector(".spot")) readOut(svg); });
