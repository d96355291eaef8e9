// Tells when the server does not answer: lost, signed out, or not allowed. It never asks anything
// itself; credits.js hears "credits:lost" and puts the picker back to what the charts show.
// The names in ID are those of the Python side; tests compare them.
(function () {
  "use strict";

  const ID = {
    lost: "strip-lost",
    lostSince: "strip-lost-since",
    signedOut: "strip-signed-out",
    noPermission: "no-permission",
    pageState: "page-state",
    month: "month-card",
    toolbar: "toolbar",
    grid: "grid",
    freshness: "freshness",
    notice: "notice",
    delay: "delay",
    status: "status",
  };
  const PATIENCE = 60000; // ms; a server that took a request and never answers is lost, too

  let answeredAt = null; // when the figures on the page came

  function element(id) {
    return document.getElementById(id);
  }

  function set(id, properties) {
    window.dash_clientside.set_props(id, properties);
  }

  function clock(time) {
    return [time.getHours(), time.getMinutes()]
      .map((part) => String(part).padStart(2, "0"))
      .join(":");
  }

  // Dash keeps the old charts and says nothing when a request fails. Here each failure becomes a
  // line over the toolbar, and for Dash an answer in which nothing changed.
  function unanswered(shown) {
    const since = answeredAt ? " Showing figures from " + clock(answeredAt) + "." : "";
    set(ID.lostSince, { children: since });
    [ID.lost, ID.signedOut].forEach((strip) => set(strip, { hidden: strip !== shown }));
    window.dispatchEvent(new CustomEvent("credits:lost"));
    return new Response(null, { status: 204 });
  }

  // Who may not look sees no figure that came before, either.
  function forbidden() {
    answeredAt = null;
    document.documentElement.dataset.charts = "none";
    [ID.pageState, ID.freshness, ID.notice, ID.delay].forEach((part) => set(part, { children: "" }));
    [ID.month, ID.toolbar, ID.grid].forEach((part) => set(part, { hidden: true }));
    set(ID.noPermission, { hidden: false });
    const words = element(ID.noPermission).querySelector(".message-title");
    set(ID.status, { children: words.textContent });
    window.dispatchEvent(new CustomEvent("credits:forbidden"));
    return unanswered(ID.noPermission);
  }

  function withdraw() {
    [ID.lost, ID.signedOut].forEach((strip) => {
      if (!element(strip).hidden) {
        set(strip, { hidden: true });
      }
    });
  }

  function judged(response, text) {
    const type = response.headers.get("Content-Type") || "";
    if (response.type === "opaqueredirect" || response.status === 401) {
      return unanswered(ID.signedOut);
    }
    if (response.status === 403) {
      return forbidden();
    }
    if (response.ok && (response.status === 204 || type.indexOf("json") !== -1)) {
      withdraw();
      return response.status === 204 ? response : window.creditsRepeats.without(response, text);
    }
    // 200 with a page of HTML is somebody's login form
    return unanswered(response.ok ? ID.signedOut : ID.lost);
  }

  function watched(request, options) {
    const late = new Promise((resolve, reject) => {
      window.setTimeout(() => reject(new Error("no answer")), PATIENCE);
    });
    window.dispatchEvent(new CustomEvent("credits:asked"));
    const manual = Object.assign({}, options, { redirect: "manual" });
    const sent = window.creditsFirst.answer(options.body) || send.call(window, request, manual);
    return Promise.race([sent, late])
      .then((response) => judged(response, options.body), () => unanswered(ID.lost))
      .finally(() => window.dispatchEvent(new CustomEvent("credits:heard")));
  }

  const send = window.fetch;
  window.fetch = function (request, options) {
    const address = String(request.url || request);
    if (address.indexOf("_dash-update-component") !== -1) {
      return watched(request, options);
    }
    return window.creditsFirst.file(address) || send.call(window, request, options);
  };

  window.addEventListener("credits:answered", () => (answeredAt = new Date()));
})();
