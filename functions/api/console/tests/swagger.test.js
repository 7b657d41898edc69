// The API's description as Swagger UI shows it at /api/docs/: who tries an operation out with what is filled in, and with each example that is
// told, gets what is described. It goes by the description, so a new operation is tried too.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { browse, freePort, open as openPage, picture, product } from "./support.js";

const METHODS = ["get", "put", "post", "delete"];
const JOB_MS = 30_000;

/** Those that are about jobs which have not been done, and so are tried where no worker does any. */
const WITHOUT_WORKER = [
    "cancel_scan",
    "retry_scan",
    "list_dead_letters",
    "discard_dead_letters",
    "redrive_dead_letters",
    "discard_dead_letter",
    "redrive_dead_letter",
];

describe("Swagger UI", () => {
    let browser;
    let receiver;
    let keyed;
    let held;
    let pages;

    before(async () => {
        receiver = await webhooks();
        const sqs = await Promise.all([freePort(), freePort(), freePort()]);
        [browser, keyed, held] = await Promise.all([
            browse(),
            product({ AUTH_MODE: "keys", FETCH_ALLOW: receiver.host }),
            product({ WORKER: "off", AWS_PORTS: sqs.join(",") }),
        ]);
        held.sqs = `http://127.0.0.1:${sqs[1]}`;
        await keyed.ask("/api/v1/webhooks/secrets/", { method: "POST" });
    });
    after(async () => {
        receiver?.close();
        await Promise.all([browser?.close(), keyed?.stop(), held?.stop()]);
    });

    test("lets in by a key in either place, and forgets it when asked", async (t) => {
        const page = await docs(t, keyed, { expected: [/401/] });
        const whoami = async () => {
            const { status, request } = await execute(page, "get_whoami");
            return [status, request.headers()];
        };
        await tryOut(page, { operationId: "get_whoami", tags: ["access"] });
        assert.equal((await whoami())[0], 401);
        for (const [scheme, header, value] of [
            ["api_key", "x-api-key", keyed.key],
            ["bearer", "authorization", `Bearer ${keyed.key}`],
        ]) {
            await authorise(page, scheme, keyed.key);
            const [status, headers] = await whoami();
            assert.deepEqual([status, headers[header]], [200, value], scheme);
            await logOut(page, scheme);
            assert.equal((await whoami())[0], 401);
        }
    });

    test("tries every operation out", async (t) => {
        const { paths } = await (await fetch(`${keyed.url}/api/schema/?format=json`)).json();
        pages = { keyed: await docs(t, keyed), held: await docs(t, held) };
        await authorise(pages.keyed, "bearer", keyed.key);
        await picture(pages.keyed, "swagger-ui");
        for (const [path, item] of Object.entries(paths))
            for (const method of METHODS.filter((method) => item[method]))
                await t.test(`${method.toUpperCase()} ${path}`, () => tried(path, item[method]));
    });

    async function tried(path, operation) {
        const { operationId: id, parameters = [], requestBody, responses } = operation;
        const [on, page] = WITHOUT_WORKER.includes(id) ? [held, pages.held] : [keyed, pages.keyed];
        const described = Object.keys(responses).filter((status) => status < 300);
        const block = await tryOut(page, operation);
        const call = async (body, values = {}) => {
            const named = await things(on, path, id, receiver);
            await choose(block, body, named);
            for (const parameter of parameters) {
                const { name, required } = parameter;
                const value = required ? named[name] : values[name];
                if (value !== undefined)
                    await fill(block, parameter, required ? value : exemplary(value, named));
            }
            const { status, answer } = await execute(page, id);
            const sent = JSON.stringify([body, values]);
            assert(described.includes(String(status)), `${sent}: ${status} ${answer}`);
        };
        try {
            const [first, ...others] = bodies(requestBody);
            for (const body of [...others, first]) await call(body);
            // What a JSON request says itself is not said beside it.
            const plain = others.find(({ type }) => type === "application/octet-stream") ?? first;
            for (const values of told(parameters)) await call(plain, values);
        } finally {
            await fold(page, operation);
        }
    }

    /** The page, in a browser that takes note of what no page may do. */
    async function docs(t, { url }, options) {
        const page = await openPage(t, browser, { url }, options);
        await page.goto(`${url}/api/docs/`);
        await page.locator(".opblock").first().waitFor();
        // What is folded is not drawn anew with each letter that is typed.
        const open = page.locator(".opblock-tag[data-is-open=true]");
        while (await open.count()) await open.first().click();
        return page;
    }
});

/** Values of parameters that no example fits, for they name what there is. */
const UNTOLD = { "If-Match": "{etag}", "If-None-Match": '"other"', "Last-Event-ID": "0", limit: 2 };

/** What only one of is given. */
const INSTEAD = { extractor: "extract" };

/** The values that optional parameters are told to have, all at once but for those that stand in the place of others. */
function told(parameters) {
    const optional = parameters.filter(({ required }) => !required);
    const values = optional
        .map(({ name, example }) => [name, example ?? UNTOLD[name]])
        .filter(([, value]) => value !== undefined);
    if (values.length === 0) return [];
    const whole = Object.fromEntries(values);
    const both = Object.keys(INSTEAD).filter((name) => name in whole && INSTEAD[name] in whole);
    const none = Object.fromEntries(values.map(([name]) => [name, ""]));
    const instead = both.map((name) => ({ ...none, [name]: whole[name] }));
    for (const name of both) delete whole[name];
    return [whole, ...instead];
}

/** What is filled in for a value that names a thing of the examples. */
function exemplary(value, { etag, version, job_id: job }) {
    if (value === "{etag}") return etag;
    if (value === "invoice@3") return `invoice@${version}`;
    // A key of a request of its own: none is given to two.
    if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value)) return crypto.randomUUID();
    return typeof value === "string" && job ? value.replace(/msg_[0-9a-f-]+_/, `msg_${job}_`) : value;
}

/** Whatever can be sent: each media type with each of its examples, or no body. */
function bodies(requestBody) {
    if (!requestBody) return [{}];
    return Object.entries(requestBody.content).flatMap(([type, { examples }]) =>
        Object.keys(examples ?? { "": {} }).map((example) => ({ type, example })),
    );
}

/** Things for the parameters of a path: there are none before they are named, and each is there once. */
async function things(on, path, id, receiver) {
    const { ask, sqs } = on;
    const named = {};
    const wants = (name) => path.includes(`{${name}}`);
    if (wants("job_id") || wants("task_id"))
        named.job_id = named.task_id = sqs ? await cancelled(ask) : await completed(ask, receiver);
    if (wants("upload_id") || id === "start_scan") named.upload_id = await uploaded(ask);
    if (wants("name") || id === "start_scan") Object.assign(named, await saved(on));
    if (wants("key_id"))
        named.key_id = (await ask("/api/v1/keys/", { json: { name: "tried", scopes: ["scan:read"] } })).id;
    if (wants("secret_id")) named.secret_id = await oldSecret(ask);
    if (wants("endpoint_id")) named.endpoint_id = await disabled(ask, receiver);
    if (sqs && path.includes("dead-letters")) named.letter_id = await deadLetter(ask, sqs);
    return named;
}

const TEXT = { source: { text: "Write to a@test.com." } };

async function completed(ask, { url }) {
    const { job_id: id } = await ask("/api/v1/scan/start/", {
        json: { ...TEXT, webhook: { url: `${url}/hook` } },
    });
    const { status } = await ask(`/api/v1/scan/status/${id}/?wait=20`);
    assert.equal(status, "completed");
    const told = async () =>
        (await ask(`/api/v1/scan/webhooks/${id}/`)).deliveries.some(
            ({ status: told }) => told === "delivered",
        );
    await until("the job's end is told", told);
    return id;
}

async function cancelled(ask) {
    const { job_id: id } = await ask("/api/v1/scan/start/", { json: TEXT });
    await ask(`/api/v1/scan/cancel/${id}/`, { method: "POST" });
    return id;
}

async function uploaded(ask) {
    const { upload, url } = await ask("/api/v1/uploads/", { json: { bytes: 5 } });
    const { ok } = await fetch(url, { method: "PUT", body: "hello" });
    assert(ok);
    return upload;
}

/** The tag and the version of an extractor of the examples' name. Its versions go on where those ended that other operations removed. */
async function saved({ ask, url, key }) {
    for (const label of ["Sum", "Amount", "Total"]) {
        const json = { extract: [{ fields: { total: { label, type: "money" } } }] };
        await ask("/api/v1/extractors/invoice/", { method: "PUT", json });
    }
    const headers = { Authorization: `Bearer ${key}` };
    const answer = await fetch(`${url}/api/v1/extractors/invoice/`, { headers });
    return { etag: answer.headers.get("etag"), version: (await answer.json()).version };
}

async function oldSecret(ask) {
    const { id } = await ask("/api/v1/webhooks/secrets/", { method: "POST" });
    await ask("/api/v1/webhooks/secrets/", { method: "POST" });
    return id;
}

/** An endpoint that has said it is gone. */
async function disabled(ask, { url }) {
    await ask("/api/v1/scan/start/", { json: { ...TEXT, webhook: { url: `${url}/gone` } } });
    let found;
    await until("the endpoint is disabled", async () => {
        [found] = (await ask("/api/v1/webhooks/disabled/")).endpoints;
        return found;
    });
    return found.id;
}

/** A job that the queue has given up on: its message is put where those are taken from. */
async function deadLetter(ask, sqs) {
    const { job_id: job } = await ask("/api/v1/scan/start/", { json: TEXT });
    const message = { v: 1, tenant: "default", job, generation: 0 };
    const { ok } = await fetch(sqs, {
        method: "POST",
        headers: { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage" },
        body: JSON.stringify({
            QueueUrl: `${sqs}/000000000000/jobs-dead-letters`,
            MessageBody: JSON.stringify(message),
        }),
    });
    assert(ok);
    let found;
    await until("the letter is there", async () => {
        const { dead_letters: letters } = await ask("/api/v1/dead-letters/");
        found = letters.find(({ job_id: id }) => id === job);
        return found;
    });
    return found.id;
}

async function until(what, isSo) {
    const deadline = Date.now() + JOB_MS;
    while (!(await isSo())) {
        assert(Date.now() < deadline, `not after ${JOB_MS} ms: ${what}`);
        await new Promise((done) => setTimeout(done, 50));
    }
}

/** Who is told of the ends of jobs: at /gone nobody is any more. */
async function webhooks() {
    const server = createServer((request, response) => {
        request.resume();
        response.writeHead(request.url === "/gone" ? 410 : 204).end();
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    const host = `127.0.0.1:${server.address().port}`;
    return { host, url: `http://${host}`, close: () => server.close() };
}

const blockOf = (page, id) => page.locator(`.opblock[id$="-${id}"]`);

/** Unfolds an operation and lets it be tried. */
async function tryOut(page, { operationId: id, tags: [tag] }) {
    await page.locator(`.opblock-tag[data-tag="${tag}"]`).click();
    const block = blockOf(page, id);
    await block.locator(".opblock-summary-control").click();
    await block.getByRole("button", { name: "Try it out" }).click();
    return block;
}

async function fold(page, { operationId: id, tags: [tag] }) {
    await blockOf(page, id).locator(".opblock-summary-control").click();
    await page.locator(`.opblock-tag[data-tag="${tag}"]`).click();
}

/** Sends what is filled in; what was answered, and that the page shows it. */
async function execute(page, id) {
    const block = blockOf(page, id);
    const isTried = (request) => request.resourceType() === "fetch";
    const [request] = await Promise.all([
        page.waitForEvent("request", isTried),
        block.getByRole("button", { name: "Execute" }).click(),
    ]);
    const response = await request.response();
    await response.finished();
    const status = response.status();
    await block.locator(".live-responses-table .response-col_status", { hasText: String(status) }).waitFor();
    return { status, request, answer: status < 400 ? "" : await response.text() };
}

async function fill(block, { name, in: place, schema }, value) {
    const row = block.locator(`tr[data-param-name="${name}"][data-param-in="${place}"]`);
    if (schema.type === "array" && (await row.locator("select").count())) {
        await row.locator("select").selectOption(value);
    } else if (schema.type === "array") {
        while (await row.getByRole("button", { name: "-" }).count())
            await row.getByRole("button", { name: "-" }).first().click();
        for (const item of value) {
            await row.getByRole("button", { name: /Add/ }).click();
            await row.locator("input").last().fill(item);
        }
    } else if (await row.locator("select").count()) {
        await row.locator("select").selectOption(String(value));
    } else {
        await row.locator("input").fill(String(value));
    }
}

/** Chooses a media type and an example, and a file where one is asked for. The upload that an example names is one that is there. */
async function choose(block, { type, example }, { upload_id: upload }) {
    if (!type) return;
    const body = block.locator(".opblock-section-request-body");
    await body.locator(".content-type").selectOption(type);
    if (example) await body.locator(".examples-select-element").selectOption(example);
    for (const file of await body.locator("input[type=file]").all())
        await file.setInputFiles({
            name: "note.txt",
            mimeType: "text/plain",
            buffer: Buffer.from("Write to a@test.com."),
        });
    const text = body.locator("textarea").first();
    if (example !== "upload" || !upload) return;
    const filled = await text.inputValue();
    await text.fill(filled.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, upload));
}

async function authorise(page, scheme, key) {
    const form = await credentials(page, scheme);
    await form.locator("input").fill(key);
    await form.getByRole("button", { name: "Apply credentials" }).click();
    await form.getByRole("button", { name: "Remove authorization" }).waitFor();
    await page.locator(".close-modal").click();
}

async function logOut(page, scheme) {
    const form = await credentials(page, scheme);
    await form.getByRole("button", { name: "Remove authorization" }).click();
    await page.locator(".close-modal").click();
}

/** The form of a scheme. */
async function credentials(page, scheme) {
    await page.locator(".auth-wrapper .btn.authorize").first().click();
    return page.locator(".auth-container", { has: page.locator("h4", { hasText: scheme }) });
}
