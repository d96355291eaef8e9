// Takes out of an answer what the page shows already, before Dash sees it: of the 69 values of an
// answer some 20 are new when the range changes, and Dash asks every component again for each.
// What is shown is read from Dash itself, so nothing is remembered here that could be out of date.
(function () {
  "use strict";

  const given = window.creditsGiven;
  const inputs = new Set(); // what callbacks wait for: it tells them that an answer came
  JSON.parse(given.answers[given.dependencies]).forEach((callback) => {
    callback.inputs.forEach((input) => inputs.add(input.id));
  });

  function same(one, other) {
    return one === other || JSON.stringify(one) === JSON.stringify(other);
  }

  function news(id, properties) {
    const shown = window.dash_component_api.getLayout(id);
    if (inputs.has(id) || shown === undefined) {
      return properties;
    }
    const changed = Object.entries(properties).filter(([name, value]) => {
      return !same(value, shown.props[name]);
    });
    return Object.fromEntries(changed);
  }

  function withNews(answer) {
    const changed = Object.entries(answer.response)
      .map(([id, properties]) => [id, news(id, properties)])
      .filter(([, properties]) => Object.keys(properties).length > 0);
    return Object.assign({}, answer, { response: Object.fromEntries(changed) });
  }

  // The response of the page's one callback; another is left as it is.
  function without(response, text) {
    if (given.request && JSON.parse(text).output === given.request.output) {
      const whole = response.json.bind(response);
      response.json = () => whole().then(withNews);
    }
    return response;
  }

  window.creditsRepeats = { without: without };
})();
