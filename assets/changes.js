// One watch over the page for all its scripts: a drawing makes thousands of changes, and each
// watcher more would be told of each of them.
(function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const told = [];

  // What happens inside a drawing is nobody's business.
  function look(changes) {
    if (changes.some((change) => change.target.namespaceURI !== SVG)) {
      told.forEach((tell) => tell());
    }
  }

  new MutationObserver(look).observe(document.body, {
    attributeFilter: ["hidden"],
    childList: true,
    subtree: true,
  });
  window.creditsChanges = { tell: (listener) => told.push(listener) };
})();
