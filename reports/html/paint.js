// How a timeline looks: it draws what is visible of lanes, and what is selected, onto a canvas. What falls on one pixel
// is drawn once, as taller the more there is, so that a frame costs by its width and not by the length of the run.
"use strict";

const paint = (() => {
  const kAxis = 26;       // height of the axis at the top
  const kLabels = 132;    // width of the names on the left
  const kFont = "11px system-ui, sans-serif";
  let palette = new Map();

  function colour(name) {
    if (!palette.has(name)) palette.set(name, drydock.colour(name));
    return palette.get(name);
  }
  drydock.when_theme_changes(() => { palette = new Map(); });

  // ---- where time is ----

  function xOf(view, at) {
    return view.left + ((at - view.from) / (view.to - view.from)) * (view.width - view.left);
  }
  function timeOf(view, x) {
    return view.from + ((x - view.left) / (view.width - view.left)) * (view.to - view.from);
  }

  const kSteps = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 1.5e7, 3e7,
    6e7, 1.2e8, 3e8, 6e8, 9e8, 1.8e9, 3.6e9, 7.2e9, 1.08e10, 2.16e10, 4.32e10, 8.64e10, 1.728e11, 4.32e11, 8.64e11,
    2.592e12, 8.64e12,
  ];

  function stepFor(view) {
    const least = ((view.to - view.from) * 90) / Math.max(1, view.width - view.left);
    return kSteps.find((step) => step >= least) ?? kSteps[kSteps.length - 1];
  }

  function tickLabel(at, step) {
    if (step < 1e6 || at < 1.2e8) {
      const digits = step >= 1e6 ? 0 : step >= 1e5 ? 1 : step >= 1e4 ? 2 : step >= 1e3 ? 3 : 6;
      return `+${(at / 1e6).toFixed(digits)}s`;
    }
    return `+${time.length(at)}`;
  }

  // ---- the parts ----

  function drawAxis(ctx, view) {
    ctx.fillStyle = colour("--page");
    ctx.fillRect(0, 0, view.width, kAxis);
    const step = stepFor(view);
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
      const x = Math.round(xOf(view, at)) + 0.5;
      ctx.fillStyle = colour("--soft");
      if (x < view.width - 30) ctx.fillText(tickLabel(at, step), x + 4, kAxis / 2 - 3);
      ctx.fillStyle = colour("--line");
      ctx.fillRect(x - 0.5, 4, 1, view.height);
    }
    ctx.fillRect(0, kAxis - 1, view.width, 1);
  }

  /// Small triangles below the axis: the decisions of the tape.
  function drawDecisions(ctx, view, decisions) {
    ctx.fillStyle = colour("--c-orange");
    let last = -10;
    for (const decision of decisions) {
      const x = Math.round(xOf(view, decision.at));
      if (x - last < 3 || x < view.left || x > view.width) continue;
      last = x;
      ctx.beginPath();
      ctx.moveTo(x - 4, kAxis - 8);
      ctx.lineTo(x + 4, kAxis - 8);
      ctx.lineTo(x, kAxis - 1);
      ctx.fill();
    }
  }

  function drawCalm(ctx, view, calm) {
    if (calm === null || calm > view.to) return;
    const x = Math.max(view.left, xOf(view, calm));
    ctx.fillStyle = colour("--raised");
    ctx.fillRect(x, kAxis, view.width - x, view.height);
    ctx.fillStyle = colour("--soft");
    if (view.width - x > 60) ctx.fillText("calm", x + 4, view.height - 8);
  }

  /// Bars of a lane do not overlap: only the first that begins before the window can reach into it.
  function visibleBars(view, lane) {
    const first = Math.max(0, runs.lowerBound(lane.barFrom, view.from) - 1);
    const end = runs.lowerBound(lane.barFrom, view.to, first);
    return lane.bars.slice(first, end).filter((bar) => bar.to >= view.from);
  }

  function drawBars(ctx, view, lane, y) {
    let drawn = -1;
    for (const bar of visibleBars(view, lane)) {
      const from = Math.max(view.left, xOf(view, bar.from));
      const to = Math.min(view.width, Math.max(xOf(view, bar.to), from + 1));
      if (to <= drawn + 0.5) continue;
      drawn = to;
      drawBar(ctx, bar, from, to, y, lane.height);
    }
  }

  function drawBar(ctx, bar, from, to, y, height) {
    ctx.fillStyle = colour(lanes.colourOf(bar.state));
    ctx.globalAlpha = 0.3;
    ctx.fillRect(from, y, to - from, height);
    ctx.globalAlpha = 1;
    ctx.fillRect(from, y + height - 2, to - from, 2);
    if (to - from > 3) ctx.fillRect(from, y, 1.5, height);
  }

  /// Names of states and instances, above the marks, where there is room for them.
  function drawBarLabels(ctx, view, lane, y) {
    if (lane.height < 15) return;
    ctx.fillStyle = colour("--text");
    for (const bar of visibleBars(view, lane)) {
      const from = Math.max(view.left, xOf(view, bar.from));
      const room = Math.floor((Math.min(view.width, xOf(view, bar.to)) - from - 10) / 6);
      if (room < 3 || !bar.label) continue;
      const label = bar.label.length > room ? `${bar.label.slice(0, room - 1)}…` : bar.label;
      ctx.fillText(label, from + 6, y + lane.height / 2);
    }
  }

  function drawMarks(ctx, view, lane, y) {
    const { markAt, marks, run } = lane;
    const perPixel = (view.to - view.from) / (view.width - view.left);
    let i = runs.lowerBound(markAt, view.from);
    while (i < marks.length && markAt[i] <= view.to) {
      const x = Math.floor(xOf(view, markAt[i]));
      const until = view.from + (x + 1 - view.left) * perPixel;
      let best = marks[i];
      let j = i + 1;
      for (; j < marks.length && markAt[j] < until; ++j)
        if (styleOf(run, marks[j]).rank > styleOf(run, best).rank) best = marks[j];
      drawMark(ctx, styleOf(run, best), x, y, lane.height, j - i);
      i = j;
    }
  }

  const styles = new Map();  // by run and shape
  function styleOf(run, event) {
    const shape = run.shape[event];
    let style = styles.get(shape);
    if (!style) {
      style = lanes.markOf(run.kind(event));
      style.rank = style.form ? 2 : style.size;
      styles.set(shape, style);
    }
    return style;
  }

  function drawMark(ctx, style, x, y, height, count) {
    ctx.fillStyle = colour(style.colour);
    if (style.form) {
      const r = Math.min(7, height / 2);
      const middle = y + height / 2;
      ctx.beginPath();
      ctx.moveTo(x, middle - r);
      ctx.lineTo(x + r * 0.8, middle);
      ctx.lineTo(x, middle + r);
      ctx.lineTo(x - r * 0.8, middle);
      ctx.fill();
      return;
    }
    // What happens all the time stays small however dense it is.
    const size = style.low ? style.size : Math.min(1, style.size + 0.1 * Math.log2(count));
    const tall = Math.max(3, Math.round(size * (height - 2)));
    ctx.fillRect(x - 0.5, style.low ? y + height - tall - 1 : y + (height - tall) / 2, count > 1 ? 2.5 : 2, tall);
  }

  // ---- labels ----

  function drawLabels(ctx, view, layout, top) {
    ctx.fillStyle = colour("--page");
    ctx.fillRect(0, kAxis, view.left, view.height);
    for (const group of layout.groups) {
      if (group.y + group.height + top < kAxis || group.y + top > view.height) continue;
      drawGroupLabel(ctx, view, group, top);
    }
    ctx.fillStyle = colour("--line");
    ctx.fillRect(view.left - 1, 0, 1, view.height);
    ctx.fillStyle = colour("--page");
    ctx.fillRect(0, 0, view.left - 1, kAxis - 1);
  }

  function drawGroupLabel(ctx, view, group, top) {
    let x = 2;
    if (group.letter) {
      ctx.fillStyle = colour(group.letter === "A" ? "--c-red" : "--c-blue");
      ctx.fillRect(0, group.y + top + 2, 3, group.height - 6);
      ctx.font = `bold ${kFont}`;
      ctx.fillText(group.letter, 7, group.y + top + 4 + group.lanes[0].height / 2);
      x = 20;
    }
    ctx.fillStyle = colour("--line");
    ctx.fillRect(0, group.y + top + group.height - 2, view.width, 1);
    group.lanes.forEach((lane, i) => {
      const y = lane.y + top + lane.height / 2;
      ctx.font = i === 0 && lane.kind !== "other" ? `600 ${kFont}` : kFont;
      ctx.fillStyle = colour(i === 0 && lane.kind !== "other" ? "--text" : "--soft");
      const label = i === 0 && lane.kind !== "other" ? group.title : lane.label;
      if (lane.height >= 11) ctx.fillText(shorten(ctx, label, view.left - x - 8), x + (i === 0 ? 0 : 8), y);
    });
    ctx.font = kFont;
  }

  function shorten(ctx, text, width) {
    if (ctx.measureText(text).width <= width) return text;
    let length = text.length;
    while (length > 1 && ctx.measureText(text.slice(0, length) + "…").width > width) --length;
    return text.slice(0, length) + "…";
  }

  // ---- what is selected ----

  function placeOf(view, layout, top, ref) {
    const lane = layout.laneOf[ref.side][ref.event];
    return { x: xOf(view, lane.run.at[ref.event]), y: lane.y + top + lane.height / 2 };
  }

  /// From a cause to its effect: an arc within a lane, a line between lanes.
  function drawArrow(ctx, from, to) {
    const dx = to.x - from.x;
    const same = Math.abs(from.y - to.y) < 2;
    const up = same ? Math.min(26, 6 + Math.abs(dx) / 3) : 0;
    const bend = same ? dx / 2 : Math.min(60, Math.abs(dx) * 0.6);
    const control = { x: to.x - bend, y: same ? from.y - up : to.y };
    ctx.beginPath();
    ctx.moveTo(from.x, from.y);
    ctx.bezierCurveTo(from.x + bend, from.y - up, control.x, control.y, to.x, to.y);
    ctx.stroke();
    drawHead(ctx, to, bend < 1 && !same ? Math.sign(to.y - from.y) * (Math.PI / 2) : Math.atan2(up, Math.max(1, bend)));
  }

  function drawHead(ctx, to, angle) {
    ctx.save();
    ctx.translate(to.x, to.y);
    ctx.rotate(angle);
    ctx.beginPath();
    ctx.moveTo(-3, 0);
    ctx.lineTo(-10, -4);
    ctx.lineTo(-10, 4);
    ctx.fill();
    ctx.restore();
  }

  function drawSelection(ctx, view, layout, top, selected) {
    const run = layout.laneOf[selected.side][selected.event].run;
    const at = (event) => placeOf(view, layout, top, { side: selected.side, event });
    const chain = run.chain(selected.event);
    ctx.lineWidth = 1.25;
    ctx.strokeStyle = ctx.fillStyle = colour("--soft");
    ctx.setLineDash([3, 3]);
    for (const effect of run.effects(selected.event).slice(0, 100)) drawArrow(ctx, at(selected.event), at(effect));
    ctx.setLineDash([]);
    ctx.lineWidth = 1.75;
    ctx.strokeStyle = ctx.fillStyle = colour("--accent");
    for (let i = 1; i < chain.length; ++i) drawArrow(ctx, at(chain[i]), at(chain[i - 1]));
    for (const event of chain.slice(1)) drawDot(ctx, at(event), 3);
    const { x, y } = at(selected.event);
    ctx.globalAlpha = 0.5;
    ctx.fillRect(Math.round(x), kAxis, 1, view.height);
    ctx.globalAlpha = 1;
    drawDot(ctx, { x, y }, 6);
  }

  function drawDot(ctx, { x, y }, radius) {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 7);
    ctx.fill();
    ctx.save();
    ctx.strokeStyle = colour("--page");
    ctx.lineWidth = 1.5;
    ctx.stroke();
    ctx.restore();
  }

  function drawMoment(ctx, view, at, label) {
    const x = Math.round(xOf(view, at)) + 0.5;
    if (x < view.left || x > view.width) return;
    ctx.strokeStyle = colour("--bad");
    ctx.lineWidth = 1.5;
    ctx.setLineDash([5, 4]);
    ctx.beginPath();
    ctx.moveTo(x, kAxis);
    ctx.lineTo(x, view.height);
    ctx.stroke();
    ctx.setLineDash([]);
    const width = ctx.measureText(label).width + 10;
    const left = Math.min(x, view.width - width);
    ctx.fillStyle = colour("--bad");
    ctx.fillRect(left, kAxis, width, 16);
    ctx.fillStyle = colour("--page");
    ctx.fillText(label, left + 5, kAxis + 8);
  }

  // ---- all of it ----

  /// `scene`: layout, decisions, calm, selected, found (events that a search found), divergence, hover.
  function draw(ctx, view, scene) {
    ctx.save();
    ctx.scale(view.ratio, view.ratio);
    ctx.font = kFont;
    ctx.fillStyle = colour("--page");
    ctx.fillRect(0, 0, view.width, view.height);
    drawCalm(ctx, view, scene.calm);
    drawAxis(ctx, view);
    drawDecisions(ctx, view, scene.decisions);
    const top = kAxis - view.scroll;
    ctx.save();
    ctx.beginPath();
    ctx.rect(view.left, kAxis, view.width - view.left, view.height - kAxis);
    ctx.clip();
    for (const group of scene.layout.groups) {
      for (const lane of group.lanes) {
        const y = lane.y + top;
        if (y + lane.height < kAxis || y > view.height) continue;
        drawBars(ctx, view, lane, y);
        drawMarks(ctx, view, lane, y);
        drawBarLabels(ctx, view, lane, y);
      }
    }
    if (scene.found) drawFound(ctx, view, scene, top);
    if (scene.divergence !== null) drawMoment(ctx, view, scene.divergence, "first divergence");
    if (scene.selected) drawSelection(ctx, view, scene.layout, top, scene.selected);
    ctx.restore();
    drawLabels(ctx, view, scene.layout, top);
    ctx.restore();
  }

  /// Rings around what a search found; where they are too many, one for each pixel and lane.
  function drawFound(ctx, view, scene, top) {
    ctx.strokeStyle = colour("--accent");
    ctx.lineWidth = 1.25;
    const seen = new Set();
    for (const ref of scene.found) {
      const lane = scene.layout.laneOf[ref & 1][ref >> 1];
      const at = lane.run.at[ref >> 1];
      if (at < view.from || at > view.to) continue;
      const x = Math.round(xOf(view, at));
      const y = lane.y + top + lane.height / 2;
      const key = x * 65536 + lane.y;
      if (seen.has(key)) continue;
      seen.add(key);
      ctx.strokeRect(x - 4.5, y - 7.5, 9, 15);
    }
  }

  /// The whole run in a strip: how many events there are at each pixel, and where promises were broken.
  function drawOverview(ctx, view, shown) {
    ctx.save();
    ctx.scale(view.ratio, view.ratio);
    ctx.fillStyle = colour("--sunken");
    ctx.fillRect(0, 0, view.width, view.height);
    shown.forEach((run, side) => drawDensity(ctx, view, run, side, shown.length));
    for (const run of shown) {
      ctx.fillStyle = colour("--bad");
      for (const event of run.broken) ctx.fillRect(xOf(view, run.at[event]) - 1, 0, 2, view.height);
    }
    ctx.restore();
  }

  function drawDensity(ctx, view, run, side, sides) {
    const counts = new Uint32Array(Math.ceil(view.width) + 1);
    for (let i = 0; i < run.count; ++i) {
      const x = Math.floor(xOf(view, run.at[i]));
      if (x >= 0 && x < counts.length) ++counts[x];
    }
    const most = Math.log2(1 + counts.reduce((a, b) => Math.max(a, b), 1));
    const height = view.height / sides;
    ctx.fillStyle = colour("--c-grey");
    ctx.globalAlpha = 0.6;
    counts.forEach((count, x) => {
      const tall = (Math.log2(1 + count) / most) * (height - 6);
      if (count) ctx.fillRect(x, (side + 1) * height - tall, 1, tall);
    });
    ctx.globalAlpha = 1;
  }

  return { draw, drawOverview, xOf, timeOf, colour, kAxis, kLabels };
})();
