// Health: what answers, how much waits, what to do, the limits in force.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { giveUpMessage, letters } from "./emulated.js";
import { accessible, browse, open, picture, product, signIn } from "./support.js";

describe("health", () => {
    let browser;
    let held;
    before(async () => {
        [browser, held] = await Promise.all([browse(), product({ WORKER: "off", AUTH_MODE: "keys" })]);
    });
    after(() => Promise.all([browser?.close(), held?.stop()]));

    const show = async (t, key = held.key) => {
        const page = await open(t, browser, held, { expected: [/401/] });
        await signIn(page, { url: held.url, key });
        await page.goto(`${held.url}/admin/#/health`);
        await page.getByRole("heading", { name: "Health" }).waitFor();
        return page;
    };

    test("says that all is well, and what the limits are", async (t) => {
        const page = await show(t);
        await page.getByText("All is well.").waitFor();
        await page.getByRole("row", { name: "Table answers" }).waitFor();
        await page.getByRole("row", { name: "Jobs answers 0 0 0" }).waitFor();
        await page.getByRole("row", { name: "max_request_bytes 50 MB" }).waitFor();
        await page.getByRole("row", { name: "keep_finished_seconds 7 days" }).waitFor();
        await page.getByRole("row", { name: "max_pages 5,000" }).waitFor();
        await accessible(page);
        await picture(page, "health");
    });

    test("says by itself that jobs wait and none is taken, and what to do", async (t) => {
        await held.ask("/api/v1/scan/start/", { method: "POST" });
        await giveUpMessage(held, "hello");
        await letters(held, 1);
        const page = await show(t);
        await page.getByText("1 dead letter is kept").waitFor();
        await page.getByRole("row", { name: "Jobs answers 1 0 0" }).waitFor();
        await page.getByText("A job waits, and is not taken.").waitFor();
        await page.getByText("look in the worker’s log").waitFor();
        await accessible(page);
        await page.emulateMedia({ colorScheme: "dark" });
        await accessible(page);
        await page.setViewportSize({ width: 390, height: 844 });
        await accessible(page);
        await picture(page, "health-phone-dark");
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert(wide <= 390, `the page is ${wide} wide`);
    });

    test("tells others that the service is up, and of their own jobs alone", async (t) => {
        const json = { name: "reader", scopes: ["scan:read"] };
        const { key } = await held.ask("/api/v1/keys/", { json });
        const page = await show(t, key);
        await page.getByText("The service is up.").waitFor();
        await page.getByText(/\d jobs? of this tenant in flight/).waitFor();
        assert.equal(await page.getByRole("heading", { name: "Queues" }).count(), 0);
        await accessible(page);
    });
});
