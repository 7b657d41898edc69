// Everything is reached from this page's own address, whatever stands before it: a stage, a base path, a function's name.
const root = new URL("../..", window.location.href).href.replace(/\/$/, "");

const serveFromHere = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update) => (description) => update({ ...description, servers: [{ url: root }] }),
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
  validatorUrl: null,
  plugins: [serveFromHere],
});
