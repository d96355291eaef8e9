// The sheet that a click opens: what leads to it, when it is open, where the focus goes. The
// address says what is open: credits.js writes it and asks here, nothing here knows a number.
// The names in ID are those of the Python side; tests compare them.
(function () {
  "use strict";

  const ID = {
    sheet: "sheet",
    title: "sheet-title",
    head: "sheet-head",
    split: "sheet-split",
    filters: "sheet-filters",
    entries: "sheet-entries",
    list: "sheet-list",
    status: "sheet-status",
  };

  let asked = null; // the sheet that was asked for last, null while none is open
  let answer = {}; // the last one of the server
  let asks = 0;
  let held = null; // what has the focus inside
  let part = null; // and what of the sheet it is in, which stays
  let rows = 0; // of the list, before more were asked for

  function element(id) {
    return document.getElementById(id);
  }

  function entries() {
    return element(ID.entries).children;
  }

  // ---- from act and address to one request -------------------------------------------------

  // What of the address an act on the sheet changes; null for an act that is not on the sheet.
  function changes(act, address) {
    const to = (open, only) => ({ open: open, only: only });
    const reach = {
      open: () => to(act.value, ""),
      only: () => to(address.open, act.value === address.only ? "" : act.value),
      close: () => to("", ""),
      range: () => to("", ""),
      before: () => to(answer.before, address.only),
      after: () => to(answer.after, address.only),
    }[act.act];
    return reach ? reach() : null;
  }

  // Opens or closes, and returns what is to be asked of the server; null for nothing.
  function follow(wanted, act) {
    if (!wanted.open || window.creditsTheme.prints) {
      hide();
      return null;
    }
    const again = act !== null && ["open", "retry"].includes(act.act);
    const more = act !== null && act.act === "more";
    show();
    if (!again && !more && JSON.stringify(wanted) === JSON.stringify(asked)) {
      return null;
    }
    asked = wanted;
    asks += 1;
    rows = more ? entries().length : 0;
    wait(true);
    const next = more ? { more: answer.more, shown: rows } : {};
    return Object.assign({ n: asks }, wanted, next);
  }

  function show() {
    const dialog = element(ID.sheet);
    if (!dialog.open) {
      const root = document.documentElement;
      root.style.setProperty("--bs-gutter", window.innerWidth - root.clientWidth + "px");
      dialog.dataset.state = "first";
      root.dataset.sheet = "open";
      dialog.showModal();
      element(ID.title).focus();
    }
  }

  function hide() {
    asked = null;
    if (element(ID.sheet).open) {
      element(ID.sheet).close();
    }
  }

  function wait(waits) {
    element(ID.sheet).setAttribute("aria-busy", waits ? "true" : "false");
  }

  // ---- what the server answered ------------------------------------------------------------

  function shown(said) {
    answer = said;
    element(ID.sheet).dataset.state = "shown";
    wait(false);
    window.dash_clientside.set_props(ID.status, { children: said.said });
    const disabled = (way) => (way ? "false" : "true");
    return [disabled(said.before), disabled(said.after)];
  }

  function isThere(one) {
    return one.isConnected && one.checkVisibility();
  }

  // What had the focus may have been made anew, or be gone: then its twin, the first new line of
  // the list or the title.
  function keepFocus() {
    if (held === null || document.activeElement !== document.body || isThere(held)) {
      return;
    }
    const twin = Array.from(part.querySelectorAll("button")).find(
      (one) => isThere(one) && one.dataset.value === held.dataset.value
    );
    const line = held.dataset.act === "more" ? entries()[rows] : null;
    (line || twin || element(ID.title)).focus();
  }

  // A browser takes the focus from what was hidden with its next frame, so look after that.
  function lookLater() {
    window.requestAnimationFrame(() => window.requestAnimationFrame(keepFocus));
  }

  window.creditsSheet = { changes: changes, follow: follow };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { sheet: { show: shown } });

  // ---- what a reader does ------------------------------------------------------------------

  function onClick(event) {
    const dialog = element(ID.sheet);
    if (event.target === dialog) {
      dialog.close(); // a press beside it
      return;
    }
    const button = event.target.closest("[data-act]");
    if (button !== null && button.dataset.act === "open") {
      button.focus(); // not every browser does; closing gives it back
    }
  }

  function onFocus(event) {
    const dialog = element(ID.sheet);
    held = dialog !== null && dialog.contains(event.target) ? event.target : null;
    part = held === null ? null : held.parentElement.closest("[id]");
  }

  // However it was closed, the address follows.
  function onClose(event) {
    if (event.target.id !== ID.sheet) {
      return;
    }
    delete document.documentElement.dataset.sheet;
    if (asked !== null) {
      window.creditsAct("close");
    }
    if (document.activeElement === document.body) {
      const heading = document.querySelector("h1");
      heading.setAttribute("tabindex", "-1");
      heading.focus({ preventScroll: true });
    }
  }

  // ---- marks of the charts -----------------------------------------------------------------

  const met = new WeakSet(); // charts that are listened to

  function targetOf(event) {
    const found = event.points[0].customdata;
    return Array.isArray(found) ? found[0] : found; // a ring wraps its own
  }

  function onMark(chart, event) {
    const opens = targetOf(event);
    if (opens) {
      chart.closest(".panel").querySelector("[data-act=table]").focus({ preventScroll: true });
      window.creditsAct("open", opens);
    }
  }

  // Styles go by these marks, since a selector that looks inside an element costs every drawing.
  function markList() {
    const list = element(ID.list);
    if (list !== null) {
      element(ID.sheet).dataset.list = list.hidden ? "none" : "shown";
    }
  }

  function meetCharts() {
    document.querySelectorAll(".chart:not(.drawn) .main-svg").forEach((drawing) => {
      drawing.closest(".chart").classList.add("drawn");
    });
    document.querySelectorAll(".js-plotly-plot").forEach((chart) => {
      if (typeof chart.on === "function" && !met.has(chart)) {
        met.add(chart);
        chart.on("plotly_click", (event) => onMark(chart, event));
        chart.on("plotly_hover", (event) => {
          chart.classList.toggle("at-mark", Boolean(targetOf(event)));
        });
        chart.on("plotly_unhover", () => chart.classList.remove("at-mark"));
      }
    });
  }

  document.addEventListener("click", onClick, true);
  document.addEventListener("focusin", onFocus);
  document.addEventListener("pointerdown", () => (held = null), true);
  document.addEventListener("close", onClose, true);
  window.addEventListener("credits:lost", () => {
    if (asked !== null && element(ID.sheet).getAttribute("aria-busy") === "true") {
      element(ID.sheet).dataset.state = "lost";
      wait(false);
    }
  });
  // Who may not look sees no figure that came before, either.
  window.addEventListener("credits:forbidden", () => {
    [ID.title, ID.head, ID.split, ID.filters, ID.entries, ID.status].forEach((one) => {
      window.dash_clientside.set_props(one, { children: "" });
    });
    element(ID.sheet).close();
  });
  window.creditsChanges.tell(meetCharts);
  window.creditsChanges.tell(lookLater);
  window.creditsChanges.tell(markList);
})();
