// What every page of Drydock shares: its data, its theme, copy buttons, and a way to make elements that cannot be
// tricked into markup. Text of a run only ever becomes `textContent`.
"use strict";

const drydock = (() => {
  const themes = ["auto", "light", "dark"];
  const colour_probe = document.createElement("i");
  const on_theme = [];

  /// The page's data, parsed; null where there is none.
  function data() {
    const text = document.getElementById("data").textContent;
    return text ? JSON.parse(text) : null;
  }

  /// An element with attributes (`text` is its text, `on…` functions are listeners) and children.
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === null || value === false) continue;
      if (name === "text") element.textContent = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  /// What a colour variable of the style sheet is now, as a canvas takes it.
  function colour(name) {
    colour_probe.style.color = `var(${name})`;
    return getComputedStyle(colour_probe).color;
  }

  /// Calls back when light has become dark or the other way round, and before and after printing.
  function when_theme_changes(callback) {
    on_theme.push(callback);
  }

  function theme_changed() {
    for (const callback of on_theme) callback();
  }

  function remember(theme) {
    // A page opened from a file may have no storage.
    try {
      localStorage.setItem("drydock-theme", theme);
    } catch { /* then it is forgotten */ }
  }

  function remembered() {
    try {
      const theme = localStorage.getItem("drydock-theme");
      return themes.includes(theme) ? theme : "auto";
    } catch {
      return "auto";
    }
  }

  function set_theme(theme) {
    const root = document.documentElement;
    if (theme === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", theme);
    const button = document.getElementById("theme");
    button.textContent = `Theme: ${theme}`;
    button.value = theme;
    theme_changed();
  }

  function prepare_theme() {
    const button = document.getElementById("theme");
    button.hidden = false;
    button.title = "Light, dark, or as the system has it";
    button.addEventListener("click", () => {
      const next = themes[(themes.indexOf(button.value) + 1) % themes.length];
      set_theme(next);
      remember(next);
    });
    set_theme(remembered());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme_changed);
  }

  async function copy(code, button) {
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }

  /// Gives every `.copy` a button.
  function prepare_copying() {
    for (const line of document.querySelectorAll(".copy")) {
      const code = line.querySelector("code");
      const button = make("button", { type: "button", text: "Copy", "aria-label": "Copy this line" });
      button.addEventListener("click", () => copy(code, button));
      line.append(button);
    }
  }

  colour_probe.hidden = true;
  document.body.append(colour_probe);
  prepare_theme();
  prepare_copying();
  return { data, make, colour, when_theme_changes, theme_changed };
})();
