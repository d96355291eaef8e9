// Keeps the focus where it is. An answer replaces what it says with new elements: the focus goes
// to the one that stands where its element stood. Where there is none (a button of a message that
// is gone, a line that is no longer true), the heading of its card gets it, else the page's own.
(function () {
  "use strict";

  const CARD = ".panel, .month";

  let last = null; // the element that had the focus, the card around it, and its place there

  // What an element does, whatever it says.
  function does(element) {
    const names = ["href", "data-act", "data-value", "class"];
    return [element.tagName, ...names.map((name) => element.getAttribute(name))].join("\n");
  }

  function alike(card, what) {
    return Array.from(card.querySelectorAll("a, button, summary")).filter((e) => does(e) === what);
  }

  function remember(event) {
    const element = event.target;
    const card = element.closest(CARD);
    const what = does(element);
    const place = card === null ? -1 : alike(card, what).indexOf(element);
    last = { element: element, card: card, what: what, place: place };
  }

  function isGone(element) {
    return !element.isConnected || !element.checkVisibility();
  }

  function successor() {
    if (last.card === null || isGone(last.card)) {
      return null;
    }
    const found = alike(last.card, last.what)[last.place];
    return found && !isGone(found) ? found : last.card.querySelector("h2");
  }

  function keep() {
    if (last === null || document.activeElement !== document.body || !isGone(last.element)) {
      return;
    }
    const next = successor() || document.querySelector("h1");
    last = null;
    if (next.matches("h1, h2")) {
      next.setAttribute("tabindex", "-1");
    }
    next.focus({ preventScroll: true });
  }

  // A browser takes the focus from what was hidden with its next frame, so look after that.
  function lookLater() {
    window.requestAnimationFrame(() => window.requestAnimationFrame(keep));
  }

  document.addEventListener("focusin", remember);
  document.addEventListener("pointerdown", () => (last = null), true);
  window.creditsChanges.tell(lookLater);
})();
