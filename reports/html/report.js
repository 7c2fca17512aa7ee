// The report: a viewer for each tab (made when first looked at), keys, and the state of the page in its address.
"use strict";

(() => {
  const { make } = drydock;
  const main = document.querySelector("main");
  const panels = [...main.querySelectorAll("section[role=tabpanel]")];
  const tabs = [...main.querySelectorAll("[role=tab]")];
  const viewers = new Map();
  let current = -1;

  /// Timeline, event list and panel of one run, or of two.
  class Viewer {
    constructor(section, shown, divergence) {
      this.shown = shown;
      this.selected = null;
      this.all = this.everyEvent();
      this.items = this.all;
      const mount = section.querySelector(".viewer");
      const left = make("div", { class: "left" });
      mount.append(this.bar(), make("div", { class: "columns" }, left, this.right = make("div", { class: "right" })));
      this.timeline = new Timeline(left, shown, divergence, { picked: (ref) => this.select(ref), moved: () => remember() });
      left.append(legend(this.timeline.layout));
      this.panel = new Panel(this.right, shown, (ref) => this.select(ref), (name) => this.act(name));
      left.append(make("h3", { text: "Events" }));
      this.list = new LongList(left, {
        label: "Events", count: () => this.items.length, fill: (row, index) => this.fill(row, index),
        picked: (index) => this.select(refOf(this.items[index])),
      });
      if (shown.length === 1) this.fillTables(section, shown[0]);
    }

    /// Every event of the runs as `2 · event + side`, by time.
    everyEvent() {
      const [a, b] = this.shown;
      if (!b) return Int32Array.from({ length: a.count }, (_, event) => event * 2);
      const merged = new Int32Array(a.count + b.count);
      for (let i = 0, x = 0, y = 0; i < merged.length; ++i)
        merged[i] = y >= b.count || (x < a.count && a.at[x] <= b.at[y]) ? 2 * x++ : 2 * y++ + 1;
      return merged;
    }

    bar() {
      this.query = make("input", {
        type: "search", placeholder: "Search events", "aria-label": "Search events", spellcheck: "false",
        autocomplete: "off", oninput: () => this.searchSoon(),
      });
      this.found = make("span", { class: "soft", "aria-live": "polite" });
      const button = (text, name, label) =>
        make("button", { type: "button", text, title: label, "aria-label": label, onclick: () => this.act(name) });
      const broken = this.shown.some((run) => run.broken.length > 0);
      return make("div", { class: "bar", role: "toolbar", "aria-label": "Timeline" },
        this.query, this.found, make("span", { class: "gap" }),
        broken ? button("next broken promise", "violation", "Next broken promise (v)") : null,
        this.shown.length > 1 ? button("divergence", "divergence", "Go to where the runs part (d)") : null,
        button("−", "out", "Zoom out (-)"), button("+", "in", "Zoom in (+)"), button("all", "whole", "The whole run (0)"),
        button("?", "help", "Keys (?)"));
    }

    fill(row, index) {
      const { side, event } = refOf(this.items[index]);
      const run = this.shown[side];
      const style = lanes.markOf(run.kind(event));
      if (style.form) row.classList.add("trouble");
      row.append(make("span", { class: "time", text: time.since(run.at[event]) }));
      if (this.shown.length > 1) row.append(make("b", { class: side === 0 ? "run-a" : "run-b", text: "AB"[side] }));
      row.append(make("span", { class: "words", text: run.words(event) }),
        make("span", { class: "kind", text: run.kind(event) }));
    }

    // ---- selecting ----

    select(ref, { quiet = false } = {}) {
      this.selected = ref;
      this.timeline.select(ref);
      this.panel.show(ref);
      this.list.choose(ref ? this.placeOf(ref) : -1);
      if (ref && !quiet) {
        this.timeline.reveal(ref);
        const run = this.shown[ref.side];
        document.getElementById("announce").textContent = `${time.since(run.at[ref.event])} ${run.words(ref.event)}`;
      }
      remember();
    }

    placeOf({ side, event }) { return this.items.indexOf(event * 2 + side); }

    step(by) {
      const last = this.items.length - 1;
      if (last < 0) return;
      const place = this.selected ? this.placeOf(this.selected) : -1;
      let next = place + by;
      if (!this.selected) next = by > 0 ? 0 : last;
      else if (place < 0) next = this.nearest(by);
      this.select(refOf(this.items[Math.max(0, Math.min(last, next))]));
    }

    /// The listed event after (or before) the selected one, which is not listed itself.
    nearest(by) {
      const at = this.shown[this.selected.side].at[this.selected.event];
      const timeAt = (item) => this.shown[item & 1].at[item >> 1];
      const after = this.items.findIndex((item) => timeAt(item) >= at);
      if (by > 0) return after < 0 ? this.items.length - 1 : after;
      return after < 0 ? this.items.length - 1 : after - 1;
    }

    stepWithin(by) {
      if (!this.selected) return this.step(by);
      const run = this.shown[this.selected.side];
      const workspace = run.workspace(this.selected.event);
      for (let event = this.selected.event + by; event >= 0 && event < run.count; event += by)
        if (run.workspace(event) === workspace) return this.select({ side: this.selected.side, event });
      return undefined;
    }

    violation(by) {
      const broken = this.shown.flatMap((run, side) => run.broken.map((event) => ({ side, event, at: run.at[event] })));
      broken.sort((a, b) => a.at - b.at || a.event - b.event || a.side - b.side);
      if (broken.length === 0) return;
      const same = (ref) => this.selected && ref.side === this.selected.side && ref.event === this.selected.event;
      let next = broken.findIndex(same);
      if (next >= 0) next += by;
      else {
        const at = this.selected ? this.shown[this.selected.side].at[this.selected.event] : by > 0 ? -1 : Infinity;
        next = by > 0 ? broken.findIndex((ref) => ref.at >= at) : broken.findLastIndex((ref) => ref.at <= at);
        if (next < 0) next = by > 0 ? 0 : broken.length - 1;
      }
      this.select(broken[(next + broken.length) % broken.length]);
    }

    follow(event) {
      if (event !== undefined && event >= 0) this.select({ side: this.selected.side, event });
    }

    divergence() {
      const at = this.timeline.scene.divergence;
      if (at !== null) this.timeline.show(at - 15e6, at + 30e6);
    }

    act(name) {
      const { timeline, selected } = this;
      const acts = {
        next: () => this.step(1), previous: () => this.step(-1),
        nextWithin: () => this.stepWithin(1), previousWithin: () => this.stepWithin(-1),
        violation: () => this.violation(1), violationBefore: () => this.violation(-1),
        cause: () => selected && this.follow(this.shown[selected.side].cause[selected.event]),
        effect: () => selected && this.follow(this.shown[selected.side].effects(selected.event)[0]),
        frame: () => selected && timeline.frame(selected),
        in: () => timeline.zoomKey(0.6), out: () => timeline.zoomKey(1 / 0.6),
        whole: () => timeline.show(0, timeline.length),
        divergence: () => this.divergence(),
        search: () => { this.query.focus(); this.query.select(); },
        clear: () => this.select(null), help: () => document.getElementById("keys").showModal(),
      };
      acts[name]();
    }

    // ---- searching ----

    searchSoon() {
      clearTimeout(this.searching);
      this.searching = setTimeout(() => this.search(), 120);
    }

    search() {
      const text = this.query.value;
      this.items = text.trim() ? this.matching(text) : this.all;
      this.found.textContent = text.trim() ? `${this.items.length} found` : "";
      this.timeline.mark(text.trim() ? this.items : null);
      this.list.refresh();
      this.list.choose(this.selected ? this.placeOf(this.selected) : -1);
      remember();
    }

    matching(text) {
      const found = this.shown.flatMap((run, side) => run.search(text).map((event) => event * 2 + side));
      const timeAt = (item) => this.shown[item & 1].at[item >> 1];
      return Int32Array.from(found.sort((a, b) => timeAt(a) - timeAt(b) || a - b));
    }

    // ---- the tables that may be long ----

    fillTables(section, run) {
      const decisions = section.querySelector(".decisions");
      if (decisions) {
        this.decisions = new LongList(decisions, {
          label: "Decisions", count: () => run.decisions.length,
          fill: (row, i) => fillDecision(row, run.decisions[i]),
          picked: (i) => { this.decisions.choose(i); this.goTo(run.decisions[i].at); },
        });
      }
      const responses = section.querySelector(".responses");
      if (responses) {
        this.responses = new LongList(responses, {
          label: "Answers", count: () => run.responses.length,
          fill: (row, i) => fillResponse(row, run.responses[i]),
          picked: (i) => { this.responses.choose(i); this.goTo(run.responses[i].at, "http.response"); },
        });
      }
    }

    /// Selects the first event of that instant or later, where there is one of that kind.
    goTo(at, kind) {
      const run = this.shown[0];
      const first = Math.min(run.firstAt(at), run.count - 1);
      let event = first;
      while (kind && event < run.count && run.at[event] === run.at[first] && run.kind(event) !== kind) ++event;
      this.select({ side: 0, event: event < run.count && run.at[event] === run.at[first] ? event : first });
    }

    print(on) {
      const { timeline } = this;
      timeline.printing = on;
      timeline.resize();
      for (const list of [this.decisions, this.responses]) if (list) list.print(on);
    }
  }

  const refOf = (item) => ({ side: item & 1, event: item >> 1 });

  function fillDecision(row, decision) {
    row.append(make("span", { class: "time", text: time.since(decision.at) }),
      make("span", { class: "words", text: decision.words }),
      make("span", { class: "kind", text: `${decision.site}#${decision.occurrence}=${decision.value}` }));
  }

  function fillResponse(row, response) {
    const failed = response.status === 0 || response.status >= 400;
    row.append(make("span", { class: "time", text: time.since(response.at) }),
      make("span", { class: failed ? "tag warn" : "tag", text: response.status || "no answer" }),
      make("span", { class: "words", text: `${response.request} (as ${response.as}): ${response.body}` }),
      make("span", { class: "kind", text: `${response.id}#${response.nth}` }));
  }

  /// The colours that occur, each with the states that it stands for.
  function legend(layout) {
    const states = new Set(layout.groups.flatMap((group) => group.lanes).flatMap((lane) => lane.bars)
      .map((bar) => bar.state));
    const known = Object.keys(lanes.colours).filter((state) => states.has(state));
    const entries = [...runs.groupBy(known, (state) => lanes.colourOf(state))];
    const sample = (colour, kind) => {
      const box = make("i", { class: kind });
      box.style.background = `var(${colour})`;
      return box;
    };
    return make("span", { class: "legend", "aria-hidden": "true" },
      ...entries.map(([colour, names]) => make("span", {}, sample(colour), names.join(", "))),
      make("span", {}, sample("--bad", "diamond"), "broken promise"), make("span", {}, sample("--c-red", "diamond"), "fault"));
  }

  // ---- tabs ----

  function viewerOf(tab) {
    if (!viewers.has(tab)) viewers.set(tab, makeViewer(tab));
    return viewers.get(tab);
  }

  function makeViewer(tab) {
    const section = panels[tab];
    if (!section.querySelector(".viewer")) return null;
    if (tab < runs.count) return new Viewer(section, [runs.get(tab)], null);
    const pair = runs.pairs[tab - runs.count];
    const shown = [runs.get(pair.a), runs.get(pair.b)];
    return new Viewer(section, shown, divergenceOf(pair, shown));
  }

  /// When two runs part: the earlier of the two events that they do not share.
  function divergenceOf(pair, shown) {
    if (pair.divergence === null) return null;
    const times = shown.filter((run) => pair.divergence < run.count).map((run) => run.at[pair.divergence]);
    return Math.min(...times);
  }

  function open(tab) {
    if (tab === current) return viewerOf(tab);
    current = tab;
    panels.forEach((panel, i) => { panel.hidden = i !== tab; });
    tabs.forEach((element, i) => {
      element.setAttribute("aria-selected", i === tab ? "true" : "false");
      element.tabIndex = i === tab ? 0 : -1;
    });
    tabs[tab]?.scrollIntoView({ block: "nearest" });
    const viewer = viewerOf(tab);
    viewer?.timeline.resize();
    return viewer;
  }

  function tabKey(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (tabs.indexOf(event.target) + by + tabs.length) % tabs.length;
    open(next);
    tabs[next].focus();
    remember();
  }

  // ---- the address ----

  let remembering = 0;
  let restoring = false;

  /// Writes the state into the address, a little later: browsers slow down a page that does it with each wheel turn.
  function remember() {
    if (restoring) return;
    clearTimeout(remembering);
    remembering = setTimeout(() => history.replaceState(null, "", `#${address()}`), 200);
  }

  function address() {
    const parts = [["tab", current]];
    const viewer = viewers.get(current);
    if (viewer) {
      const { selected, timeline } = viewer;
      if (selected) parts.push(["event", sideName(viewer, selected.side) + viewer.shown[selected.side].number(selected.event)]);
      if (!timeline.isWhole()) parts.push(["from", timeline.view.from / 1e6], ["to", timeline.view.to / 1e6]);
      if (viewer.query.value) parts.push(["search", viewer.query.value]);
    }
    return new URLSearchParams(parts).toString();
  }

  const sideName = (viewer, side) => (viewer.shown.length > 1 ? "ab"[side] : "");

  /// Brings the page to what its address says; what is missing or wrong there is left out.
  function restore() {
    restoring = true;
    const wanted = new URLSearchParams(location.hash.slice(1));
    const tab = Number(wanted.get("tab") ?? main.dataset.first);
    const viewer = open(Number.isInteger(tab) && panels[tab] ? tab : 0);
    if (viewer) restoreViewer(viewer, wanted);
    restoring = false;
  }

  function restoreViewer(viewer, wanted) {
    const [from, to] = [Number(wanted.get("from") ?? NaN) * 1e6, Number(wanted.get("to") ?? NaN) * 1e6];
    const windowed = Number.isFinite(from) && Number.isFinite(to) && from < to;
    if (windowed) viewer.timeline.show(from, to);
    if (wanted.has("search") && wanted.get("search") !== viewer.query.value) {
      viewer.query.value = wanted.get("search");
      viewer.search();
    }
    else if (!viewer.visited) viewer.timeline.home();
    const first = viewer.visited || windowed ? null : panels[current].dataset.event;
    viewer.visited = true;
    const ref = readEvent(viewer, wanted.get("event") ?? first);
    if (ref) viewer.select(ref, { quiet: windowed || !wanted.has("event") });
    if (ref && !windowed && wanted.has("event")) viewer.timeline.frame(ref);
  }

  /// A link to an event was followed: the timeline is to be seen as well.
  function followed() {
    restore();
    viewers.get(current)?.timeline.stage.scrollIntoView({ block: "nearest" });
  }

  function readEvent(viewer, text) {
    const match = /^([ab]?)(\d+)$/.exec(text ?? "");
    if (!match) return null;
    const side = match[1] === "b" && viewer.shown.length > 1 ? 1 : 0;
    const event = viewer.shown[side].withNumber(Number(match[2]));
    return event < 0 ? null : { side, event };
  }

  // ---- keys ----

  const keys = {
    ArrowRight: "next", ArrowLeft: "previous", v: "violation", V: "violationBefore", c: "cause", e: "effect",
    f: "frame", d: "divergence", "+": "in", "=": "in", "-": "out", 0: "whole", "/": "search", "?": "help",
    Escape: "clear",
  };
  const within = { ArrowRight: "nextWithin", ArrowLeft: "previousWithin" };
  const onStage = { ArrowUp: "cause", ArrowDown: "effect" };

  function keyPressed(event) {
    const viewer = viewers.get(current);
    if (!viewer || event.ctrlKey || event.metaKey || event.altKey || document.getElementById("keys").open) return;
    if (event.target.closest?.("input, select, textarea")) {
      if (event.key === "Escape" || event.key === "Enter") viewer.timeline.stage.focus();
      if (event.key === "Enter") viewer.step(1);
      return;
    }
    const name = (event.shiftKey && within[event.key]) || keys[event.key] ||
      (event.target === viewer.timeline.stage && onStage[event.key]);
    if (!name) return;
    event.preventDefault();
    viewer.act(name);
  }

  function keysDialog() {
    const rows = [
      ["← →", "previous and next event (of those that a search found)"], ["Shift ← →", "within its workspace"],
      ["v  V", "next and previous broken promise"], ["c  e", "to its cause, to its first effect"],
      ["f", "zoom to its chain of causes"], ["d", "where two runs part"], ["+  -  0", "zoom in, out, the whole run"],
      ["/", "search: all words, in sentences, kinds, details; or an event's number"], ["Esc", "select nothing"],
      ["wheel", "zoom at the pointer; with Shift, or sideways, move"], ["drag", "move"],
    ];
    return make("dialog", { id: "keys", "aria-label": "Keys" }, make("h2", { text: "Keys" }),
      make("table", {}, make("tbody", {}, ...rows.map(([key, what]) =>
        make("tr", {}, make("td", {}, make("kbd", { text: key })), make("td", { text: what }))))),
      make("form", { method: "dialog" }, make("button", { text: "Close" })));
  }

  // ---- paper ----

  let theme_before = null;

  function print(on) {
    const root = document.documentElement;
    if (on) {
      theme_before = root.getAttribute("data-theme");
      root.setAttribute("data-theme", "light");
    } else if (theme_before === null) {
      root.removeAttribute("data-theme");
    } else {
      root.setAttribute("data-theme", theme_before);
    }
    drydock.theme_changed();
    viewers.get(current)?.print(on);
  }

  // For tests, which measure a frame of it.
  drydock.shown_timeline = () => viewers.get(current)?.timeline;
  document.body.append(keysDialog());
  document.addEventListener("keydown", keyPressed);
  for (const element of tabs) element.addEventListener("keydown", tabKey);
  window.addEventListener("hashchange", followed);
  window.addEventListener("resize", () => viewers.get(current)?.timeline.resize());
  window.addEventListener("beforeprint", () => print(true));
  window.addEventListener("afterprint", () => print(false));
  document.documentElement.classList.add("scripted");
  if (panels.length > 0) restore();
  performance.mark("drydock-interactive");
})();
