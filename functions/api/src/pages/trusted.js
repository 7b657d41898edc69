// What Swagger UI writes into the page as HTML comes out of the API's description, and it has cleaned that. The browser has it
// looked at once more (Trusted Types): what could run or load anything is not written.
const ACTIVE = "base, embed, form, frame, iframe, link, meta, object, script, style, template";
const isHarmless = (element) =>
  !element.matches(ACTIVE) &&
  [...element.attributes].every(({ name, value }) => !name.startsWith("on") && !/^\s*(data|javascript|vbscript):/i.test(value));

const types = window.trustedTypes;
// For the looking alone: nothing of such a document runs.
const inert = types?.createPolicy("inert", { createHTML: (html) => html });
types?.createPolicy("default", {
  createHTML: (html) => {
    const { documentElement } = new DOMParser().parseFromString(inert.createHTML(html), "text/html");
    return [...documentElement.querySelectorAll("*")].every(isHarmless) ? html : null;
  },
});
