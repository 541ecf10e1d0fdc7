"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const headers = Array.from(table.tHead.rows[0].cells);
  headers.forEach((header, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    header.textContent = "";
    header.append(button);
    button.addEventListener("click", () => {
      const descends = header.getAttribute("aria-sort") === "ascending";
      const key = (row) => row.cells[index].dataset.value ?? row.cells[index].textContent;
      const rows = Array.from(body.rows);
      rows.sort((first, second) => {
        const a = key(first), b = key(second);
        const x = Number(a), y = Number(b);
        const bothNumbers = a !== "" && b !== "" && !Number.isNaN(x) && !Number.isNaN(y);
        const order = bothNumbers ? x - y : a.localeCompare(b, "en");
        return descends ? -order : order;
      });
      headers.forEach((other) => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", descends ? "descending" : "ascending");
      body.append(...rows);
    });
  });
}
