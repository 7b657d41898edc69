// Everything is reached from this page's own address, whatever stands before it: a stage, a base path, a function's name.
const root = new URL("../..", window.location.href).href.replace(/\/$/, "");

const OPERATIONS = ["get", "put", "post", "delete"];

// Swagger UI fills in every example and sends them all, with a call that nobody would make so: what is optional is told by its words,
// and so is the id of a thing that is not there. The name of a saved extractor stays, for PUT makes it one.
const isFilledIn = ({ in: place, name }) => place === "path" && name === "name";

const told = (parameter) => {
  if (parameter.example === undefined || isFilledIn(parameter)) return parameter;
  const { example, description = "", ...rest } = parameter;
  return { ...rest, description: `${description}\n\nExample: \`${[example].flat().join(",")}\`` };
};

const mapped = (object, change) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));

// The parts of a form: what is no file and may be left out is left out.
const formTold = (schema) => {
  const isLeftOut = (name, { type = [] }) => !schema.required?.includes(name) && [type].flat().includes("string");
  const properties = mapped(schema.properties, (property, name) =>
    isLeftOut(name, property) ? { ...told({ name, ...property }), example: "" } : property,
  );
  return { ...schema, properties };
};

const operationTold = ({ parameters = [], ...rest }) => ({ ...rest, parameters: parameters.map(told) });

// Colours for a long answer hold the page up for minutes.
const MAX_COLOURED_CHARS = 50_000;

const ours = ({ React, getComponent }) => ({
  // It looks for this by name and warns that there is none, before it takes the other.
  components: {
    JsonSchema_string_binary: (properties) => React.createElement(getComponent("JsonSchema_string"), properties),
  },
  wrapComponents: {
    // What is left empty in a form is not sent, unless that is asked for.
    ParameterIncludeEmpty: (Asked) => (properties) =>
      React.createElement(Asked, { ...properties, isIncludedOptions: { ...properties.isIncludedOptions, defaultValue: false } }),
    SyntaxHighlighter: (Coloured) => (properties) =>
      properties.children?.length > MAX_COLOURED_CHARS
        ? React.createElement("pre", { className: properties.className }, properties.children)
        : React.createElement(Coloured, properties),
  },
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update) => (description) => {
          const paths = mapped(description.paths ?? {}, (item) =>
            mapped(item, (value, name) => (OPERATIONS.includes(name) ? operationTold(value) : value)),
          );
          const schemas = mapped(description.components?.schemas ?? {}, (schema, name) =>
            name.endsWith("Form") ? formTold(schema) : schema,
          );
          const components = { ...description.components, schemas };
          return update({ ...description, paths, components, servers: [{ url: root }] });
        },
      },
    },
  },
});

// Swagger UI would have the description checked by a site of its own; validatorUrl null keeps it here.
window.ui = SwaggerUIBundle({
  url: `${root}/api/schema/?format=json`,
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  // The schemas are many; they unfold when they are asked for.
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  plugins: [ours],
});
