// Draws the readings of an instrument, and shows a part of them more finely where one drags across.
"use strict";

(() => {
  let plot = null;

  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const size = (place) => ({ width: place.clientWidth, height: 320 });

  // The address of a part of the time that is shown.
  const addressOf = (from, to) => {
    const address = new URL(location.href);
    address.searchParams.set("start", new Date(from * 1000).toISOString());
    address.searchParams.set("end", new Date(to * 1000).toISOString());
    address.searchParams.delete("page");
    address.hash = "";
    return address.pathname + address.search;
  };

  const chosen = (self) => {
    if (self.select.width < 8) return;
    const from = self.posToVal(self.select.left, "x");
    const to = self.posToVal(self.select.left + self.select.width, "x");
    const address = addressOf(Math.floor(from), Math.ceil(to));
    htmx
      .ajax("GET", address, { target: "#readings", select: "#readings", swap: "outerHTML" })
      .then(() => history.pushState({}, "", address));
  };

  const line = (label, stroke, how, paths) => ({
    label,
    stroke,
    paths,
    width: 1.5,
    points: { size: 4 },
    value: (_, found) => (found === null || found === undefined ? "–" : Number(found.toPrecision(9))),
    ...how,
  });

  const options = (place, told) => {
    const paths = told.stepped === "yes" ? uPlot.paths.linear() : undefined;
    const axis = { stroke: colour("--ink"), grid: { stroke: colour("--line") }, ticks: { stroke: colour("--line") } };
    const quiet = { width: 0, points: { show: false } };
    return {
      ...size(place),
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), told.zone),
      scales: { x: { range: () => [Number(told.start), Number(told.end)] } },
      cursor: { drag: { x: true, y: false, setScale: false } },
      hooks: { setSelect: [chosen] },
      axes: [axis, { ...axis, size: 84, label: told.unit }],
      bands: [{ series: [3, 2], fill: colour("--band") }],
      series: [
        { label: told.time, value: "{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}" },
        line(told.value, colour("--brand"), {}, paths),
        line(told.low, colour("--soft"), quiet, paths),
        line(told.high, colour("--soft"), quiet, paths),
        line(told.raw, colour("--second"), { dash: [6, 3], points: { show: false } }, paths),
      ],
    };
  };

  const draw = () => {
    const place = document.getElementById("plot");
    if (plot) plot.destroy();
    plot = null;
    if (!place || typeof uPlot === "undefined") return;
    const told = place.dataset;
    const found = JSON.parse(told.series);
    place.classList.add("drawn");
    plot = new uPlot(
      options(place, told),
      [found.t, found.v, found.low, found.high, found.raw],
      place,
    );
    plot.root.setAttribute("aria-hidden", "true"); // the figure behind it, and the table, say the same
  };

  document.documentElement.classList.add("scripts");
  document.addEventListener("DOMContentLoaded", draw);
  document.addEventListener("htmx:afterSettle", draw);
  window.addEventListener("popstate", () => location.reload());
  window.addEventListener("resize", () => {
    const place = document.getElementById("plot");
    if (plot && place) plot.setSize(size(place));
  });
})();
