// The list of jobs: what it shows, how it is searched, what is done to many at once.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessible, becomes, browse, open, picture, product, signIn } from "./support.js";

const PHONE = { viewport: { width: 390, height: 844 } };
const DARK = { colorScheme: "dark" };
const HOSTILE = { "<img src=x onerror=alert(1)>": "</script>\u202e<b>" + "w".repeat(60) };
const REFUSED = /status of 409/;

describe("the list of jobs", () => {
    let browser;
    let waiting;
    let working;
    before(async () => {
        [browser, waiting, working] = await Promise.all([browse(), product({ WORKER: "off" }), product()]);
    });
    after(() => Promise.all([browser?.close(), waiting?.stop(), working?.stop()]));

    test("says how to begin while there is nothing, and shows a job the moment it comes in", async (t) => {
        const fresh = await product({ WORKER: "off" });
        const page = await open(t, browser, fresh);
        t.after(() => fresh.stop());
        await page.goto(`${fresh.url}/admin/`);
        await page.getByRole("heading", { name: "No jobs yet" }).waitFor();
        await accessible(page);
        await picture(page, "jobs-none");
        const id = await submit(fresh);
        await row(page, id).waitFor();
        await page.getByRole("switch", { name: "Live" }).click();
        const later = await submit(fresh);
        await page.getByRole("switch", { name: "Live" }).click();
        await row(page, later).waitFor();
    });

    test("shows how each job stands, and can be read by everybody", async (t) => {
        await submit(working, { tags: { batch: "7", customer: "Müller & Söhne" } });
        await ended(working, await submit(working, { source: { text: "x" }, tags: HOSTILE }));
        const failed = await submit(working, { source: { url: "http://127.0.0.1:1/" } });
        const several = await submit(working, {
            sources: [{ text: "a" }, { url: "http://127.0.0.1:1/" }, { text: "b" }],
        });
        await Promise.all([ended(working, failed), ended(working, several)]);
        for (const [name, options] of [
            ["jobs", {}],
            ["jobs-dark", DARK],
            ["jobs-phone", PHONE],
            ["jobs-phone-dark", { ...PHONE, ...DARK }],
        ]) {
            const page = await open(t, browser, working, options);
            await page.goto(`${working.url}/admin/`);
            await row(page, failed).getByText("Fetch forbidden").waitFor();
            await row(page, several).getByText("3 of 3, 1 failed").waitFor();
            await accessible(page);
            await picture(page, name);
            assert.equal(await page.locator("main img").count(), 0);
            assert.equal(await isTooWide(page), false);
        }
    });

    test("finds jobs by how they stand, their tags, types, times and ids, and the address says so", async (t) => {
        const page = await open(t, browser, waiting);
        const old = await submit(waiting, { tags: { batch: "1" } });
        const id = await submit(waiting, { tags: { batch: "2" } });
        await waiting.ask(`/api/v1/scan/cancel/${old}/`, { method: "POST" });
        await page.goto(`${waiting.url}/admin/`);
        await row(page, id).waitFor();

        await page.getByRole("checkbox", { name: "cancelled" }).check();
        await row(page, id).waitFor({ state: "detached" });
        await row(page, old).waitFor();
        assert.match(page.url(), /status=cancelled/);
        await page.getByRole("checkbox", { name: "pending" }).check();
        await row(page, id).waitFor();
        assert.match(page.url(), /status=pending%2Ccancelled/);

        await row(page, old).getByRole("link", { name: "batch:1" }).click();
        await row(page, id).waitFor({ state: "detached" });
        await page.reload();
        await becomes(() => page.getByLabel("Tag").inputValue(), "batch:1");
        await page.getByRole("link", { name: "Clear filters" }).click();

        await row(page, id).getByRole("link", { name: "text/plain" }).click();
        await becomes(() => page.getByLabel("Media type").inputValue(), "text/plain");
        await page.getByLabel("Created from").fill("2999-01-01T00:00");
        await page.getByText("No job matches.").waitFor();
        assert.match(page.url(), /created_after=2/);
        await page.getByLabel("Created before").fill("2999-01-02T00:00");
        await page.getByRole("link", { name: "Show all jobs" }).click();

        await page.keyboard.press("/");
        await page.keyboard.type(id.slice(0, 30));
        await row(page, old).waitFor({ state: "detached" });
        await row(page, id).waitFor();
        await page.keyboard.type(id.slice(30));
        await page.keyboard.press("Enter");
        await page.waitForURL(`**/#/jobs/${id}`);
        await page.goBack();
        await row(page, id).waitFor();
    });

    test("says what is wrong with what is looked for, and does not ask for it", async (t) => {
        const page = await open(t, browser, waiting);
        const evil = encodeURIComponent("<img src=x onerror=alert(1)>");
        const query = `status=${evil}&q=${evil}&tag=${evil}&media_type=${evil}&created_after=${evil}`;
        await page.goto(`${waiting.url}/admin/#/jobs?${query}&created_before=x`);
        await page.getByText("There is no such status: <img src=x onerror=alert(1)>").waitFor();
        for (const words of ["No id begins so", "A name and a value", "A media type, as"])
            await page.getByText(words).waitFor();
        assert.equal(await page.getByText("A time, as").count(), 2);
        await accessible(page);
    });

    test("goes from page to page, and back to the same one from a job", async (t) => {
        const page = await open(t, browser, waiting);
        for (let count = 0; count < 60; count += 1) await submit(waiting, { tags: { paged: "yes" } });
        await page.goto(`${waiting.url}/admin/#/jobs?tag=paged:yes`);
        await page.getByRole("button", { name: "After →" }).click();
        await page.getByText("Page 2").waitFor();
        const links = page.locator("a.job");
        await links.nth(10).waitFor({ state: "detached" });
        const link = links.nth(9);
        const id = await link.getAttribute("title");
        await link.click();
        await page.getByRole("heading", { name: id }).waitFor();
        await page.goBack();
        await page.getByText("Page 2").waitFor();
        await row(page, id).waitFor();
        await page.getByRole("button", { name: "← Before" }).click();
        await page.getByText("Page 1").waitFor();
        await links.nth(49).waitFor();
    });

    test("cancels, retries and removes what is selected, and offers only what can be done", async (t) => {
        const page = await open(t, browser, waiting);
        const ids = [];
        for (let count = 0; count < 5; count += 1)
            ids.unshift(await submit(waiting, { tags: { many: "yes" } }));
        await page.goto(`${waiting.url}/admin/#/jobs?tag=many:yes`);
        await box(page, ids[0]).click();
        await box(page, ids[3]).click({ modifiers: ["Shift"] });
        const bar = page.getByRole("group", { name: "Selected jobs" });
        await bar.getByText("4 jobs selected").waitFor();
        assert.equal(await bar.getByRole("button", { name: /Retry/ }).count(), 0);
        await accessible(page);
        await picture(page, "jobs-selected");

        await bar.getByRole("button", { name: "Cancel 4" }).click();
        await page.getByText("Cancelled 4 jobs.").waitFor();
        await row(page, ids[3]).getByText("cancelled").waitFor();
        await page.getByLabel("Select all jobs of this page").check();
        await bar.getByRole("button", { name: "Retry 4" }).waitFor();
        await bar.getByRole("button", { name: "Remove 5" }).click();
        await accessible(page);
        await picture(page, "jobs-remove");
        await page.getByRole("button", { name: "Remove 5 jobs" }).click();
        await page.getByText("Removed 5 jobs.").waitFor();
        await page.getByText("No job matches.").waitFor();
    });

    test("tells each job that refuses, by its id", async (t) => {
        const page = await open(t, browser, waiting, { expected: [REFUSED] });
        const id = await submit(waiting, { tags: { late: "yes" } });
        await waiting.ask(`/api/v1/scan/cancel/${id}/`, { method: "POST" });
        await page.goto(`${waiting.url}/admin/#/jobs?tag=late:yes`);
        await page.getByRole("switch", { name: "Live" }).click();
        await box(page, id).check();
        await waiting.ask(`/api/v1/scan/retry/${id}/`, { method: "POST" });
        await page.getByRole("button", { name: "Retry 1" }).click();
        const dialog = page.getByRole("dialog");
        await dialog.getByText(id).waitFor();
        await dialog.getByText("only a failed or cancelled job can be retried").waitFor();
        await dialog.getByText("1 refused").waitFor();
        await accessible(page);
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
    });

    test("goes by keyboard alone from job to job", async (t) => {
        const page = await open(t, browser, waiting);
        const tags = { keys: "yes" };
        const [second, first] = [await submit(waiting, { tags }), await submit(waiting, { tags })];
        await page.goto(`${waiting.url}/admin/#/jobs?tag=keys:yes`);
        await row(page, first).locator("a.job").focus();
        await page.keyboard.press("j");
        await page.keyboard.press("x");
        await page.getByText("1 job selected").waitFor();
        await becomes(() => box(page, second).isChecked(), true);
        await page.keyboard.press("k");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await page.waitForURL(`**/#/jobs/${second}`);
    });

    test("offers nothing to do to whoever may only read", async (t) => {
        const keyed = await product({ AUTH_MODE: "keys" });
        const id = await submit(keyed);
        const made = await keyed.ask("/api/v1/keys/", { json: { name: "reader", scopes: ["scan:read"] } });
        const page = await open(t, browser, keyed);
        t.after(() => keyed.stop());
        await signIn(page, { ...keyed, key: made.key });
        await row(page, id).waitFor();
        assert.equal(await page.getByRole("checkbox", { name: /Select/ }).count(), 0);
        assert.equal(await page.getByRole("link", { name: "Start" }).count(), 0);
    });
});

const row = (page, id) => page.getByRole("row").filter({ has: page.getByTitle(id) });
const box = (page, id) => page.getByLabel(`Select job ${id}`);

async function submit(product, request = {}) {
    const json = { source: request.sources ? undefined : { text: "Write to ann@example.com." }, ...request };
    return (await product.ask("/api/v1/scan/start/", { json })).job_id;
}

const ended = (product, id) => product.ask(`/api/v1/scan/status/${id}/?wait=20`);

const isTooWide = (page) =>
    page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
