// Which charts are open as tables, as text: what a press makes of it; and tables wider or longer
// than their place, which become reachable by keyboard just then.
// The text is that of `table=` in the address, `daily,workspace:501`: names, and first rows.
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

  // `workspace:501`: an open table at another row.
  function turned(text, to) {
    return listed(text)
      .map((one) => (nameOf(one) === nameOf(to) ? to : one))
      .join(",");
  }

  function reach(area) {
    if (area.scrollWidth > area.clientWidth || area.scrollHeight > area.clientHeight) {
      area.setAttribute("tabindex", "0");
    } else {
      area.removeAttribute("tabindex");
    }
  }

  const sizes = new ResizeObserver((changes) => changes.forEach((one) => reach(one.target)));

  // A turned page begins at its top; an area seen for the first time is measured from now on.
  function watch() {
    document.querySelectorAll(".table-area").forEach((area) => {
      sizes.observe(area);
      reach(area);
    });
  }

  function onTurn(event) {
    const button = event.target.closest(".pager button[aria-disabled=false]");
    if (button !== null) {
      button.closest(".details").querySelector(".table-area").scrollTop = 0;
    }
  }

  // The button that opened the table is gone with the chart; the one over it stays.
  function onOffer(event) {
    const offer = event.target.closest(".details [data-act=table]");
    if (offer !== null) {
      offer.closest(".panel").querySelector("[data-act=table]").focus();
    }
  }

  document.addEventListener("click", onTurn);
  document.addEventListener("click", onOffer);
  new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });
  window.creditsTables = { toggled: toggled, turned: turned };
})();
