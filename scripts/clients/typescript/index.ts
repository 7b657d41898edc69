import createFetchClient, { type Client, type ClientOptions } from "openapi-fetch";
import type { Entity, FieldsRecord, paths, RowRecord } from "./schema.js";

export type * from "./schema.js";

export interface Options extends Omit<ClientOptions, "bodySerializer"> {
  /** A key (`dx_…`), or a token of the identity provider; none where nobody is asked. */
  key?: string;
}

/** The form in which answers are read, unless a call says `parseAs`. */
type Json = "application/json" | `${string}/${string}+json`;

/** A client of the service at `baseUrl`. */
export function createClient({ key, headers, ...options }: Options): Client<paths, Json> {
  const authorization = key === undefined ? {} : { Authorization: `Bearer ${key}` };
  return createFetchClient<paths, Json>({
    ...options,
    headers: { ...authorization, ...(headers as Record<string, string> | undefined) },
    bodySerializer: serialize,
  });
}

/** Whether this was found in the text as something of a known kind. */
export function isEntity(record: Entity | RowRecord | FieldsRecord): record is Entity {
  return "valid" in record && "value" in record;
}

/** Documents as they are (say of what type with `Content-Type`), requests with documents as forms, all others as JSON. */
function serialize(body: unknown): BodyInit {
  if (body instanceof Blob || body instanceof FormData) return body;
  const members = Object.entries(body as object);
  const isForm = members.some(([, value]) => Array.isArray(value) && value[0] instanceof Blob);
  if (!isForm) return JSON.stringify(body);
  const form = new FormData();
  for (const [name, value] of members)
    for (const part of Array.isArray(value) ? value : [value])
      if (part !== undefined) form.append(name, part);
  return form;
}
