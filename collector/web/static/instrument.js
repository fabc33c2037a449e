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

  // A number to the second digit of U, half of the interval around it; to 6 digits where there is none.
  const told = (self, found, at) => {
    if (found === null || found === undefined) return "–";
    const half = (self.data[3][at] - self.data[2][at]) / 2;
    if (!(half > 0)) return Number(found.toPrecision(6));
    return found.toFixed(Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(half)))));
  };

  const line = (label, stroke, how, paths) => ({
    label,
    stroke,
    paths,
    width: 1.5,
    points: { size: 4 },
    value: (self, found, _series, at) => told(self, found, at),
    ...how,
  });

  // Times in which something is missing, behind the lines.
  const shade = (told) => (self) => {
    const { ctx, bbox } = self;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = colour("--bad");
    ctx.globalAlpha = 0.18;
    for (const [from, until] of JSON.parse(told.gaps)) {
      const left = self.valToPos(from, "x", true);
      const right = self.valToPos(until, "x", true);
      ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
    }
    ctx.restore();
  };

  // Times as the plant's clock shows them: the hour, and the day where it begins.
  const clock = (told) => {
    const form = new Intl.DateTimeFormat("sv-SE", { timeZone: told.zone, dateStyle: "short", timeStyle: "medium" });
    return (_self, splits, _axis, _space, step) =>
      splits.map((at) => {
        const [day, time] = form.format(new Date(at * 1000)).split(" ");
        if (step >= 86_400 || time === "00:00:00") return day.slice(5);
        return step < 60 ? time : time.slice(0, 5);
      });
  };

  const options = (place, told) => {
    const paths = told.stepped === "yes" ? uPlot.paths.linear() : undefined;
    const axis = { stroke: colour("--ink"), grid: { stroke: colour("--line") }, ticks: { stroke: colour("--line") } };
    const quiet = { width: 0, points: { show: false } };
    return {
      ...size(place),
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), told.zone),
      scales: { x: { range: () => [Number(told.start), Number(told.end)] } },
      cursor: { drag: { x: true, y: false, setScale: false } },
      hooks: { setSelect: [chosen], drawClear: [shade(told)] },
      axes: [{ ...axis, values: clock(told) }, { ...axis, size: 84, label: told.unit }],
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

  // Columns as they are drawn: what stands for a time stands at its begin and at its end.
  const columns = (found) => {
    const values = [found.v, found.low, found.high, found.raw];
    const drawn = [[], ...values.map(() => [])];
    found.t.forEach((at, row) => {
      for (const until of found.d[row] ? [at, at + found.d[row]] : [at]) {
        drawn[0].push(until);
        values.forEach((column, place) => drawn[place + 1].push(column[row]));
      }
    });
    return drawn;
  };

  const draw = () => {
    const place = document.getElementById("plot");
    if (plot) plot.destroy();
    plot = null;
    if (!place || typeof uPlot === "undefined") return;
    const told = place.dataset;
    place.classList.add("zoomed");
    plot = new uPlot(options(place, told), columns(JSON.parse(told.series)), place);
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
