// Asks for the first figures while the page's other scripts are still on their way, and has what
// Dash would ask for at its start. What the page asks then is what was asked here, or it is asked
// anew. It never looks at an answer.
(function () {
  "use strict";

  const LONGEST_TEXT = 200; // of a range or account in an address; nothing longer means anything
  const DEFAULT_RANGE = "month";
  const ID = { steps: "steps", status: "status" };
  const LATER = Object.values(ID);
  const given = window.creditsGiven;

  // Whole characters and no NUL: a request with others is refused before anyone reads it.
  function asked(name) {
    const value = new URLSearchParams(window.location.search).get(name);
    const whole = value === null ? null : Array.from(value).slice(0, LONGEST_TEXT).join("");
    return whole === null ? null : whole.split("\0").join("\uFFFD");
  }

  // What the address says is to be seen.
  function view() {
    const found = {
      range: asked("range") === null ? DEFAULT_RANGE : asked("range"),
      account: asked("account"),
      tables: asked("table") || "",
      workspaces: asked("workspaces") || "",
      compare: asked("compare") || "",
      theme: window.creditsTheme.inForce(),
    };
    if (window.creditsTheme.prints) {
      found.prints = true;
    }
    return found;
  }

  const wanted = Object.assign(view(), { n: 1 });
  const input = given.request && Object.assign({}, given.request.inputs[0], { value: wanted });
  const body = given.request && Object.assign({}, given.request, { inputs: [input] });
  let sent =
    body &&
    window.fetch(given.update, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      credentials: "same-origin",
      redirect: "manual",
      body: JSON.stringify(body),
    });
  let arrived = null; // what the answer says, once it is here

  // A failure is nothing to this script: who asks for the answer is told.
  function keep(response) {
    const type = response.headers.get("Content-Type") || "";
    if (response.status === 200 && type.indexOf("json") !== -1) {
      return response.clone().json().then((found) => (arrived = found.response));
    }
    return null;
  }

  if (sent) {
    sent.then(keep).catch(() => {});
  }

  // The answer to the first request, if that is what is asked now; null for whatever comes later.
  function answer(text) {
    const other = JSON.parse(text);
    if (!sent || other.output !== body.output) {
      return null;
    }
    const early = sent;
    sent = null;
    const same = JSON.stringify(other.inputs[0].value) === JSON.stringify(wanted);
    return same ? early : null;
  }

  // Components with what the answer says of them, so that the page is made once and not twice; but
  // for what callbacks wait for and what is to be told, which the answer brings.
  function fill(part) {
    if (Array.isArray(part)) {
      part.forEach(fill);
    } else if (part !== null && typeof part === "object" && part.props) {
      fill(part.props.children);
      if (arrived[part.props.id] && !LATER.includes(part.props.id)) {
        Object.assign(part.props, arrived[part.props.id]);
      }
    }
    return part;
  }

  // The layout or the callbacks, as the server would answer; null for another address.
  function file(address) {
    const text = given.answers[address];
    if (text === undefined) {
      return null;
    }
    const filled = address === given.layout && arrived !== null;
    const whole = filled ? JSON.stringify(fill(JSON.parse(text))) : text;
    const headers = { "Content-Type": "application/json" };
    return Promise.resolve(new Response(whole, { headers: headers }));
  }

  window.creditsFirst = { range: DEFAULT_RANGE, asked, view, answer, file };
})();
