/* Says where Plotly is: our smaller bundle. Dash would fetch its full one (4.7 MB) from the place
   that it writes into window._dashPlotlyJSURL, so that property always answers ours. The bundle is
   loaded when the first chart asks for it, and never blocks the page. */
(function () {
  "use strict";
  var address = document.currentScript.dataset.plotly;
  Object.defineProperty(window, "_dashPlotlyJSURL", {
    get: function () {
      return address;
    },
    set: function () {},
  });
})();
