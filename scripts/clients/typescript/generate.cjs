// Writes the types of the description $1 into the file $2.
"use strict";

const { writeFileSync } = require("node:fs");
const { pathToFileURL } = require("node:url");
const { default: openapiTS, astToString } = require("openapi-typescript");
const ts = require("typescript");

const [, , description, types] = process.argv;

const options = {
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
  // Bytes are what a browser sends as such.
  transform: (schema) =>
    schema.format === "binary" ? ts.factory.createTypeReferenceNode("Blob") : undefined,
  // A warning is a mistake of the description.
  silent: false,
};

openapiTS(pathToFileURL(description), options).then(
  (nodes) => writeFileSync(types, astToString(nodes)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
