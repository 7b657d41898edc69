// What the console weighs, and what it reads of the list, however long that is.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { plant } from "./emulated.js";
import { browse, open, product } from "./support.js";

/** The page and all its files, compressed. */
const MOST_BYTES = 250_000;

/** The views by their place, with what is read above each. */
const VIEWS = {
    jobs: "Jobs",
    start: "Start a job",
    extractors: "Extractors",
    usage: "Usage",
    letters: "Dead letters",
    keys: "Access",
    health: "Health",
};

describe("the console's weight", () => {
    let browser;
    let free;
    let job;
    before(async () => {
        [browser, free] = await Promise.all([browse(), product()]);
        // Markdown is drawn by a part that is loaded with the first that is shown.
        const json = {
            source: { text: "# Head\n\nWrite to a@test.com.", media_type: "text/markdown" },
            extract: ["markdown", "entities"],
        };
        job = await free.ask("/api/v1/scan/start/?wait=20", { json });
    });
    after(() => Promise.all([browser?.close(), free?.stop()]));

    test("is under 250 KB over all views", async (t) => {
        const page = await open(t, browser, free);
        const files = new Map();
        const read = [];
        page.on("requestfinished", (request) => {
            if (!new URL(request.url()).pathname.startsWith("/admin/")) return;
            read.push(sizeOf(request).then((bytes) => files.set(request.url(), bytes)));
        });
        await page.goto(`${free.url}/admin/`);
        for (const [view, heading] of Object.entries(VIEWS)) {
            await page.goto(`${free.url}/admin/#/${view}`);
            await page.getByRole("heading", { name: heading, exact: true, level: 1 }).waitFor();
        }
        await page.goto(`${free.url}/admin/#/jobs/${job.job_id}`);
        const tabs = page.getByRole("tab");
        await tabs.first().waitFor();
        for (const tab of await tabs.all()) await tab.click();
        await page.waitForLoadState("networkidle");
        await Promise.all(read);
        const bytes = [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
        t.diagnostic(`${files.size} files, ${bytes} bytes`);
        assert(files.size >= Object.keys(VIEWS).length, `only ${files.size} files were seen`);
        assert(bytes <= MOST_BYTES, `${bytes} bytes: ${JSON.stringify([...files])}`);
    });

    test("does not grow with the list: one page of it is read", async (t) => {
        await plant(free, job.job_id, 1_000);
        const page = await open(t, browser, free);
        const lists = [];
        page.on("request", (request) => {
            const { pathname, searchParams } = new URL(request.url());
            if (pathname === "/api/v1/scan/") lists.push(Number(searchParams.get("limit")));
        });
        await page.goto(`${free.url}/admin/`);
        await page.locator("tbody tr").first().waitFor();
        assert(lists.length >= 1 && lists[0] > 0 && lists[0] <= 100, `${lists}`);
        const rows = await page.locator("tbody tr").count();
        assert.equal(rows, lists[0]);
    });
});

/** What the browser received of it: as it was sent, or as it would be where a test gives it dist/ uncompressed. */
async function sizeOf(request) {
    if (process.env.CONSOLE === "dist") return gzipSync(await (await request.response()).body()).length;
    const { responseBodySize, responseHeadersSize } = await request.sizes();
    return responseBodySize + responseHeadersSize;
}
