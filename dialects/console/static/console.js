"use strict";
// Adds new requests to the table as they come, and reloads a page that waits for the store.
(() => {
  const most = 500;
  const cell = (row, text) => { const td = row.insertCell(); td.textContent = text; return td; };
  const add = (table, e) => {
    const row = table.insertRow(0);
    if (e.status >= 400) row.className = "refused";
    cell(row, e.time); cell(row, e.dialect);
    const link = document.createElement("a");
    link.href = e.href; link.textContent = e.method + " " + e.operation;
    cell(row, "").append(link);
    cell(row, e.caller); cell(row, e.status); cell(row, e.took); cell(row, e.why);
    while (table.rows.length > most) table.deleteRow(-1);
  };
  const table = document.querySelector("[data-events]");
  if (table) {
    const status = document.getElementById("follow");
    const events = new EventSource(table.dataset.events);
    events.onopen = () => { status.textContent = "New requests appear here as they come."; };
    events.onmessage = (m) => add(table, JSON.parse(m.data));
    events.onerror = () => { status.textContent = "The connection was lost. It is tried again."; };
  }
  // Browsers have a clipboard only on TLS and on this machine.
  const copy = async (node) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(node.textContent);
    getSelection().selectAllChildren(node);
    if (!document.execCommand("copy")) throw new Error("no clipboard");
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.onclick = () => copy(document.getElementById(button.dataset.copy))
      .then(() => { button.textContent = "Copied"; }, () => { button.textContent = "Copy it by hand"; });
  }
  const retry = document.querySelector("[data-retry]");
  if (retry) setTimeout(() => location.reload(), 1000 * Number(retry.dataset.retry));
})();
