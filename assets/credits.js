// What the reader does becomes one view, one address and one request; nothing here knows a number.
// The names in ID and the sentences in SAY are those of the Python side; tests compare them.
(function () {
  "use strict";

  const ID = {
    url: "url",
    view: "view",
    act: "act",
    accounts: "accounts",
    main: "main",
    status: "status",
    range: "range",
    custom: "custom",
    from: "custom-from",
    fromError: "custom-from-error",
    to: "custom-to",
    toError: "custom-to-error",
  };
  const SAY = {
    missing: "Choose a day.",
    reversed: "The start is after the end.",
    future: "Choose days up to today.",
    early: "Choose days from {} on.",
    long: "Choose 24 months or less.",
  };
  const MOST_MONTHS = 24;
  const ASK_AGAIN = 300; // ms, while the server prepares an account: each answer waits a second
  const LOOK_AGAIN = 2000; // ms, while an account waits for the rollup

  const first = window.creditsFirst;
  let answer = null; // the last one of the server
  let acts = 0;
  let lost = false; // whether the view that was asked for last has no answer

  function element(id) {
    return document.getElementById(id);
  }

  function set(id, properties) {
    window.dash_clientside.set_props(id, properties);
  }

  // ---- the address -------------------------------------------------------------------------

  // Other parameters stay as they are, to the letter; an empty one goes.
  function addressWith(changes) {
    const kept = window.location.search
      .slice(1)
      .split("&")
      .filter((pair) => pair !== "" && !(pair.split("=")[0] in changes));
    const plain = { "%40": "@", "%2C": ",", "%3A": ":" };
    const text = (value) =>
      encodeURIComponent(value).replace(/%40|%2C|%3A/g, (code) => plain[code]);
    const pairs = Object.entries(changes)
      .filter((change) => change[1] !== "")
      .map(([name, value]) => name + "=" + text(value));
    const all = kept.concat(pairs);
    return all.length ? "?" + all.join("&") : "";
  }

  // ---- one view from address, act and theme ------------------------------------------------

  const PARAMETERS = {
    range: "range",
    account: "account",
    tables: "table",
    workspaces: "workspaces",
    compare: "compare",
  }; // in the address, of the fields of a view

  // The view that an act leads to, and the field of it that the address is to have, if any.
  function afterAct(view, act, steps) {
    const to = (range) => ({ view: Object.assign({}, view, { range: range }), writes: "range" });
    const shown = (field, value, panel) => ({
      view: Object.assign({}, view, { [field]: value, toggled: panel }),
      writes: field,
    });
    const tables = window.creditsTables;
    const reach = {
      range: () => to(act.value),
      month: () => to(first.range),
      earlier: () => to(steps.earlier),
      later: () => to(steps.later),
      account: () => ({
        view: Object.assign({}, view, { account: act.value }),
        writes: "account",
      }),
      table: () => shown("tables", tables.toggled(view.tables, act.value), act.value),
      rows: () => shown("tables", tables.turned(view.tables, act.value), act.value.split(":")[0]),
      workspaces: () => shown("workspaces", act.value, "workspace"),
      compare: () => shown("compare", view.compare === "1" ? "" : "1"),
      look: () => ({ view: Object.assign({}, view, { known: act.value }), writes: null }),
    }[act.act];
    return reach ? reach() : { view: view, writes: null };
  }

  function same(one, other) {
    return Object.keys(PARAMETERS)
      .concat("theme")
      .every((field) => one[field] === other[field]);
  }

  // The only writer of the view and of the address. It runs at load, on back and forward (both
  // read the address and never write it) and once per act of the reader.
  function navigate(search, act, view, steps) {
    const nothing = window.dash_clientside.no_update;
    const now = view || { n: 0 };
    const acted = window.dash_clientside.callback_context.triggered.some(
      (cause) => cause.prop_id === ID.act + ".data"
    );
    const fromAddress = first.view();
    const next = acted ? afterAct(fromAddress, act, steps) : { view: fromAddress, writes: null };
    const sheet = { open: first.asked("open") || "", only: first.asked("only") || "" };
    const changes = Object.assign({}, acted ? window.creditsSheet.changes(act, sheet) : null);
    Object.assign(sheet, changes, { range: next.view.range, account: next.view.account });
    if (next.writes) {
      changes[PARAMETERS[next.writes]] = next.view[next.writes];
    }
    const address = Object.keys(changes).length ? addressWith(changes) : null;
    const refreshes = acted && act.act === "refresh";
    const again = lost || refreshes || (acted && act.act === "retry");
    if (refreshes) {
      next.view.refreshed = true;
      set(ID.status, { children: "" }); // so that the same words are told again
    }
    const looks = acted && act.act === "look"; // of the page itself: the reader waits for nothing
    const moves = again || looks || !same(now, next.view);
    if (moves) {
      lost = false;
    }
    if (moves && !looks) {
      set(ID.main, { "aria-busy": "true" });
    }
    return [
      moves ? Object.assign(next.view, { n: now.n + 1 }) : nothing,
      address === null || address === window.location.search ? nothing : address,
      window.creditsSheet.follow(sheet, acted ? act : null) || nothing,
    ];
  }

  // ---- what the server answered, shown in the picker ---------------------------------------

  // An earlier billing month belongs to no choice: none of the labels says what it is.
  function marked(steps) {
    return steps === null || steps.range.indexOf("month@") === 0 ? null : steps.choice;
  }

  // No charts came: the picker stays as it is. While the server prepares them, ask again soon.
  function unanswered(steps) {
    answer = null;
    if (steps.preparing !== undefined) {
      window.setTimeout(() => act("retry"), steps.preparing === null ? LOOK_AGAIN : ASK_AGAIN);
    }
    return new Array(7).fill(window.dash_clientside.no_update).concat("false");
  }

  function show(steps) {
    const nothing = window.dash_clientside.no_update;
    if (!steps) {
      return new Array(8).fill(nothing);
    }
    window.dispatchEvent(new CustomEvent("credits:steps", { detail: steps }));
    const without = steps.preparing !== undefined || steps.failed;
    document.documentElement.dataset.charts = without ? "none" : "shown";
    if (without) {
      return unanswered(steps);
    }
    answer = steps;
    document.documentElement.dataset.answered = "";
    window.dispatchEvent(new CustomEvent("credits:answered"));
    const open = isOpen();
    return [
      open ? nothing : marked(steps),
      steps.min,
      steps.max,
      steps.min,
      steps.max,
      steps.earlier === null ? "true" : "false",
      steps.later === null ? "true" : "false",
      "false",
    ];
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    credits: { navigate: navigate, show: show },
  });

  // ---- acts --------------------------------------------------------------------------------

  function act(name, value) {
    acts += 1;
    set(ID.act, { data: { act: name, value: value === undefined ? null : value, n: acts } });
  }

  window.creditsAct = act; // for what else a reader can press

  function onPress(event) {
    const button = event.target.closest("[data-act]");
    if (button === null || button.getAttribute("aria-disabled") === "true") {
      return;
    }
    const own = {
      apply: applyCustom,
      cancel: () => closeCustom(true),
      theme: () => window.creditsTheme.change(),
      reload: () => window.location.reload(),
      download: window.creditsDownload.file,
      picture: window.creditsDownload.picture,
      copy: window.creditsDownload.copy,
    }[button.dataset.act];
    if (own) {
      own(button);
    } else {
      act(button.dataset.act, button.dataset.value);
    }
  }

  function onChange(event) {
    if (event.target.id === ID.accounts) {
      act("account", event.target.value);
    } else if (event.target.name === ID.range) {
      if (event.target.value !== "custom") {
        hideCustom();
        act("range", event.target.value);
      }
    }
  }

  // ---- Custom ------------------------------------------------------------------------------

  function customChoice() {
    return element(ID.range).querySelector("input[value=custom]");
  }

  function isOpen() {
    return element(ID.custom) !== null && !element(ID.custom).hidden;
  }

  function openCustom(enters) {
    if (!isOpen()) {
      set(ID.from, { value: answer ? answer.start : "" });
      set(ID.to, { value: answer ? answer.end : "" });
      complain(null);
      set(ID.custom, { hidden: false });
    }
    if (enters) {
      window.requestAnimationFrame(() => element(ID.from).focus());
    }
  }

  function hideCustom() {
    set(ID.custom, { hidden: true });
  }

  // Without having applied: the picker goes back to what the charts show.
  function closeCustom(returns) {
    hideCustom();
    set(ID.range, { value: marked(answer) });
    if (returns) {
      customChoice().focus();
    }
  }

  function applyCustom() {
    const from = element(ID.from).value;
    const to = element(ID.to).value;
    const problem = problemOf(from, to);
    complain(problem);
    if (problem === null) {
      hideCustom();
      customChoice().focus();
      act("range", from + ".." + to);
    } else {
      element(problem.field).focus();
    }
  }

  function isDay(text) {
    return /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text);
  }

  // The same order and sentences as dashboard/ranges.py, which checks again.
  function problemOf(from, to) {
    const at = (field, sentence) => ({ field: field, sentence: sentence });
    if (from === "" || to === "") {
      return at(from === "" ? ID.from : ID.to, SAY.missing);
    }
    if (!isDay(to) || !isDay(from)) {
      return at(isDay(from) ? ID.to : ID.from, SAY.future); // a year of five digits
    }
    if (from > to) {
      return at(ID.from, SAY.reversed);
    }
    if (answer && to > answer.max) {
      return at(ID.to, SAY.future);
    }
    if (answer && answer.min && to < answer.min) {
      return at(ID.to, SAY.early.replace("{}", answer.min));
    }
    return from < earliestFor(to) ? at(ID.from, SAY.long) : null;
  }

  // The day after `to`, 24 calendar months before; the month's last day where it is shorter.
  function earliestFor(to) {
    const day = new Date(to + "T00:00:00Z");
    day.setUTCDate(day.getUTCDate() + 1);
    const number = day.getUTCDate();
    day.setUTCDate(1);
    day.setUTCMonth(day.getUTCMonth() - MOST_MONTHS + 1);
    day.setUTCDate(0);
    day.setUTCDate(Math.min(number, day.getUTCDate()));
    return day.toISOString().slice(0, 10);
  }

  function complain(problem) {
    [
      [ID.from, ID.fromError],
      [ID.to, ID.toError],
    ].forEach(([field, error]) => {
      const here = problem !== null && problem.field === field;
      set(error, { children: here ? problem.sentence : "" });
      element(field).setAttribute("aria-invalid", here ? "true" : "false");
      element(field).setAttribute("aria-describedby", error);
    });
  }

  function isCustomChoice(target) {
    return target.name === ID.range && target.value === "custom";
  }

  let byKeyboard = false; // arrows pass over Custom on their way: only a pointer moves the focus in

  function onClick(event) {
    if (isCustomChoice(event.target)) {
      openCustom(!byKeyboard);
    } else {
      dismissUnlessAt(event.target);
      onPress(event);
    }
  }

  function dismissUnlessAt(target) {
    const near = target.closest(".picker");
    if (near === null && isOpen()) {
      closeCustom(false);
    }
  }

  function onKey(event) {
    byKeyboard = true;
    if (!isOpen()) {
      return;
    }
    const inside = element(ID.custom).contains(event.target);
    if (event.key === "Escape") {
      closeCustom(true);
    } else if (event.key === "Enter" && isCustomChoice(event.target)) {
      openCustom(true);
    } else if (event.key === "Enter" && inside && event.target.tagName === "INPUT") {
      applyCustom();
    }
  }

  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", () => (byKeyboard = false), true);
  document.addEventListener("focusin", (event) => dismissUnlessAt(event.target));
  window.addEventListener("credits:look", (event) => act("look", event.detail));
  window.addEventListener("credits:theme", () => element(ID.main) && act("theme"));
  window.addEventListener("credits:lost", () => {
    lost = true;
    if (!isOpen()) {
      set(ID.range, { value: marked(answer) });
    }
    set(ID.main, { "aria-busy": "false" });
  });
})();
