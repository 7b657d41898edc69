// Usage: jobs over time, how long they wait and take, what is used and what it costs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { plant } from "./emulated.js";
import { accessible, becomes, browse, open, picture, product } from "./support.js";

const COMPLETED = 7;
const FAILED = 2;

describe("usage", () => {
    let browser;
    let used;
    before(async () => {
        [browser, used] = await Promise.all([browse(), product()]);
        const start = (source) => used.ask("/api/v1/scan/start/?wait=10", { json: { source } });
        for (let number = 0; number < COMPLETED; number += 1)
            await start({
                text: `a${number}@test.com`,
                media_type: number < 5 ? "text/plain" : "text/markdown",
            });
        // The beginning of a PDF, and no more.
        for (let number = 0; number < FAILED; number += 1)
            await start({ base64: "JVBERi0xLjcK", media_type: "application/pdf" });
        for (;;) {
            const { total } = await used.ask("/api/v1/usage/");
            if (total.completed === COMPLETED && total.failed === FAILED) break;
            await new Promise((done) => setTimeout(done, 50));
        }
    });
    after(() => Promise.all([browser?.close(), used?.stop()]));

    const show = async (page, query = "") => {
        await page.goto(`${used.url}/admin/#/usage${query}`);
        await page.getByRole("figure", { name: "Jobs by outcome" }).waitFor();
    };
    /** The rows of a chart's table that are not all nothing. */
    const numbers = async (page, title) => {
        const figure = page.getByRole("figure", { name: title });
        await figure.getByText("The numbers").click();
        const rows = await figure
            .getByRole("row")
            .evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
        return rows.slice(1).filter(([, ...values]) => values.some((value) => !["0", "–"].includes(value)));
    };

    test("is told by day, with the numbers behind each chart", async (t) => {
        const page = await open(t, browser, used);
        await show(page);
        const [[, completed, failed, cancelled]] = await numbers(page, "Jobs by outcome");
        assert.deepEqual([completed, failed, cancelled], ["7", "2", "0"]);
        const [[, documents]] = await numbers(page, "Documents by day");
        assert.equal(documents, "9");
        await page.getByLabel("By day", { exact: true }).selectOption("Estimated cost");
        await page.getByRole("figure", { name: "Estimated cost by day" }).waitFor();
        await page.getByLabel("By day", { exact: true }).selectOption("Capacity units of the table");
        const units = page.getByRole("figure", { name: "Capacity units of the table by day" });
        await units.getByText("write units", { exact: true }).first().waitFor();
        await accessible(page);
    });

    test("is told by minute for the last hour, out of the newest jobs", async (t) => {
        const page = await open(t, browser, used);
        await show(page);
        await page.getByLabel("The last").selectOption("an hour");
        await page.getByText("By when they were accepted").waitFor();
        await page.getByText("Of all 9 jobs of this time").first().waitFor();
        const rows = await numbers(page, "Jobs by outcome");
        const sum = (at) => rows.reduce((sum, row) => sum + Number(row[at]), 0);
        assert.deepEqual([sum(1), sum(2), sum(3), sum(4)], [COMPLETED, FAILED, 0, 0]);
        await picture(page, "usage-hour");
    });

    test("tells percentiles of waits and extractions, by media type as well", async (t) => {
        const page = await open(t, browser, used);
        await show(page);
        await page.getByRole("heading", { name: "Wait in the queue by media type" }).waitFor();
        await page.getByLabel("Extraction", { exact: true }).check();
        await page.getByRole("heading", { name: "Extraction by media type" }).waitFor();
        await page.getByRole("row", { name: "text/plain 5" }).waitFor();
        await page.getByRole("row", { name: "text/markdown 2" }).waitFor();
        // What failed has no time of extraction.
        assert.equal(await page.getByRole("row", { name: "application/pdf" }).count(), 0);
    });

    test("is read with the keyboard, in both colours and on a phone", async (t) => {
        const page = await open(t, browser, used);
        await show(page);
        const figure = page.getByRole("figure", { name: "Jobs by outcome" });
        const bars = figure.getByRole("group").getByRole("img");
        await bars.first().focus();
        await page.keyboard.press("End");
        assert.match(await bars.last().getAttribute("aria-label"), /7 completed, 2 failed, 0 cancelled$/);
        await becomes(() => bars.last().evaluate((bar) => bar === document.activeElement), true);
        await figure.locator(".readout", { hasText: "7 completed" }).waitFor();
        await accessible(page);
        await picture(page, "usage");
        await page.emulateMedia({ colorScheme: "dark" });
        await accessible(page);
        await picture(page, "usage-dark");
        await page.setViewportSize({ width: 390, height: 844 });
        await accessible(page);
        await picture(page, "usage-phone-dark");
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert(wide <= 390, `the page is ${wide} wide`);
    });

    test("can be taken away as CSV", async (t) => {
        const page = await open(t, browser, used);
        await show(page);
        const [download] = await Promise.all([
            page.waitForEvent("download"),
            page.getByRole("button", { name: "Days as CSV" }).click(),
        ]);
        assert.equal(download.suggestedFilename(), "usage.csv");
        const [head, day] = readFileSync(await download.path(), "utf8").split("\r\n");
        assert.match(head, /^date,requests,accepted,completed/);
        assert.equal(day.split(",")[3], "7");
    });

    test("says of how many jobs it knows where there are more than it reads", async (t) => {
        const { jobs } = await used.ask("/api/v1/scan/?status=completed&limit=1");
        await plant(used, jobs[0].job_id, 1_100);
        const page = await open(t, browser, used);
        const pages = [];
        page.on("request", (request) => request.url().includes("/api/v1/scan/") && pages.push(request.url()));
        await show(page);
        await page
            .getByText(/Of the newest 1,000 jobs, accepted from .* older ones are not counted/)
            .waitFor();
        assert.equal(pages.length, 5);
    });
});
