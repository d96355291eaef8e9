// Keeps the focus on the page: when what has it goes (a button of a message that an answer
// replaced, a line that is no longer true), the heading of its card gets it, else the page's own.
(function () {
  "use strict";

  let last = null; // the element that had the focus, and the card around it

  function remember(event) {
    last = { element: event.target, card: event.target.closest(".panel") };
  }

  function isGone(element) {
    return !element.isConnected || !element.checkVisibility();
  }

  function keep() {
    if (last === null || document.activeElement !== document.body || !isGone(last.element)) {
      return;
    }
    const card = last.card !== null && !isGone(last.card) ? last.card.querySelector("h2") : null;
    const heading = card || document.querySelector("h1");
    last = null;
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
  }

  // A browser takes the focus from what was hidden with its next frame, so look after that.
  function lookLater() {
    window.requestAnimationFrame(() => window.requestAnimationFrame(keep));
  }

  document.addEventListener("focusin", remember);
  document.addEventListener("pointerdown", () => (last = null), true);
  new MutationObserver(lookLater).observe(document.body, {
    attributeFilter: ["hidden"],
    childList: true,
    subtree: true,
  });
})();
