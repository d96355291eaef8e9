// Which charts are open as tables, as text: what a press makes of it; and tables wider or longer
// than their place, which become reachable by keyboard just then. It asks nothing of the server.
// The text is that of `table=` in the address, `daily,workspace:1001`: names, and first rows.
(function () {
  "use strict";

  function listed(text) {
    return text.split(",").filter((one) => one !== "");
  }

  function nameOf(one) {
    return one.split(":")[0];
  }

  // The chart becomes a table, or the table a chart again.
  function toggled(text, name) {
    const others = listed(text).filter((one) => nameOf(one) !== name);
    const open = others.length < listed(text).length;
    return (open ? others : others.concat(name)).join(",");
  }

  // `workspace:1001`: an open table at another row.
  function turned(text, to) {
    return listed(text)
      .map((one) => (nameOf(one) === nameOf(to) ? to : one))
      .join(",");
  }

  window.creditsTables = { toggled: toggled, turned: turned };

  // ---- what an answer replaces -------------------------------------------------------------

  // Each answer makes what stands under a title anew, the very button that was pressed, too.
  // The reader must not notice: the new one gets the focus, and a table stays where it stood.
  const seen = new WeakSet();
  const stoodAt = new Map(); // how far the table of each panel was scrolled
  let held = null; // what has the focus under a title, and where

  // Names of rows come and go with their page, and are known by what they open.
  function stops(details) {
    return Array.from(details.querySelectorAll("button:not(.opens), .table-area"));
  }

  function twin(one) {
    const names = Array.from(one.details.querySelectorAll(".opens"));
    const same = names.find((name) => name.dataset.value === one.opens);
    return one.place < 0 ? same : stops(one.details)[one.place];
  }

  function reach(area) {
    if (area.scrollWidth > area.clientWidth || area.scrollHeight > area.clientHeight) {
      area.setAttribute("tabindex", "0");
    } else {
      area.removeAttribute("tabindex");
    }
  }

  const sizes = new ResizeObserver((changes) => changes.forEach((one) => reach(one.target)));

  function meet(area) {
    const at = stoodAt.get(area.closest(".details")) || { left: 0, top: 0 };
    seen.add(area);
    sizes.observe(area);
    reach(area);
    area.scrollTo(at.left, at.top);
  }

  function afterAnswer() {
    document.querySelectorAll(".details .table-area").forEach((area) => {
      if (!seen.has(area)) {
        meet(area);
      }
    });
    if (held !== null && !held.element.isConnected) {
      const next = twin(held);
      held = null;
      if (next && document.activeElement === document.body) {
        next.focus({ preventScroll: true });
      }
    }
  }

  function onFocus(event) {
    const details = event.target.closest(".details");
    const place = details === null ? -1 : stops(details).indexOf(event.target);
    const opens = event.target.classList.contains("opens") ? event.target.dataset.value : null;
    const kept = { element: event.target, details: details, place: place, opens: opens };
    held = details === null || (place < 0 && opens === null) ? null : kept;
  }

  function onScroll(event) {
    const area = event.target;
    if (area.classList && area.classList.contains("table-area") && area.isConnected) {
      const at = { left: area.scrollLeft, top: area.scrollTop };
      stoodAt.set(area.closest(".details"), at);
    }
  }

  function onClick(event) {
    const button = event.target.closest(".details [data-act]");
    if (button === null) {
      return;
    }
    stoodAt.delete(button.closest(".details")); // another page begins at its top
    if (button.dataset.act === "table") {
      // It goes with the chart; the one over the chart stays.
      button.closest(".panel").querySelector("[data-act=table]").focus();
    }
  }

  document.addEventListener("focusin", onFocus);
  document.addEventListener("pointerdown", () => (held = null));
  document.addEventListener("scroll", onScroll, true);
  document.addEventListener("click", onClick);
  window.creditsChanges.tell(afterAnswer);
})();
