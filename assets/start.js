// Starts Dash's renderer, once every script before it is there, and takes away what stood in the
// page's place until now. A file of its own, since the page's security policy lets no script run
// that stands in the document.
(function () {
  "use strict";

  const shell = document.querySelector(".shell");
  const entry = shell.nextElementSibling;
  const watch = new MutationObserver(() => {
    if (entry.querySelector("main") !== null) {
      watch.disconnect();
      shell.remove();
    }
  });
  watch.observe(entry, { childList: true, subtree: true });
  new window.DashRenderer();
})();
