// A timeline that can be zoomed, dragged and pointed at. It knows where things are; what is selected is its owner's.
"use strict";

class Timeline {
  /// `shown`: one run, or two on one axis. `listener`: picked({side, event}) and moved() are called on it.
  constructor(mount, shown, divergence, listener) {
    this.shown = shown;
    this.listener = listener;
    this.length = Math.max(1, ...shown.map((run) => run.length));
    this.layout = lanes.layOut(shown);
    const calm = shown[0].indicesOf("calm.begin");
    this.scene = {
      layout: this.layout, decisions: shown.length === 1 ? shown[0].decisions : [],
      calm: calm.length > 0 ? shown[0].at[calm[0]] : null, selected: null, found: null, divergence,
    };
    this.view = {
      from: 0, to: this.length, left: paint.kLabels, width: 100, height: 100, scroll: 0, ratio: 1,
    };
    this.build(mount);
    this.listen();
    this.resize();
  }

  build(mount) {
    this.overview = drydock.make("canvas", { class: "overview", "aria-hidden": "true" });
    this.window = drydock.make("div", { class: "window" });
    this.strip = drydock.make("div", { class: "strip" }, this.overview, this.window);
    this.canvas = drydock.make("canvas", { class: "lanes", role: "img", "aria-label": this.describe() });
    this.space = drydock.make("div", { class: "space" }, this.canvas);
    this.stage = drydock.make("div", {
      class: "stage", tabindex: "0", role: "group",
      "aria-label": "Timeline. Arrow keys step through the events; press ? for all keys.",
    }, this.space);
    this.tip = drydock.make("div", { class: "tip", hidden: true, "aria-hidden": "true" });
    mount.append(this.strip, this.stage, this.tip);
    this.context = this.canvas.getContext("2d", { alpha: false });
  }

  describe() {
    const all = this.layout.groups.map((group) => group.title);
    const events = this.shown.reduce((sum, run) => sum + run.count, 0);
    const broken = this.shown.reduce((sum, run) => sum + run.broken.length, 0);
    return `${events} events in ${time.length(this.length)}, ${broken} broken promises. Lanes: ` +
      `${all.slice(0, 30).join(", ")}.`;
  }

  // ---- size and frames ----

  resize() {
    const width = this.stage.clientWidth;
    if (width === 0) return;
    const { view } = this;
    view.ratio = window.devicePixelRatio || 1;
    view.width = width;
    view.left = width < 600 ? 84 : paint.kLabels;
    const whole = this.layout.height + paint.kAxis + 6;
    const most = this.printing ? 1800 : Math.max(240, Math.round(window.innerHeight * 0.62));
    view.height = Math.min(whole, most);
    this.stage.style.height = `${view.height}px`;
    this.space.style.height = `${whole}px`;
    this.fit(this.canvas, view.width, view.height);
    this.fit(this.overview, width, 34);
    this.drawOverview();
    this.draw();
  }

  fit(canvas, width, height) {
    canvas.width = Math.round(width * this.view.ratio);
    canvas.height = Math.round(height * this.view.ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }

  drawOverview() {
    const { view } = this;
    this.strip_view = { from: 0, to: this.length, left: view.left, width: view.width, height: 34, ratio: view.ratio };
    paint.drawOverview(this.overview.getContext("2d", { alpha: false }), this.strip_view, this.shown);
  }

  /// Draws with the next frame, once, however often it is asked to.
  request() {
    if (this.requested) return;
    this.requested = true;
    requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.requested = false;
    const { view } = this;
    view.scroll = this.stage.scrollTop;
    paint.draw(this.context, view, this.scene);
    const from = paint.xOf(this.strip_view ?? view, view.from);
    const to = paint.xOf(this.strip_view ?? view, view.to);
    this.window.style.left = `${from}px`;
    this.window.style.width = `${Math.max(3, to - from)}px`;
  }

  // ---- the window of time ----

  show(from, to) {
    const least = 50;  // µs
    const span = Math.min(this.length, Math.max(least, to - from));
    const begin = Math.max(0, Math.min(from, this.length - span));
    this.view.from = begin;
    this.view.to = begin + span;
    this.request();
    this.listener.moved();
  }

  /// What is shown at first: the trouble, where that is the smaller part and nothing was broken after it.
  home() {
    const { calm } = this.scene;
    const late = this.shown.some((run) => run.broken.some((event) => run.at[event] > calm));
    if (calm === null || late || calm > 0.6 * this.length) this.show(0, this.length);
    else this.show(0, calm * 1.04);
  }

  isWhole() { return this.view.from <= 0 && this.view.to >= this.length; }

  zoom(factor, around = (this.view.from + this.view.to) / 2) {
    const { from, to } = this.view;
    this.show(around - (around - from) * factor, around + (to - around) * factor);
  }

  zoomKey(factor) {
    const { selected } = this.scene;
    const at = selected ? this.shown[selected.side].at[selected.event] : undefined;
    this.zoom(factor, at !== undefined && at >= this.view.from && at <= this.view.to ? at : undefined);
  }

  pan(micros) {
    this.show(this.view.from + micros, this.view.to + micros);
  }

  /// Moves the window, and the lanes, so that an event can be seen.
  reveal({ side, event }) {
    const at = this.shown[side].at[event];
    const { view } = this;
    const span = view.to - view.from;
    if (at < view.from + span * 0.02 || at > view.to - span * 0.02) this.show(at - span / 2, at + span / 2);
    const lane = this.layout.laneOf[side][event];
    const room = view.height - paint.kAxis;
    if (lane.y < this.stage.scrollTop || lane.y + lane.height > this.stage.scrollTop + room)
      this.stage.scrollTop = Math.max(0, lane.y - room / 2);
  }

  /// Shows an event's chain of causes from end to end.
  frame({ side, event }) {
    const run = this.shown[side];
    const chain = run.chain(event);
    const from = run.at[chain[chain.length - 1]];
    const to = run.at[event];
    const margin = Math.max(1e6, (to - from) * 0.15);
    this.show(from - margin, to + margin);
    this.reveal({ side, event });
  }

  select(ref) {
    this.scene.selected = ref;
    this.request();
  }

  mark(found) {
    this.scene.found = found;
    this.request();
  }

  // ---- what is below the pointer ----

  laneAt(y) {
    if (y < paint.kAxis) return null;
    const below = y - paint.kAxis + this.view.scroll;
    for (const group of this.layout.groups) {
      if (below < group.y || below > group.y + group.height) continue;
      return group.lanes.find((lane) => below >= lane.y - 1 && below <= lane.y + lane.height + 1) ?? null;
    }
    return null;
  }

  /// The events near that point, nearest first, and the state that lasts there.
  hit(x, y) {
    const lane = this.laneAt(y);
    if (!lane || x < this.view.left) return null;
    const at = paint.timeOf(this.view, x);
    const reach = ((this.view.to - this.view.from) / (this.view.width - this.view.left)) * 5;
    const events = [];
    for (let i = runs.lowerBound(lane.markAt, at - reach); i < lane.marks.length && lane.markAt[i] <= at + reach; ++i)
      events.push(lane.marks[i]);
    const near = (event) => Math.abs(lane.run.at[event] - at);
    if (events.length < 2000) events.sort((a, b) => near(a) - near(b) || a - b);
    const bar = lane.bars.find((candidate) => candidate.from <= at && at <= candidate.to);
    return { lane, side: this.shown.indexOf(lane.run), events, bar };
  }

  tipLines({ lane, events, bar }) {
    const { run } = lane;
    const lines = [];
    for (const event of events.slice(0, 6)) lines.push([time.since(run.at[event]), run.words(event)]);
    if (events.length > 6) lines.push(["", `and ${events.length - 6} more: zoom in, or click again and again`]);
    if (bar) lines.push([time.length(bar.to - bar.from), `${bar.title} (${time.since(bar.from)} to ${time.since(bar.to)})`]);
    return lines;
  }

  point(x, y) {
    const hit = this.hit(x, y);
    const lines = hit ? this.tipLines(hit) : [];
    this.canvas.style.cursor = hit && (hit.events.length > 0 || hit.bar) ? "pointer" : "grab";
    this.tip.hidden = lines.length === 0;
    if (lines.length === 0) return;
    this.tip.replaceChildren(...lines.map(([when, words]) => drydock.make("div", {},
      drydock.make("span", { class: "time", text: when }), drydock.make("span", { text: words }))));
    const box = this.stage.getBoundingClientRect();
    const right = x > box.width / 2;
    this.tip.style.left = right ? "" : `${x + 14}px`;
    this.tip.style.right = right ? `${box.width - x + 14}px` : "";
    this.tip.style.top = `${y + this.stage.offsetTop + 16}px`;
  }

  /// Clicking where events lie on each other takes one after the other.
  pick(x, y) {
    const hit = this.hit(x, y);
    if (!hit) return;
    const { selected } = this.scene;
    const place = selected && selected.side === hit.side ? hit.events.indexOf(selected.event) : -1;
    if (hit.events.length > 0) {
      this.listener.picked({ side: hit.side, event: hit.events[(place + 1) % hit.events.length] });
    } else if (hit.bar && hit.bar.event >= 0) {
      this.listener.picked({ side: hit.side, event: hit.bar.event });
    }
  }

  // ---- pointer and wheel ----

  listen() {
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.stage.addEventListener("scroll", () => this.request());
    this.canvas.addEventListener("pointerdown", (event) => this.grab(event));
    this.canvas.addEventListener("pointermove", (event) => this.drag(event));
    this.canvas.addEventListener("pointerup", (event) => this.release(event));
    this.canvas.addEventListener("pointercancel", () => { this.held = null; });
    this.canvas.addEventListener("pointerleave", () => { this.tip.hidden = true; });
    this.strip.addEventListener("pointerdown", (event) => this.grabStrip(event));
    this.strip.addEventListener("pointermove", (event) => { if (event.buttons) this.dragStrip(event); });
    drydock.when_theme_changes(() => { this.drawOverview(); this.request(); });
    new ResizeObserver(() => { if (this.stage.clientWidth !== this.view.width) this.resize(); }).observe(this.stage);
  }

  wheel(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = event.clientX - box.left;
    const perPixel = (this.view.to - this.view.from) / (this.view.width - this.view.left);
    if (x < this.view.left) return;  // the wheel scrolls over the names
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      this.pan((event.deltaX || event.deltaY) * perPixel);
      return;
    }
    // Zoomed out all the way, a wheel that goes on scrolls the page.
    if (event.deltaY > 0 && this.isWhole()) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : 1;
    const turn = Math.max(-250, Math.min(250, event.deltaY * lines));
    this.zoom(Math.exp(turn * 0.0025), paint.timeOf(this.view, x));
    this.tip.hidden = true;
  }

  grab(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.held = { x: event.offsetX, y: event.clientY, from: this.view.from, scroll: this.stage.scrollTop, moved: false };
  }

  drag(event) {
    if (!this.held) {
      this.point(event.offsetX, event.offsetY);
      return;
    }
    const { held, view } = this;
    const dx = event.offsetX - held.x;
    if (Math.abs(dx) + Math.abs(event.clientY - held.y) > 4) held.moved = true;
    if (!held.moved) return;
    this.tip.hidden = true;
    this.canvas.style.cursor = "grabbing";
    const span = view.to - view.from;
    const from = held.from - (dx / (view.width - view.left)) * span;
    this.show(from, from + span);
    this.stage.scrollTop = held.scroll - (event.clientY - held.y);
  }

  release(event) {
    const { held } = this;
    this.held = null;
    if (held && !held.moved) this.pick(event.offsetX, event.offsetY);
  }

  grabStrip(event) {
    this.strip.setPointerCapture(event.pointerId);
    this.dragStrip(event);
  }

  dragStrip(event) {
    const x = event.clientX - this.strip.getBoundingClientRect().left;
    const at = paint.timeOf(this.strip_view, x);
    const span = this.view.to - this.view.from;
    this.show(at - span / 2, at + span / 2);
  }
}
