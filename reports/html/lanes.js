// What stands where in a timeline: groups of lanes, made of a run's events and states. A lane has bars (states that
// last) and marks (events), both sorted by time, so that the painter finds what is visible by bisection.
"use strict";

const lanes = (() => {
  const heights = { status: 20, events: 18, instance: 17, volume: 11, other: 18 };

  // Colour variable of the style sheet for each state; what is not here is grey.
  const colours = {
    online: "--c-green", degraded: "--c-orange", provisioning: "--c-sky", failed: "--c-red",
    offline: "--c-grey", paused: "--c-purple", hibernating: "--c-purple", hibernated: "--c-purple",
    removed: "--line", awaiting_agent: "--c-yellow",
    pending: "--c-sky", running: "--c-blue", "shutting-down": "--c-orange", stopping: "--c-orange",
    stopped: "--c-grey",
    creating: "--c-sky", available: "--c-yellow", "in-use": "--c-blue", deleting: "--c-orange",
    error: "--c-red",
  };
  const gone = new Set(["terminated", "deleted", ""]);

  /// What an event looks like, by its kind: a colour, and how tall its mark is (0 to 1).
  function markOf(kind) {
    if (kind === "violation") return { colour: "--bad", size: 1, form: "diamond" };
    if (kind === "fault.injected" || kind === "process.crash") return { colour: "--c-red", size: 1, form: "bolt" };
    if (/failed|exhausted|rejected|error|dead$/.test(kind)) return { colour: "--c-orange", size: 0.9 };
    if (/dropped|skipped/.test(kind)) return { colour: "--c-purple", size: 0.7 };
    if (kind.startsWith("agent.") || kind === "sweep.tick") return { colour: "--c-grey", size: 0.3, low: true };
    if (kind.startsWith("http.")) return { colour: "--c-blue", size: 0.55 };
    if (kind.startsWith("ec2.") || kind.startsWith("snapshot.")) return { colour: "--c-sky", size: 0.7 };
    if (kind === "structure_event" || kind === "platform.log") return { colour: "--c-grey", size: 0.55 };
    return { colour: "--accent", size: 0.8 };
  }

  /// Bars of states that follow each other: each lasts until the next, the last until the end.
  function barsOf(states, end, describe) {
    return states.map((state, i) => ({
      from: state.at, to: i + 1 < states.length ? states[i + 1].at : end, state: state.state,
      event: state.event, label: state.label ?? state.state, title: describe(state),
    })).filter((bar) => !gone.has(bar.state) && bar.to >= bar.from);
  }

  class Builder {
    constructor(run) {
      this.run = run;
      this.groups = new Map();
      this.laneOf = new Array(run.count);  // of each event
    }

    group(label) {
      if (!this.groups.has(label)) this.groups.set(label, { label, run: this.run, lanes: [], byKey: new Map() });
      return this.groups.get(label);
    }

    lane(group, key, label, kind) {
      if (!group.byKey.has(key)) {
        const lane = { label, kind, run: this.run, group, height: heights[kind], bars: [], marks: [], order: key };
        group.byKey.set(key, lane);
        group.lanes.push(lane);
      }
      return group.byKey.get(key);
    }

    build() {
      this.addWorkspaces();
      this.addInstances();
      this.addVolumes();
      this.addEvents();
      for (const group of this.groups.values()) this.finish(group);
      return [...this.groups.values()].filter((group) => group.lanes.length > 0);
    }

    addWorkspaces() {
      for (const [workspace, rows] of this.run.rowsOf) {
        const lane = this.lane(this.group(workspace), "0", "row", "status");
        const states = rows.filter((row, i) => i === 0 || row.exists !== rows[i - 1].exists ||
                                   row.status !== rows[i - 1].status)
          .map((row) => ({ at: row.at, event: row.event, state: row.exists ? row.status : "" }));
        lane.bars = barsOf(states, this.run.length, (state) => `${workspace} is ${state.state}`);
      }
    }

    /// The states of each instance. One that was there at time zero is known by its row, its volume, or its first event.
    instanceStates() {
      const { run } = this;
      const found = new Map();
      const enter = (instance, workspace, at, event, state) => {
        if (!found.has(instance)) found.set(instance, { workspace, states: [] });
        found.get(instance).states.push({ at, event, state });
      };
      for (const thing of [...run.rows, ...run.volumes]) {
        const exists = thing.event < 0 && thing.at === 0 && thing.instance;
        if (exists && !found.has(thing.instance)) enter(thing.instance, thing.workspace, 0, -1, "running");
      }
      for (const event of run.indicesOf("ec2.state")) {
        const instance = run.instance(event);
        const from = run.value(event, "from");
        if (!found.has(instance) && from && from !== "none") enter(instance, run.workspace(event), 0, -1, from);
        enter(instance, run.workspace(event), run.at[event], event, run.value(event, "to"));
      }
      return found;
    }

    addInstances() {
      const free = new Map();  // of each workspace, when each of its instance lanes is free again
      this.instanceLane = new Map();
      for (const [instance, { workspace, states }] of this.instanceStates()) {
        const bars = barsOf(states, this.run.length, (state) => `${instance} is ${state.state}`);
        bars.forEach((bar) => { bar.label = instance; });
        const begin = states[0].at;
        const end = bars.length > 0 ? bars[bars.length - 1].to : begin;
        const ends = free.get(workspace) ?? [];
        free.set(workspace, ends);
        let slot = ends.findIndex((until) => until <= begin);
        if (slot < 0) slot = ends.length;
        ends[slot] = end;
        const label = slot === 0 ? "instances" : "at the same time";
        const lane = this.lane(this.group(workspace), `2.${String(slot).padStart(4, "0")}`, label, "instance");
        lane.bars.push(...bars);
        this.instanceLane.set(instance, lane);
      }
    }

    addVolumes() {
      const free = new Map();
      for (const [volume, states] of runs.groupBy(this.run.volumes, (state) => state.volume)) {
        const { workspace } = states[0];
        const bars = barsOf(states, this.run.length, (state) => `${volume} is ${state.state}` +
          (state.instance ? ` by ${state.instance}` : ""));
        bars.forEach((bar) => { bar.label = ""; });
        const end = bars.length > 0 ? bars[bars.length - 1].to : states[0].at;
        const ends = free.get(workspace) ?? [];
        free.set(workspace, ends);
        let slot = ends.findIndex((until) => until <= states[0].at);
        if (slot < 0) slot = ends.length;
        ends[slot] = end;
        const key = `3.${String(slot).padStart(4, "0")}`;
        this.lane(this.group(workspace), key, slot === 0 ? "volumes" : "", "volume").bars.push(...bars);
      }
    }

    addEvents() {
      for (let event = 0; event < this.run.count; ++event) {
        const lane = this.laneOfShape(this.run.shape[event], event);
        this.laneOf[event] = lane;
        lane.marks.push(event);
      }
    }

    laneOfShape(shape, event) {
      this.shapeLanes ??= new Map();
      if (!this.shapeLanes.has(shape)) this.shapeLanes.set(shape, this.placeOf(event));
      return this.shapeLanes.get(shape);
    }

    /// Where events like this one stand. What a workspace's instance does stands with the instance, requests with
    /// their caller, faults and loops on lanes of their own, and the rest with its workspace.
    placeOf(event) {
      const { run } = this;
      const kind = run.kind(event);
      const workspace = run.workspace(event);
      const instance = run.instance(event);
      if (kind === "fault.injected" || kind.startsWith("process."))
        return this.lane(this.group("\u0000world"), "0", "faults", "other");
      if (kind === "http.request") {
        const caller = run.value(event, "as") || "clients";
        return this.lane(this.group("\u0001clients"), caller, `from ${caller}`, "other");
      }
      const ofCloud = /^(ec2|agent|snapshot)\./.test(kind);
      if (ofCloud && this.instanceLane.has(instance)) return this.instanceLane.get(instance);
      if (workspace) return this.lane(this.group(workspace), "1", "events", "events");
      const loop = run.value(event, "sweeper");
      if (loop) return this.lane(this.group("\u0002loops"), loop, `loop ${loop}`, "other");
      if (kind === "calm.begin" || kind === "violation")
        return this.lane(this.group("\u0000world"), "1", "world", "other");
      return this.lane(this.group("\u0002loops"), run.actor(event), run.actor(event) || "others", "other");
    }

    finish(group) {
      group.lanes.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
      for (const lane of group.lanes) {
        lane.bars.sort((a, b) => a.from - b.from);
        lane.barFrom = Float64Array.from(lane.bars, (bar) => bar.from);
        lane.markAt = Float64Array.from(lane.marks, (event) => this.run.at[event]);
      }
    }
  }

  const names = { "\u0000world": "world", "\u0001clients": "clients", "\u0002loops": "loops" };

  /// The groups of one run, or of two interleaved: each workspace of the one above the same of the other.
  function layOut(shown) {
    const builders = shown.map((run) => new Builder(run));
    const built = builders.map((builder) => builder.build());
    const labels = [...new Set(built.flat().map((group) => group.label))];
    const workspaces = labels.filter((label) => !(label in names));
    const order = ["\u0000world", ...workspaces, "\u0001clients", "\u0002loops"];
    const groups = [];
    for (const label of order) {
      built.forEach((of, run) => {
        const group = of.find((candidate) => candidate.label === label);
        if (group) groups.push({ ...group, title: names[label] ?? label, letter: shown.length > 1 ? "AB"[run] : "" });
      });
    }
    return { groups, laneOf: builders.map((builder) => builder.laneOf), height: place(groups) };
  }

  /// Gives every lane its place from the top; returns how tall all of it is.
  function place(groups) {
    let y = 0;
    for (const group of groups) {
      group.y = y;
      y += 4;
      for (const lane of group.lanes) {
        lane.y = y;
        y += lane.height + 2;
      }
      y += 5;
      group.height = y - group.y;
    }
    return y;
  }

  return { layOut, markOf, colourOf: (state) => colours[state] ?? "--c-grey", colours };
})();
