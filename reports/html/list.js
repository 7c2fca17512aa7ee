// A list of any length that has elements only for what can be seen of it.
"use strict";

class LongList {
  /// `options`: label; count(); fill(row, index) puts an entry's content into an empty element; picked(index).
  constructor(mount, options) {
    this.options = options;
    this.row = 24;
    this.chosen = -1;
    this.id = `list-${LongList.made = (LongList.made ?? 0) + 1}`;
    this.space = drydock.make("div", { class: "space", role: "presentation" });
    this.box = drydock.make("div", { class: "long-list", role: "listbox", tabindex: "0", "aria-label": options.label },
      this.space);
    mount.append(this.box);
    this.box.addEventListener("scroll", () => this.request());
    this.box.addEventListener("click", (event) => this.click(event));
    this.box.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.render()).observe(this.box);
    this.refresh();
  }

  /// The entries have changed.
  refresh() {
    this.space.style.height = `${this.options.count() * this.row}px`;
    this.box.style.height = `${Math.min(this.options.count(), 14) * this.row + 2}px`;
    this.render();
  }

  /// On paper there is no scrolling: the first five hundred entries stand there, and how many more there are.
  print(on) {
    const shown = Math.min(this.options.count(), 500);
    this.box.classList.toggle("printed", on);
    if (!on) return this.refresh();
    this.space.style.height = this.box.style.height = "auto";
    this.space.replaceChildren(...Array.from({ length: shown }, (_, i) => this.make(i)));
    if (shown < this.options.count())
      this.space.append(drydock.make("p", { class: "soft", text: `and ${this.options.count() - shown} more` }));
    return undefined;
  }

  request() {
    if (this.requested) return;
    this.requested = true;
    requestAnimationFrame(() => this.render());
  }

  render() {
    this.requested = false;
    if (this.box.classList.contains("printed")) return;
    const from = Math.max(0, Math.floor(this.box.scrollTop / this.row) - 4);
    const to = Math.min(this.options.count(), from + Math.ceil(this.box.clientHeight / this.row) + 9);
    const rows = [];
    for (let i = from; i < to; ++i) rows.push(this.make(i));
    this.space.replaceChildren(...rows);
    if (this.chosen >= from && this.chosen < to) this.box.setAttribute("aria-activedescendant", `${this.id}-${this.chosen}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  make(index) {
    const row = drydock.make("div", {
      class: "entry", role: "option", id: `${this.id}-${index}`, "aria-setsize": this.options.count(),
      "aria-posinset": index + 1, "aria-selected": index === this.chosen ? "true" : "false",
    });
    row.dataset.index = index;
    row.style.top = `${index * this.row}px`;
    this.options.fill(row, index);
    return row;
  }

  /// Marks an entry (-1: none) and scrolls to it.
  choose(index) {
    this.chosen = index;
    if (index >= 0) {
      const y = index * this.row;
      const room = this.box.clientHeight;
      if (y < this.box.scrollTop || y + this.row > this.box.scrollTop + room)
        this.box.scrollTop = Math.max(0, y - room / 2);
    }
    this.render();
  }

  click(event) {
    const row = event.target.closest(".entry");
    if (row) this.options.picked(Number(row.dataset.index));
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.row) - 1);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const last = this.options.count() - 1;
    if (last >= 0) this.options.picked(Math.max(0, Math.min(last, this.chosen + by)));
  }
}
