// The page of a sweep: what a cell says, below the picture, for whoever points at it or steps to it.
"use strict";

(() => {
  const line = document.getElementById("cell");
  const say = (event) => {
    const cell = event.target.closest(".cell");
    if (cell) line.textContent = cell.getAttribute("aria-label");
  };
  document.addEventListener("pointerover", say);
  document.addEventListener("focusin", say);
})();
