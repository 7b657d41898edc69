// Swagger UI would have the description checked by a site of its own; validatorUrl null keeps it here.
window.ui = SwaggerUIBundle({
  url: "/api/schema/?format=json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
