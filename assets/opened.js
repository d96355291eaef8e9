// Keeps open what the reader opened, when an answer replaces it: the arithmetic of plans.
(function () {
  "use strict";

  const OPENED = "details.fit";

  let open = false;

  function onToggle(event) {
    if (event.target.matches(OPENED)) {
      open = event.target.open;
    }
  }

  function openAgain() {
    const details = document.querySelector(OPENED);
    if (open && details !== null) {
      details.open = true;
    }
  }

  document.addEventListener("toggle", onToggle, true); // it does not bubble
  window.creditsChanges.tell(openAgain);
})();
