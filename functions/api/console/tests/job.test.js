// The page of a job: how it goes on, what became of it, what can be done.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ROOT, accessible, becomes, browse, open, picture, product } from "./support.js";

const PHONE = { viewport: { width: 390, height: 844 } };
const DARK = { colorScheme: "dark" };

describe("the page of a job", () => {
    let browser;
    let waiting;
    let working;
    let receiver;
    before(async () => {
        receiver = await receive();
        const FETCH_ALLOW = `127.0.0.1:${receiver.port}`;
        [browser, waiting, working] = await Promise.all([
            browse(),
            product({ WORKER: "off" }),
            product({ FETCH_ALLOW }),
        ]);
    });
    after(() => Promise.all([browser?.close(), waiting?.stop(), working?.stop(), receiver?.stop()]));

    test("follows it as it goes on, whoever changes it", async (t) => {
        const page = await open(t, browser, waiting);
        const id = await submit(waiting);
        await show(page, waiting, id);
        await standing(page, "pending");
        await page.getByText("Waits for a worker").waitFor();
        await waiting.ask(`/api/v1/scan/cancel/${id}/`, { method: "POST" });
        await standing(page, "cancelled");
        await page.getByText("Cancelled after").waitFor();
    });

    test("holds no connection while nobody looks, and catches up when somebody does", async (t) => {
        const page = await open(t, browser, waiting);
        const id = await submit(waiting);
        await show(page, waiting, id);
        await standing(page, "pending");
        const ended = page.waitForEvent("requestfailed", (request) => request.url().includes("/events/"));
        await see(page, "hidden");
        await ended;
        await waiting.ask(`/api/v1/scan/cancel/${id}/`, { method: "POST" });
        await see(page, "visible");
        await standing(page, "cancelled");
    });

    test("cancels, retries and removes it, as it stands", async (t) => {
        const page = await open(t, browser, waiting);
        const id = await submit(waiting);
        await show(page, waiting, id);
        const press = (name) => page.getByRole("button", { name, exact: true }).click();
        await press("Cancel");
        await standing(page, "cancelled");
        assert.equal(await page.getByRole("button", { name: "Cancel", exact: true }).count(), 0);
        await press("Retry");
        await standing(page, "pending");
        await press("Remove");
        await accessible(page);
        await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
        await page.getByText("No jobs yet").or(page.getByRole("table")).waitFor();
        await becomes(() => page.getByTitle(id).count(), 0);
    });

    test("says in full why it failed, to everybody", async (t) => {
        const name = "password.pdf";
        const base64 = readFileSync(join(ROOT, "shared/extract/fixtures/pdf", name)).toString("base64");
        const tags = { "<img src=x onerror=alert(1)>": "</script>\u202e" };
        const request = { source: { base64, name: "<b>\u202efdp.exe" }, tags };
        const id = await submit(working, request);
        for (const [picturing, options] of [
            ["job-failed", {}],
            ["job-failed-dark", DARK],
            ["job-failed-phone", PHONE],
        ]) {
            const page = await open(t, browser, working, options);
            await show(page, working, id);
            await standing(page, "failed");
            await page.getByText("urn:problem:encrypted").waitFor();
            await page.getByText("It fails again when it is retried").waitFor();
            await page.getByText("</script>⟨U+202E⟩").waitFor();
            await page.getByText("Request", { exact: true }).click();
            await page.getByText("<b>⟨U+202E⟩fdp.exe").waitFor();
            await accessible(page);
            await picture(page, picturing);
            assert.equal(await page.locator("main img").count(), 0);
            assert.equal(await isTooWide(page), false);
        }
    });

    test("shows what was asked, and leads to another like it", async (t) => {
        const fields = { total: { label: "Total", type: "money" } };
        const page = await open(t, browser, waiting);
        const id = await submit(waiting, {
            sources: [{ text: "Total: 7.50 EUR", name: "bill.txt" }, { url: "http://127.0.0.1:1/a.pdf" }],
            extract: [{ fields }],
        });
        await show(page, waiting, id);
        await page.getByText("Request", { exact: true }).click();
        await page.getByText("bill.txt · inline").waitFor();
        await page.getByText("http://127.0.0.1:1/a.pdf").waitFor();
        assert.match(
            await page.getByLabel("What is extracted", { exact: true }).innerText(),
            /"label": "Total"/,
        );
        await page.getByRole("link", { name: "Start another like it" }).click();
        await page.waitForURL(`**/#/start?like=${id}`);
    });

    test("tells how its end was told, and tells it again", async (t) => {
        await working.ask("/api/v1/webhooks/secrets/", { method: "POST" });
        const page = await open(t, browser, working);
        const webhook = { url: `http://127.0.0.1:${receiver.port}/hook` };
        const id = await submit(working, { webhook });
        await show(page, working, id);
        await page.getByText(/Webhook job\.completed: 204/).waitFor();
        await page.getByText("delivered, 1 attempt").waitFor();
        await page.getByRole("button", { name: "Tell again" }).click();
        await page.getByText("delivered, 2 attempts").waitFor();
        await accessible(page);
        await picture(page, "job-webhook");
    });

    test("shows how far a job of many documents is", async (t) => {
        const page = await open(t, browser, waiting);
        const id = await submit(waiting, { sources: [{ text: "a" }, { text: "b" }] });
        const job = await waiting.ask(`/api/v1/scan/status/${id}/`);
        const at = (done) => ({ ...job, status: "running", progress: { done, failed: 1, total: 20 } });
        const tell = await answerByEvents(page, id);
        await show(page, waiting, id);
        tell(at(3));
        await page.getByText("4 of 20, 1 failed").waitFor();
        await picture(page, "job-running");
        tell(at(12));
        await page.getByText("13 of 20, 1 failed").waitFor();
        tell({ ...job, status: "cancelled" });
        await standing(page, "cancelled");
    });

    test("asks by waiting calls where no events come through", async (t) => {
        const page = await open(t, browser, waiting, { expected: [/503/] });
        await page.route("**/api/v1/scan/events/**", (route) => route.fulfill({ status: 503, body: "" }));
        const id = await submit(waiting);
        await show(page, waiting, id);
        await standing(page, "pending");
        await waiting.ask(`/api/v1/scan/cancel/${id}/`, { method: "POST" });
        await standing(page, "cancelled");
    });

    test("says that there is no such job, whatever stands in the address", async (t) => {
        const page = await open(t, browser, waiting, { expected: [/404/] });
        await show(page, waiting, "01990a5d-ac96-774b-8cce-b302099a8057");
        await page.getByText("There is no such job").waitFor();
        await show(page, waiting, encodeURIComponent("<img src=x onerror=alert(1)>/../"));
        await page.getByText("That is no id of a job.").waitFor();
        await accessible(page);
        await page.getByRole("link", { name: "All jobs" }).click();
        await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor();
    });
});

const show = (page, { url }, id) => page.goto(`${url}/admin/#/jobs/${id}`);
const standing = (page, status) => page.locator(`.standing .status.${status}`).waitFor();

async function submit(product, request = {}) {
    const json = { source: request.sources ? undefined : { text: "Write to ann@example.com." }, ...request };
    return (await product.ask("/api/v1/scan/start/", { json })).job_id;
}

/** As if another tab were before it, or no longer. */
function see(page, state) {
    return page.evaluate((value) => {
        Object.defineProperty(document, "visibilityState", { value, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }, state);
}

/**
 * Answers as where no answer can be a stream: each ends after one event, and says when to come back. Gives a function that tells how
 * the job stands, which may be called before anybody asks.
 */
async function answerByEvents(page, id) {
    const told = Array.from({ length: 3 }, () => {
        const standing = {};
        standing.known = new Promise((tell) => Object.assign(standing, { tell }));
        return standing;
    });
    await page.route(`**/api/v1/scan/events/${id}/`, async (route) => {
        const seen = Number(route.request().headers()["last-event-id"] ?? 0);
        const job = await told[seen].known;
        const body = `event: status\nid: ${seen + 1}\nretry: 1000\ndata: ${JSON.stringify(job)}\n\n`;
        await route.fulfill({ contentType: "text/event-stream", body });
    });
    let at = 0;
    return (job) => told[at++].tell(job);
}

/** Whoever is told of the ends of jobs. */
async function receive() {
    const server = createServer((request, response) => {
        request.resume();
        response.writeHead(204).end();
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    return { port: server.address().port, stop: () => new Promise((done) => server.close(done)) };
}

const isTooWide = (page) =>
    page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
