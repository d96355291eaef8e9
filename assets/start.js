// Starts Dash's renderer, once every script before it is there. A file of its own, since the page's
// security policy lets no script run that stands in the document.
(function () {
  "use strict";
  new window.DashRenderer();
})();
