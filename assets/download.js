// What a reader takes away: a file of the server, a chart's picture, the address of the view.
// It asks for a file's head first: what cannot be had whole is said on the page, and a download
// that began is the browser's own. No figure is made or kept here.
(function () {
  "use strict";

  const ID = { status: "status", notice: "notice", sheetStatus: "sheet-status", sheetNote: "sheet-note" };
  const TELL = {
    ready: "Your download is ready.",
    failed: "The download failed. Try again.",
    noChart: "The picture needs the chart: press Table to show it.",
    copied: "Link copied.",
    notCopied: "The link wasn't copied. Copy it from the address bar.",
  };
  const ASKS = ["range", "account"]; // of the page's address, what a file is about
  const OF_SHEET = ["open", "only"];

  let days = ""; // of the range that is shown, as file names have them

  // ---- words -------------------------------------------------------------------------------

  function set(id, text) {
    window.dash_clientside.set_props(id, { children: text });
  }

  // Told to everybody, and shown where it asks for something; emptied first, so that the same words
  // are told again.
  function tell(button, text, shown) {
    const inSheet = button.closest("dialog") !== null;
    const status = inSheet ? ID.sheetStatus : ID.status;
    set(status, "");
    window.requestAnimationFrame(() => set(status, text));
    if (shown) {
      set(inSheet ? ID.sheetNote : ID.notice, text);
    }
  }

  // ---- files -------------------------------------------------------------------------------

  function address(button) {
    const asked = new URLSearchParams(window.location.search);
    const names = button.closest("dialog") === null ? ASKS : ASKS.concat(OF_SHEET);
    const query = new URLSearchParams();
    names.filter((name) => asked.get(name)).forEach((name) => query.set(name, asked.get(name)));
    const page = window.location.pathname.replace(/\/?$/, "/");
    return page + "export/" + button.dataset.value + "?" + query;
  }

  function save(href, name) {
    const link = document.createElement("a");
    link.href = href;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
  }

  // The server's own sentence, where there is one: it says what to do.
  async function reason(href) {
    const refused = await window.fetch(href, { redirect: "manual" });
    const said = await refused.json();
    return said.error.sentence;
  }

  async function file(button) {
    const href = address(button);
    try {
      const head = await window.fetch(href, { method: "HEAD", redirect: "manual" });
      if (head.ok) {
        save(href, "");
        tell(button, TELL.ready, false);
        return;
      }
      tell(button, (head.status < 500 && (await reason(href))) || TELL.failed, true);
    } catch (unanswered) {
      tell(button, TELL.failed, true);
    }
  }

  // ---- pictures ----------------------------------------------------------------------------

  // Of the whole figure, on the colour of its card; a picture has no page behind it.
  async function picture(button) {
    const panel = button.closest(".panel");
    const chart = panel.querySelector(".js-plotly-plot");
    if (chart === null || !chart.data) {
      tell(button, TELL.noChart, true);
      return;
    }
    const box = chart.getBoundingClientRect();
    const size = { width: Math.round(box.width) || 900, height: chart.layout.height || 300 };
    const behind = window.getComputedStyle(panel).backgroundColor;
    const layout = Object.assign({}, chart.layout, { paper_bgcolor: behind }, size);
    const wanted = Object.assign({ format: "png", scale: 2 }, size);
    try {
      const image = await window.Plotly.toImage({ data: chart.data, layout: layout }, wanted);
      save(image, "credits-" + button.dataset.value + "-" + days + ".png");
      tell(button, TELL.ready, false);
    } catch (unmade) {
      tell(button, TELL.failed, true);
    }
  }

  // ---- the address -------------------------------------------------------------------------

  // The browser's clipboard is for pages of https and of this machine only.
  function copied(text) {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }

  async function copy(button) {
    const text = window.location.href;
    try {
      await navigator.clipboard.writeText(text);
      tell(button, TELL.copied, true);
    } catch (refused) {
      tell(button, copied(text) ? TELL.copied : TELL.notCopied, true);
    }
  }

  window.creditsDownload = { file: file, picture: picture, copy: copy };
  window.addEventListener("credits:steps", (event) => {
    if (event.detail.start) {
      days = event.detail.start + "_" + event.detail.end;
    }
  });
})();
