// The runs of the page, decoded into columns when they are first looked at. An event is a number: its place in the
// record. docs/reports.md says what the data is made of.
"use strict";

const runs = (() => {
  const page = drydock.data();
  const decoded = new Map();

  class Run {
    constructor(index) {
      const data = page.runs[index];
      this.index = index;
      this.scenario = data.scenario;
      this.name = data.case;
      this.policy = data.policy;
      this.length = data.length;
      this.start = data.start;
      this.decodeEvents(data.events);
      this.rows = data.rows.map(readRow);
      this.volumes = data.volumes.map(readVolume);
      this.violations = data.violations.map(readViolation);
      this.decisions = data.decisions.map(readDecision);
      this.responses = data.responses.map(readResponse);
      this.rowsOf = groupBy(this.rows, (row) => row.workspace);
      this.broken = this.brokenPromises();
    }

    /// The events that say that a promise was broken, and those that broke one of which no event says so.
    brokenPromises() {
      const told = this.indicesOf("violation");
      const known = new Set(told.map((event) => this.cause[event]));
      const untold = this.violations.map((violation) => violation.event)
        .filter((event) => event >= 0 && !known.has(event) && !told.includes(event));
      return [...told, ...new Set(untold)].sort((a, b) => a - b);
    }

    decodeEvents(columns) {
      const count = columns.at.length;
      this.count = count;
      this.first = columns.first;
      this.at = new Float64Array(count);
      this.shape = Int32Array.from(columns.shape);
      this.cause = new Int32Array(count);
      let now = 0;
      for (let i = 0; i < count; ++i) {
        now += columns.at[i];
        this.at[i] = now;
        this.cause[i] = columns.back[i] ? i - columns.back[i] : -1;
      }
    }

    /// The number that the record gives an event, and back; -1 where there is no such event.
    number(event) { return event + this.first; }
    withNumber(number) {
      const event = number - this.first;
      return Number.isInteger(event) && event >= 0 && event < this.count ? event : -1;
    }

    part(event, column) { return page.texts[page.shapes[this.shape[event]][column]]; }
    kind(event) { return this.part(event, 0); }
    actor(event) { return this.part(event, 1); }
    workspace(event) { return this.part(event, 2); }
    instance(event) { return this.part(event, 3); }
    words(event) { return this.part(event, 5); }
    /// Pairs of a name and a value; what is no object is a value without a name.
    detail(event) {
      const fields = page.details[page.shapes[this.shape[event]][4]].map((text) => page.texts[text]);
      if (fields.length === 1) return [["", fields[0]]];
      const pairs = [];
      for (let i = 0; i < fields.length; i += 2) pairs.push([fields[i], fields[i + 1]]);
      return pairs;
    }
    value(event, name) {
      const found = this.detail(event).find((pair) => pair[0] === name);
      return found ? found[1] : "";
    }

    indicesOf(kind) {
      const wanted = new Set();
      page.shapes.forEach((shape, id) => { if (page.texts[shape[0]] === kind) wanted.add(id); });
      return this.eventsOfShapes(wanted);
    }
    eventsOfShapes(wanted) {
      const found = [];
      for (let i = 0; i < this.count; ++i) if (wanted.has(this.shape[i])) found.push(i);
      return found;
    }

    /// What an event led to directly.
    effects(event) {
      if (!this.effectStart) this.linkEffects();
      return this.effectList.subarray(this.effectStart[event], this.effectStart[event + 1]);
    }
    linkEffects() {
      const start = new Int32Array(this.count + 1);
      for (const cause of this.cause) if (cause >= 0) ++start[cause + 1];
      for (let i = 0; i < this.count; ++i) start[i + 1] += start[i];
      const next = start.slice();
      this.effectList = new Int32Array(start[this.count]);
      this.cause.forEach((cause, event) => { if (cause >= 0) this.effectList[next[cause]++] = event; });
      this.effectStart = start;
    }

    /// From an event back to what it all began with, itself first.
    chain(event) {
      const chain = [];
      for (let at = event; at >= 0 && chain.length < 257; at = this.cause[at]) chain.push(at);
      return chain;
    }

    /// The first event at that time or later; `count` where there is none.
    firstAt(time) { return lowerBound(this.at, time); }

    /// A workspace's row as an event found it, and as it left it; undefined where nothing is known.
    rowAround(event, workspace) {
      let before;
      let after;
      for (const row of this.rowsOf.get(workspace) ?? []) {
        if (row.at > this.at[event]) break;
        if (row.at < this.at[event] || row.event < event) before = row;
        if (row.at < this.at[event] || row.event <= event) after = row;
      }
      return { before, after };
    }

    /// Events whose sentence, kind or detail contains all of the words.
    search(text) {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length === 0) return [];
      const number = /^#?(\d+)$/.exec(text.trim());
      const wanted = new Set();
      page.shapes.forEach((shape, id) => {
        const hay = haystack(shape);
        if (words.every((word) => hay.includes(word))) wanted.add(id);
      });
      const found = this.eventsOfShapes(wanted);
      const exact = number ? this.withNumber(Number(number[1])) : -1;
      return exact >= 0 && !found.includes(exact) ? [exact, ...found] : found;
    }
  }

  function haystack(shape) {
    const texts = [shape[0], shape[1], shape[2], shape[3], shape[5], ...page.details[shape[4]]];
    return texts.map((text) => page.texts[text]).join("\n").toLowerCase();
  }

  const readRow = ([event, at, workspace, exists, status, url, instance]) => ({
    event, at, workspace: page.texts[workspace], exists: exists === 1, status: page.texts[status],
    url: page.texts[url], instance: page.texts[instance],
  });
  const readVolume = ([event, at, volume, workspace, instance, state]) => ({
    event, at, volume: page.texts[volume], workspace: page.texts[workspace],
    instance: page.texts[instance], state: page.texts[state],
  });
  const readViolation = ([event, at, invariant, message, workspace, instance]) => ({
    event, at, invariant: page.texts[invariant], message: page.texts[message],
    workspace: page.texts[workspace], instance: page.texts[instance],
  });
  const readDecision = ([at, site, occurrence, bound, value, words]) => ({
    at, site: page.texts[site], occurrence, bound, value, words: page.texts[words],
  });
  const readResponse = ([at, id, nth, request, as, status, headers, body]) => ({
    at, id: page.texts[id], nth, request: page.texts[request], as: page.texts[as], status,
    headers: page.texts[headers], body: page.texts[body],
  });

  function groupBy(items, key) {
    const groups = new Map();
    for (const item of items) {
      if (!groups.has(key(item))) groups.set(key(item), []);
      groups.get(key(item)).push(item);
    }
    return groups;
  }

  /// The first place in a sorted column whose value is not less.
  function lowerBound(column, value, from = 0, to = column.length) {
    while (from < to) {
      const middle = (from + to) >> 1;
      if (column[middle] < value) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  function get(index) {
    if (!decoded.has(index)) decoded.set(index, new Run(index));
    return decoded.get(index);
  }

  return { count: page.runs.length, pairs: page.pairs, get, groupBy, lowerBound };
})();

/// Times as reports write them.
const time = {
  /// `+30.451s`
  since(micros) {
    const ms = Math.floor(micros / 1000);
    return `+${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}s`;
  },
  /// The instant as a calendar has it.
  calendar(run, micros) {
    return new Date((run.start + micros) / 1000).toISOString();
  },
  /// `250ms`, `25.7s`, `12m 30s`, `3h 05m`, `2d 04h`
  length(micros) {
    const s = micros / 1e6;
    const two = (n) => String(Math.floor(n)).padStart(2, "0");
    if (micros === 0) return "0s";
    if (s < 1e-3) return `${Math.round(micros)}µs`;
    if (s < 1) return `${Math.round(s * 1e4) / 10}ms`;
    if (s < 60) return `${Math.round(s * 1000) / 1000}s`;
    if (s < 3600) return `${Math.floor(s / 60)}m ${two(s % 60)}s`;
    if (s < 86400) return `${Math.floor(s / 3600)}h ${two((s % 3600) / 60)}m`;
    return `${Math.floor(s / 86400)}d ${two((s % 86400) / 3600)}h`;
  },
};
