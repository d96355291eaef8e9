// Makes real tables, with caption, scopes and foot, of the text that an answer carries for them.
// A cell each as a component would cost the browser seconds where this costs milliseconds.
// The text is that of layouts/table.py: a line for each row, a tab between two cells.
(function () {
  "use strict";

  const made = new WeakMap(); // the text that a place shows

  function make(name, properties, children) {
    const one = Object.assign(document.createElement(name), properties);
    one.append(...children);
    return one;
  }

  // The name of a row; it opens what the row stands for.
  function named(text, opens) {
    if (!opens) {
      return text;
    }
    const button = make("button", { type: "button", className: "opens" }, [text]);
    button.dataset.act = "open";
    button.dataset.value = decodeURIComponent(opens);
    return button;
  }

  // Cells beyond the heads are what stands under the row's name, how far it is indented, and what
  // it opens.
  function row(line, form) {
    const cells = line.split("\t");
    const [detail, level, opens] = cells.slice(form.heads.length);
    const small = detail ? [make("small", {}, [detail])] : [];
    const name = make("th", { scope: "row" }, [named(cells[0], opens), ...small]);
    const rest = cells
      .slice(1, form.heads.length)
      .map((cell, place) => make("td", form.looks[place + 1], [cell]));
    return make("tr", level === "1" ? { className: "level-1" } : {}, [name, ...rest]);
  }

  function table(data) {
    const heads = data.heads.split("\t");
    const starts = new Set(data.starts.split(" "));
    const looks = heads.map((_, place) => (starts.has(`${place}`) ? { className: "start" } : {}));
    const form = { heads: heads, looks: looks };
    const columns = heads.map((head, place) =>
      make("th", Object.assign({ scope: "col" }, looks[place]), [head])
    );
    const rows = data.rows === "" ? [] : data.rows.split("\n").map((line) => row(line, form));
    return make("table", { className: "data-table" }, [
      make("caption", { className: "visually-hidden" }, [data.caption]),
      make("thead", {}, [make("tr", {}, columns)]),
      make("tbody", {}, rows),
      make("tfoot", {}, [row(data.total, form)]),
    ]);
  }

  function fill() {
    document.querySelectorAll(".table-data").forEach((place) => {
      const text = JSON.stringify(place.dataset);
      if (made.get(place) !== text) {
        made.set(place, text);
        place.replaceChildren(table(place.dataset));
      }
    });
  }

  window.creditsChanges.tell(fill);
})();
