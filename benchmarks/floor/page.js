// The floor's page: asks for rows, draws five charts with the marks and labels of the Credits page,
// and again at each press.
(function () {
  "use strict";
  const TEXT = { family: "Inter Variable", size: 13 };
  const CONFIG = { displayModeBar: false, responsive: true };
  const COLOURS = ["#3f51b5", "#7986cb", "#00897b", "#4db6ac", "#f9a825", "#ef6c00", "#8d6e63"];
  const HIDDEN = { visible: false, fixedrange: true };

  function layout(more) {
    const margin = { t: 10, r: 10, b: 40, l: 50 };
    const plain = { margin: margin, font: TEXT, showlegend: false, dragmode: false, hovermode: "x" };
    return Object.assign(plain, more);
  }

  function label(text, more) {
    return Object.assign({ text: text, showarrow: false, font: TEXT }, more);
  }

  function bars(rows, more) {
    const trace = { type: "bar", x: rows.map((row) => row[0]), y: rows.map((row) => row[1]) };
    trace.hovertext = rows.map((row) => `<b>${row[0]}</b><br>${row[1].toFixed(0)} credits`);
    return Object.assign(trace, { hoverinfo: "text", marker: { color: COLOURS[0] } }, more);
  }

  function daily(rows) {
    const mean = rows.reduce((sum, row) => sum + row[1], 0) / rows.length;
    const line = { type: "line", xref: "paper", x0: 0, x1: 1, y0: mean, y1: mean };
    return [[bars(rows)], layout({ shapes: [line], annotations: [label("mean", { y: mean })] })];
  }

  function months(rows) {
    const steps = { type: "scatter", mode: "lines", line: { shape: "hv", dash: "dash" } };
    const line = Object.assign(steps, { x: rows.map((row) => row[0]), y: rows.map(() => 50000) });
    return [[bars(rows), line], layout({})];
  }

  // One bar of parts, each a trace with its share.
  function reasons(rows) {
    const part = (row, place) => ({
      type: "bar",
      orientation: "h",
      x: [row[1]],
      y: [0],
      hovertext: [row[0]],
      hoverinfo: "text",
      marker: { color: COLOURS[place % COLOURS.length] },
    });
    const shares = rows.slice(-4).map((row) => label(row[0], { x: row[1], y: 0 }));
    const axes = { barmode: "stack", xaxis: HIDDEN, yaxis: HIDDEN };
    return [rows.map(part), layout(Object.assign(axes, { annotations: shares }))];
  }

  // Name, credits and share of each stand over its bar.
  function workspaces(rows) {
    const total = rows.reduce((sum, row) => sum + row[1], 0);
    const texts = rows.flatMap((row, y) => [
      label(row[0], { x: 0, xref: "paper", xanchor: "left", y: y, yshift: 7 }),
      label(row[1].toFixed(0), { x: 1, xref: "paper", xanchor: "right", y: y, yshift: 7, xshift: -44 }),
      label(`${((100 * row[1]) / total).toFixed(1)}%`, { x: 1, xref: "paper", y: y, yshift: 7 }),
    ]);
    const flat = rows.map((row, y) => [y + 0.25, row[1]]);
    const lying = { orientation: "h", width: 0.2, x: flat.map((f) => f[1]), y: flat.map((f) => f[0]) };
    const axes = { xaxis: HIDDEN, yaxis: Object.assign({ range: [8.5, -0.5] }, HIDDEN) };
    return [[bars(rows, lying)], layout(Object.assign(axes, { annotations: texts }))];
  }

  function kinds(rows) {
    const total = rows.reduce((sum, row) => sum + row[1], 0);
    const ring = { type: "pie", hole: 0.6, sort: false, textinfo: "none", hoverinfo: "label+value" };
    ring.labels = rows.map((row) => row[0]);
    ring.values = rows.map((row) => row[1]);
    const middle = [label(total.toFixed(0), { x: 0.5, y: 0.5 }), label("credits", { x: 0.5, y: 0.4 })];
    return [[ring], layout({ annotations: middle })];
  }

  const CHARTS = { daily, months, reasons, workspaces, kinds };

  function draw(rows) {
    Object.entries(CHARTS).forEach(([name, figure]) => {
      Plotly.react(name, ...figure(rows[name]), CONFIG);
    });
  }

  function show(range) {
    return fetch("/rows?range=" + range)
      .then((answer) => answer.json())
      .then(draw);
  }

  document.querySelectorAll("[data-range]").forEach((button) => {
    button.addEventListener("click", () => show(button.dataset.range));
  });
  show("month");
})();
