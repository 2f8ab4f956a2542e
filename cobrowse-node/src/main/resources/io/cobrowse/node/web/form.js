// The values of a form, by the names of its fields.

export function read(form) {
  return Object.fromEntries(fields(form).map((field) => [field.name, isBox(field) ? field.checked : field.value]));
}

export function write(form, values) {
  for (const field of fields(form)) {
    if (field.name in values) {
      field[isBox(field) ? "checked" : "value"] = values[field.name];
    }
  }
  showSum(form);
}

/** Shows the slider's value beside it. */
export function showSum(form) {
  form.querySelector("output").value = `€ ${Number(form.elements.sum.value).toLocaleString("en")}`;
}

/** Marks the field with that name as the customer's current one; null marks none. */
export function mark(form, name) {
  fields(form).forEach((field) => field.classList.toggle("theirs", field.name === name));
}

function fields(form) {
  return [...form.elements].filter((field) => field.name);
}

function isBox(field) {
  return field.type === "checkbox";
}
