// The TypeScript client against the running product at URL, with an admin's KEY, and at HELD, whose worker is off and who asks
// nobody. Each operation of the description is called.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { createClient, isEntity, type ProblemDetails, type ScanRequest } from "@data-extraction/client";

const { URL: url = "", HELD: heldUrl = "", KEY: key = "", ROOT: root = "" } = process.env;

interface Description {
  info: { version: string };
  paths: Record<string, Record<string, { operationId: string }>>;
}

const description = JSON.parse(readFileSync(join(root, "openapi/openapi.json"), "utf8")) as Description;
// Where a path fits two operations, the one without a parameter is meant.
const operations = Object.entries(description.paths)
  .sort(([a], [b]) => Number(a.includes("{")) - Number(b.includes("{")))
  .flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId }]) => ({
      method: method.toUpperCase(),
      path: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`),
      id: operationId,
    })),
  );
const called = new Set<string>();

const watched = (request: Request): Promise<Response> => {
  const { pathname } = new URL(request.url);
  const found = operations.find((it) => it.method === request.method && it.path.test(pathname));
  assert.ok(found, `${request.method} ${pathname} is no operation`);
  called.add(found.id);
  return fetch(request);
};

const client = createClient({ baseUrl: url, key, fetch: watched });
const held = createClient({ baseUrl: heldUrl, fetch: watched });

const WAIT = { query: { wait: 20 } } as const;
const TEXT = "Write to ann@example.com or bob@example.org.";
const DAMAGED = "JVBERi0xLjcKbm90aGluZw==";
// Well-formed, and nobody's.
const NO_LETTER = "SjIwMjYtMDktMDFUMTI6MDA6MDAuMTIzWiMx";
const NO_ENDPOINT = "5d41402abc4b2a76b9719d911017c592";

/** What was answered, if it was no problem. */
function good<T>({ data, error }: { data?: T; error?: unknown }): T {
  assert.ok(data !== undefined, JSON.stringify(error));
  return data;
}

/** That it was refused with this status. */
function refused(answer: { error?: ProblemDetails; response: Response }, status: number): ProblemDetails {
  assert.equal(answer.response.status, status);
  assert.equal(answer.error?.status, status);
  return answer.error;
}

function gone({ response }: { response: Response }): void {
  assert.equal(response.status, 204);
}

async function done(request: ScanRequest): Promise<string> {
  return good(await client.POST("/api/v1/scan/start/", { params: WAIT, body: request })).job_id;
}

const RESULT = "/api/v1/scan/result/{job_id}/";

async function resultOf(job_id: string) {
  const result = good(await client.GET(RESULT, { params: { path: { job_id } } }));
  assert.ok("records" in result && "documents" in result);
  return result;
}

after(() => {
  const uncalled = operations.map(({ id }) => id).filter((id) => !called.has(id));
  assert.deepEqual(uncalled, [], "not called");
});

test("a text is started, waited for and read", async () => {
  const body: ScanRequest = { source: { text: TEXT }, extract: ["entities"] };
  const { job_id } = good(await client.POST("/api/v1/scan/start/", { body }));
  const job = { path: { job_id } };
  const params = { ...job, ...WAIT };
  const status = good(await client.GET("/api/v1/scan/status/{job_id}/", { params }));
  assert.equal(status.status, "completed");
  const found = (await resultOf(job_id)).records.filter(isEntity);
  assert.deepEqual(
    found.map(({ kind, value }) => [kind, value]),
    [
      ["email", "ann@example.com"],
      ["email", "bob@example.org"],
    ],
  );
  const { start, end } = found[0]!.source;
  assert.equal(TEXT.slice(start, end), "ann@example.com");
  good(await client.GET("/api/v1/scan/request/{job_id}/", { params: job }));
  const events = { params: job, parseAs: "text" } as const;
  assert.match(good(await client.GET("/api/v1/scan/events/{job_id}/", events)), /completed/);
});

test("files go as a form and as they are", async () => {
  const file = [new Blob([TEXT], { type: "text/plain" }), new Blob(["name,mail\nCy,cy@example.net\n"])];
  const job = good(
    await client.POST("/api/v1/scan/start/", { params: WAIT, body: { file, extract: "entities" } }),
  );
  assert.ok("result" in job && job.result && "records" in job.result);
  assert.equal(job.result.documents.length, 2);
  const invoice = new Blob([readFileSync(join(root, "shared/extract/fixtures/pdf/invoice.pdf"))]);
  const sent = { body: invoice, headers: { "Content-Type": "application/pdf" }, params: WAIT };
  const { job_id } = good(await client.POST("/api/v1/scan/start/", sent));
  assert.equal((await resultOf(job_id)).documents[0]?.media_type, "application/pdf");
});

test("records come page by page, in other forms, and so far", async () => {
  const job_id = await done({ sources: [{ text: TEXT }, { base64: DAMAGED }], extract: ["entities"] });
  const path = { job_id };
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor === null ? { limit: 1 } : { limit: 1, cursor };
    const page = good(await client.GET(RESULT, { params: { path, query } }));
    assert.ok("records" in page && "next" in page);
    found.push(...page.records.filter(isEntity).map(({ value }) => value));
    cursor = page.next;
  } while (cursor !== null);
  assert.deepEqual(found, ["ann@example.com", "bob@example.org"]);
  const asCsv = { params: { path }, headers: { Accept: "text/csv" }, parseAs: "text" } as const;
  assert.match(good(await client.GET(RESULT, asCsv)), /ann@example\.com/);
  const soFar = good(await client.GET(RESULT, { params: { path, query: { partial: true } } }));
  assert.ok("results" in soFar);
  assert.deepEqual(
    soFar.results.map(({ number }) => number),
    [0, 1],
  );
});

test("jobs are listed by what they are", async () => {
  const batch = randomUUID();
  const job_id = await done({ source: { text: TEXT }, tags: { batch } });
  const query = { status: ["completed", "failed"] as ("completed" | "failed")[], tag: [`batch:${batch}`] };
  const { jobs, next } = good(await client.GET("/api/v1/scan/", { params: { query } }));
  assert.deepEqual([jobs.map((job) => job.job_id), next], [[job_id], null]);
});

test("a job is cancelled, retried and removed", async () => {
  const { job_id } = good(await held.POST("/api/v1/scan/start/", { body: { source: { text: TEXT } } }));
  const params = { path: { job_id } };
  const cancelled = good(await held.POST("/api/v1/scan/cancel/{job_id}/", { params }));
  assert.equal(cancelled.status, "cancelled");
  const conflict = refused(await held.GET(RESULT, { params }), 409);
  assert.equal(conflict.type, "urn:problem:job_not_completed");
  assert.equal(good(await held.POST("/api/v1/scan/retry/{job_id}/", { params })).status, "pending");
  gone(await held.DELETE("/api/v1/scan/remove/{job_id}/", { params }));
  refused(await held.GET("/api/v1/scan/status/{job_id}/", { params }), 404);
});

test("a large document is uploaded, and its result comes over a link", async () => {
  const content = new Blob(["One line of very many in a text that has no end of them.\n".repeat(100_000)]);
  const allowed = good(await client.POST("/api/v1/uploads/", { body: { bytes: content.size } }));
  const { method, headers, upload } = allowed;
  assert.equal((await fetch(allowed.url, { method, headers, body: content })).status, 200);
  const params = { path: { upload_id: upload } };
  assert.equal(good(await client.GET("/api/v1/uploads/{upload_id}/", { params })).bytes, content.size);
  const result = await resultOf(await done({ source: { upload }, extract: ["text"] }));
  assert.ok((result.documents[0]?.text?.length ?? 0) > 5_000_000);
  gone(await client.DELETE("/api/v1/uploads/{upload_id}/", { params }));
});

test("an extractor is saved, used and removed", async () => {
  const name = "receipt";
  const params = { path: { name } };
  const total = { label: "Total", type: "money", locale: "de" } as const;
  const body = { extract: [{ name, fields: { total } }] };
  const saved = good(await client.PUT("/api/v1/extractors/{name}/", { params, body }));
  assert.deepEqual(saved.extract, body.extract);
  good(await client.GET("/api/v1/extractors/{name}/", { params }));
  const job_id = await done({ source: { text: "Total: 7,50 €" }, extractor: name });
  const [record] = (await resultOf(job_id)).records;
  assert.deepEqual(record?.["total"], { amount: "7.50", currency: "EUR" });
  assert.ok(good(await client.GET("/api/v1/extractors/")).extractors.some((it) => it.name === name));
  good(await client.GET("/api/v1/extractors/{name}/versions/", { params }));
  gone(await client.DELETE("/api/v1/extractors/{name}/", { params }));
  const tried = await client.POST("/api/v1/extractors/preview/", { body: { source: { text: TEXT } } });
  assert.equal(good(tried).records.length, 2);
});

test("a key is made, used, rotated and revoked", async () => {
  const made = good(
    await client.POST("/api/v1/keys/", { body: { name: "reader", scopes: ["scan:read"], expires_in_days: 7 } }),
  );
  const reader = createClient({ baseUrl: url, key: made.key, fetch: watched });
  assert.deepEqual(good(await reader.GET("/api/v1/whoami/")).scopes, ["scan:read"]);
  const forbidden = await reader.POST("/api/v1/scan/start/", { body: { source: { text: TEXT } } });
  assert.equal(refused(forbidden, 403).type, "urn:problem:forbidden");
  const params = { path: { key_id: made.id } };
  const body = { overlap_seconds: 60 };
  const successor = good(await client.POST("/api/v1/keys/{key_id}/rotate/", { params, body }));
  gone(await client.DELETE("/api/v1/keys/{key_id}/", { params }));
  gone(await client.DELETE("/api/v1/keys/{key_id}/", { params: { path: { key_id: successor.id } } }));
  assert.equal(good(await client.GET("/api/v1/keys/{key_id}/", { params })).state, "revoked");
  good(await client.GET("/api/v1/keys/"));
  const query = { event: "key_revoked", limit: 5 };
  assert.equal(good(await client.GET("/api/v1/audit/", { params: { query } })).events[0]?.subject, successor.id);
});

test("what is refused is told as a problem", async () => {
  const stranger = createClient({ baseUrl: url, key: `dx_${"0".repeat(16)}_${"0".repeat(72)}`, fetch: watched });
  refused(await stranger.GET("/api/v1/scan/"), 401);
  const wrong = await client.POST("/api/v1/scan/start/", { body: { source: { text: "" } } });
  assert.deepEqual(
    refused(wrong, 422).errors?.map(({ pointer }) => pointer),
    ["/source/text"],
  );
});

test("the service tells of itself", async () => {
  assert.equal(good(await client.GET("/api/v1/health/")).version, description.info.version);
  good(await client.GET("/api/v1/system/"));
  assert.equal(good(await client.GET("/api/v1/limits/")).max_documents, 100);
  assert.ok(good(await client.GET("/api/v1/usage/")).total.requests > 0);
  const params = { header: { "X-Tenant": "acme" } };
  const set = good(await client.PUT("/api/v1/quotas/", { params, body: { jobs_in_flight: 1_000 } }));
  assert.equal(set.jobs_in_flight.source, "tenant");
  gone(await client.DELETE("/api/v1/quotas/", { params }));
  assert.equal(good(await client.GET("/api/v1/quotas/")).bytes_per_day.limit, "unlimited");
  const asJson = { params: { query: { format: "json" } } };
  good(await client.GET("/api/schema/", asJson));
  good(await client.GET("/api/v1/extractors/schema/"));
  for (const page of ["/api/docs/", "/admin/"] as const)
    assert.match(good(await client.GET(page, { parseAs: "text" })), /<html/);
});

test("dead letters and webhooks are dealt with", async () => {
  good(await client.GET("/api/v1/dead-letters/"));
  const all = { params: { query: { reason: "undeliverable" } } };
  good(await client.POST("/api/v1/dead-letters/redrive/", all));
  good(await client.DELETE("/api/v1/dead-letters/", all));
  const letter = { params: { path: { letter_id: NO_LETTER } } };
  refused(await client.POST("/api/v1/dead-letters/{letter_id}/redrive/", letter), 404);
  refused(await client.DELETE("/api/v1/dead-letters/{letter_id}/", letter), 404);

  const { id } = good(await held.POST("/api/v1/webhooks/secrets/"));
  assert.ok(good(await held.GET("/api/v1/webhooks/secrets/")).secrets.some((it) => it.id === id));
  const secret = { params: { path: { secret_id: id } } };
  refused(await held.DELETE("/api/v1/webhooks/secrets/{secret_id}/", secret), 409);
  const webhook = { url: "https://example.org/hook" };
  const started = await held.POST("/api/v1/scan/start/", { body: { source: { text: TEXT }, webhook } });
  const job = { params: { path: { job_id: good(started).job_id } } };
  assert.equal(good(await held.GET("/api/v1/scan/webhooks/{job_id}/", job)).url, webhook.url);
  refused(await held.POST("/api/v1/scan/webhooks/{job_id}/replay/", job), 409);
  good(await held.GET("/api/v1/webhooks/disabled/"));
  const endpoint = { params: { path: { endpoint_id: NO_ENDPOINT } } };
  refused(await held.DELETE("/api/v1/webhooks/disabled/{endpoint_id}/", endpoint), 404);
});

test("documents are converted as by docling-serve", async () => {
  const files = [new Blob(["# Report\n"], { type: "text/markdown" })];
  const task = good(await client.POST("/v1/convert/file/async", { body: { files, to_formats: ["md"] } }));
  const path = { task_id: task.task_id };
  const params = { path, query: { wait: 20 } };
  assert.equal(good(await client.GET("/v1/status/poll/{task_id}", { params })).task_status, "success");
  const result = good(await client.GET("/v1/result/{task_id}", { params: { path } }));
  assert.ok("document" in result);
  assert.match(result.document.md_content ?? "", /Report/);
  const source = { kind: "http", url: "https://example.org/a.pdf" } as const;
  good(await held.POST("/v1/convert/source/async", { body: { sources: [source] } }));
  good(await held.GET("/v1/clear/results", { params: { query: { older_then: 3600 } } }));
});
