// Keeps an open page current: while it is visible and nothing is under way, it asks now and then
// whether anything changed, and says so to nobody. A snapshot and a page for paper never ask.
// It makes no request itself: credits.js hears "credits:look". Where the connection is lost,
// connection.js has told so, and the reader tries again.
(function () {
  "use strict";

  const ID = { main: "main" };

  let known = null; // what the page shows: account, scope, version of its sums, local day
  let underWay = 0; // requests without an answer
  let due = 0; // when to look next
  let timer = null;

  function pause() {
    return 1000 * Number(document.getElementById(ID.main).dataset.refresh);
  }

  function look() {
    window.dispatchEvent(new CustomEvent("credits:look", { detail: known }));
  }

  // At once where it is due already: the page was hidden meanwhile.
  function plan() {
    window.clearTimeout(timer);
    if (known !== null && underWay === 0 && !document.hidden) {
      timer = window.setTimeout(look, Math.max(0, due - Date.now()));
    }
  }

  function onSteps(event) {
    const steps = event.detail;
    const runs = typeof steps.version === "number" && !window.creditsTheme.prints;
    known = runs
      ? { account: steps.account, scope: steps.scope, version: steps.version, today: steps.max }
      : null;
    plan();
  }

  window.addEventListener("credits:asked", () => {
    underWay += 1;
    plan();
  });
  window.addEventListener("credits:heard", () => {
    underWay -= 1;
    due = Date.now() + pause();
    plan();
  });
  window.addEventListener("credits:steps", onSteps);
  window.addEventListener("credits:lost", () => {
    known = null;
    plan();
  });
  document.addEventListener("visibilitychange", plan);
})();
