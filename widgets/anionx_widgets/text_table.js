// A table with a caption, column headings and row headings; cells are text.
function headed(cell, scope, text) {
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}

function render({ model, el }) {
  const table = document.createElement("table");
  const caption = table.createCaption();
  const head = table.createTHead().insertRow();
  const body = table.createTBody();
  el.classList.add("anionx-table");
  el.append(table);

  function showHead() {
    table.classList.toggle("anionx-table-numeric", model.get("numeric"));
    head.replaceChildren(
      ...model
        .get("columns")
        .map((name) => headed(document.createElement("th"), "col", name)),
    );
  }
  function showCaption() {
    caption.textContent = model.get("caption");
  }
  function showRows() {
    table.hidden = model.get("rows").length === 0;
    body.replaceChildren(
      ...model.get("rows").map(([name, ...cells]) => {
        const row = document.createElement("tr");
        row.append(headed(document.createElement("th"), "row", name));
        for (const text of cells) row.insertCell().textContent = text;
        return row;
      }),
    );
  }
  const headChanged = "change:columns change:numeric";
  model.on(headChanged, showHead);
  model.on("change:caption", showCaption);
  model.on("change:rows", showRows);
  showHead();
  showCaption();
  showRows();
  return () => {
    model.off(headChanged, showHead);
    model.off("change:caption", showCaption);
    model.off("change:rows", showRows);
  };
}

export default { render };
