// The menus: a press elsewhere and Escape close them. Export's link leads to the view that is shown;
// the page for paper that it opens asks for the browser's print dialog once all is drawn.
(function () {
  "use strict";

  const ID = { menu: "export", print: "print", main: "main" };
  const ASKED = "#print"; // only the menu's link says so: a link that was sent prints nothing

  function opened() {
    return document.querySelector("details.menu[open]");
  }

  function lead() {
    const query = new URLSearchParams(window.location.search);
    query.delete("view");
    query.append("view", "print");
    document.getElementById(ID.print).setAttribute("href", "?" + query + ASKED);
  }

  function close(returns) {
    const menu = opened();
    if (menu !== null) {
      menu.open = false;
      if (returns) {
        menu.querySelector("summary").focus();
      }
    }
  }

  function leave(event) {
    if (opened() !== null && !opened().contains(event.target)) {
      close(false);
    }
  }

  function onPress(event) {
    leave(event);
    if (event.target.closest(".menu-entry") !== null) {
      close(true);
    }
  }

  function isDrawn() {
    const main = document.getElementById(ID.main);
    const charts = Array.from(document.querySelectorAll(".chart:not([hidden])"));
    return (
      main !== null &&
      main.getAttribute("aria-busy") === "false" &&
      charts.every((chart) => chart.querySelector(".main-svg") !== null)
    );
  }

  function printWhenDrawn() {
    if (isDrawn()) {
      document.fonts.ready.then(() => window.print());
    } else {
      window.requestAnimationFrame(printWhenDrawn);
    }
  }

  // `toggle` does not bubble, but it can be caught on its way down
  document.addEventListener("toggle", (event) => event.target.id === ID.menu && lead(), true);
  document.addEventListener("click", onPress);
  document.addEventListener("focusin", leave);
  document.addEventListener("keydown", (event) => event.key === "Escape" && close(true));
  if (window.creditsTheme.prints && window.location.hash === ASKED) {
    window.requestAnimationFrame(printWhenDrawn);
  }
})();
