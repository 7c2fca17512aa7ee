// Everything there is to say of one event: what it was, why it happened, what it led to, and what it did to the row of
// its workspace.
"use strict";

class Panel {
  /// `shown`: the runs of the timeline. `go(ref)` selects another event, `act(name)` does what a key would.
  constructor(mount, shown, go, act) {
    this.shown = shown;
    this.go = go;
    this.act = act;
    this.box = drydock.make("aside", { class: "panel", "aria-label": "Selected event" });
    mount.append(this.box);
    this.show(null);
  }

  show(ref) {
    this.box.replaceChildren(...(ref ? this.contents(ref) : this.nothing()));
    this.box.scrollTop = 0;
  }

  nothing() {
    const key = (name) => drydock.make("kbd", { text: name });
    return [
      drydock.make("p", { class: "soft" }, "No event is selected. Click one, or press ", key("→"), " for the first, ",
        key("v"), " for the next broken promise, ", key("/"), " to search, ", key("?"), " for all keys."),
    ];
  }

  contents(ref) {
    const run = this.shown[ref.side];
    const { event } = ref;
    return [
      this.buttons(ref), this.heading(run, ref), this.facts(run, event),
      ...this.broken(run, event), ...this.chain(run, ref), ...this.effects(run, ref), ...this.row(run, event),
    ];
  }

  buttons(ref) {
    const run = this.shown[ref.side];
    const button = (text, name, label, usable = true) => drydock.make("button", {
      type: "button", text, title: label, "aria-label": label, disabled: !usable, onclick: () => this.act(name),
    });
    return drydock.make("div", { class: "buttons" },
      button("←", "previous", "Previous event (←)"), button("→", "next", "Next event (→)"),
      button("cause", "cause", "To its cause (c)", run.cause[ref.event] >= 0),
      button("effect", "effect", "To its first effect (e)", run.effects(ref.event).length > 0),
      button("frame", "frame", "Zoom to its chain of causes (f)"));
  }

  heading(run, { side, event }) {
    const letter = this.shown.length > 1
      ? drydock.make("b", { class: side === 0 ? "run-a" : "run-b", text: "AB"[side] }) : null;
    return drydock.make("div", {},
      drydock.make("h3", {}, letter, `${run.words(event)}`),
      drydock.make("p", { class: "soft" },
        drydock.make("span", { class: "time", text: time.since(run.at[event]) }), " · ",
        drydock.make("span", { class: "time", text: time.calendar(run, run.at[event]) })));
  }

  table(pairs) {
    return drydock.make("table", {}, drydock.make("tbody", {}, ...pairs.map(([name, value]) =>
      drydock.make("tr", {}, drydock.make("th", { scope: "row", text: name }), drydock.make("td", { text: value })))));
  }

  facts(run, event) {
    const pairs = [["event", `${run.number(event)}, ${run.kind(event)}`], ["by", run.actor(event)],
      ["workspace", run.workspace(event)], ["instance", run.instance(event)]];
    return this.table([...pairs.filter(([, value]) => value), ...run.detail(event)]);
  }

  broken(run, event) {
    return run.violations.filter((violation) => violation.event === event).map((violation) =>
      drydock.make("p", { class: "note bad" }, drydock.make("b", { text: `${violation.invariant} was broken. ` }),
        violation.message));
  }

  link(run, side, event) {
    return drydock.make("li", {},
      drydock.make("span", { class: "time", text: time.since(run.at[event]) }), " ",
      drydock.make("button", {
        type: "button", class: "link", text: run.words(event), onclick: () => this.go({ side, event }),
      }));
  }

  chain(run, { side, event }) {
    const chain = run.chain(event).slice(1);
    if (chain.length === 0) return [drydock.make("p", { class: "soft", text: "Nothing in the record caused it." })];
    return [
      drydock.make("h3", { text: "Because of" }),
      drydock.make("ol", { class: "story causes" }, ...chain.map((cause) => this.link(run, side, cause))),
    ];
  }

  effects(run, { side, event }) {
    const effects = run.effects(event);
    if (effects.length === 0) return [];
    const shown = [...effects.slice(0, 40)].map((effect) => this.link(run, side, effect));
    if (effects.length > 40) shown.push(drydock.make("li", { class: "soft", text: `and ${effects.length - 40} more` }));
    return [drydock.make("h3", { text: "Led to" }), drydock.make("ul", { class: "story effects" }, ...shown)];
  }

  /// The row of the event's workspace: one column where it stayed as it was, two where it changed.
  row(run, event) {
    const workspace = run.workspace(event);
    const { before, after } = run.rowAround(event, workspace);
    if (!after && !before) return [];
    const columns = ["status", "instance", "url"];
    const value = (row, column) => (row && row.exists ? row[column] || "NULL" : "no row");
    const changed = columns.some((column) => value(before, column) !== value(after, column));
    const cells = (column) => {
      const other = value(before, column) !== value(after, column);
      const cell = (row) => drydock.make("td", { class: other ? "changed" : null, text: value(row, column) });
      return changed ? [cell(before), cell(after)] : [cell(after)];
    };
    const head = changed ? ["", "before", "after"] : ["", "before and after"];
    return [
      drydock.make("h3", { text: `The row of ${workspace}` }),
      drydock.make("table", { class: "row-state" },
        drydock.make("thead", {}, drydock.make("tr", {}, ...head.map((text) => drydock.make("th", { text })))),
        drydock.make("tbody", {}, ...columns.map((column) => drydock.make("tr", {},
          drydock.make("th", { scope: "row", text: column === "instance" ? "instance_id" : column }), ...cells(column))))),
    ];
  }
}
