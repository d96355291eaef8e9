// Puts the theme on the page before its first paint and keeps the reader's choice in this browser.
// It never asks the server: credits.js hears "credits:theme" and asks for the figures once more.
(function () {
  "use strict";

  const KEY = "credits-theme";
  const root = document.documentElement;
  // ?view=print is for paper, which is white in every theme.
  const prints = new URLSearchParams(window.location.search).get("view") === "print";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  let unsaved = "system"; // where storage is blocked, the choice lasts as long as the page

  function chosen() {
    let choice = unsaved;
    try {
      choice = window.localStorage.getItem(KEY);
    } catch (blocked) {
      // keep the one of this page
    }
    return choice === "light" || choice === "dark" ? choice : "system";
  }

  function other(theme) {
    return theme === "dark" ? "light" : "dark";
  }

  function ofSystem() {
    return system.matches ? "dark" : "light";
  }

  function inForce() {
    if (prints) {
      return "light";
    }
    return chosen() === "system" ? ofSystem() : chosen();
  }

  // From the system's theme to its opposite, so that the first press always shows; then the
  // system's own look by name; then back to the system.
  function next() {
    if (chosen() === "system") {
      return other(ofSystem());
    }
    return chosen() === ofSystem() ? "system" : ofSystem();
  }

  function paint() {
    root.setAttribute("data-view", prints ? "print" : "screen");
    root.setAttribute("data-bs-theme", inForce());
    root.setAttribute("data-theme-choice", chosen());
    root.setAttribute("data-theme-next", next());
    window.dispatchEvent(new CustomEvent("credits:theme"));
  }

  function change() {
    unsaved = next();
    try {
      window.localStorage.setItem(KEY, unsaved);
    } catch (blocked) {
      // the choice lasts as long as the page
    }
    paint();
  }

  system.addEventListener("change", paint);
  window.addEventListener("storage", paint); // another tab changed it
  window.creditsTheme = { change: change, inForce: inForce, prints: prints };
  paint();
})();
