// Dead letters: reading them, trying them again, discarding them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { giveUpJob, giveUpMessage, letters } from "./emulated.js";
import { accessible, browse, open, picture, product } from "./support.js";

const HOSTILE = "<img src=x onerror=alert(1)></script> \u202egnp.exe " + "w".repeat(300);

describe("dead letters", () => {
    let browser;
    // Its worker is off, so that what is tried again does not come back.
    let held;
    before(async () => {
        [browser, held] = await Promise.all([browse(), product({ WORKER: "off" })]);
    });
    after(() => Promise.all([browser?.close(), held?.stop()]));

    const show = async (page, query = "") => {
        await page.goto(`${held.url}/admin/#/letters${query}`);
        await page.getByRole("heading", { name: "Dead letters" }).waitFor();
    };
    const clear = async () => {
        await held.ask("/api/v1/dead-letters/", { method: "DELETE" });
    };

    test("says that there are none", async (t) => {
        const page = await open(t, browser, held);
        await show(page);
        await page.getByText("Nothing was given up on").waitFor();
        await accessible(page);
    });

    test("lists them with their reasons, their jobs and what they say, as text", async (t) => {
        t.after(clear);
        const job = await giveUpJob(held);
        await giveUpMessage(held, HOSTILE);
        await letters(held, 2);
        const page = await open(t, browser, held);
        await show(page);
        await page.getByRole("link", { name: job }).waitFor();
        await page.locator("summary", { hasText: "<img src=x" }).click();
        await page.locator("pre", { hasText: HOSTILE.replace("\u202e", "⟨U+202E⟩") }).waitFor();
        assert.equal(await page.locator("main img").count(), 0);
        await accessible(page);
        await picture(page, "letters");
        await page.emulateMedia({ colorScheme: "dark" });
        await accessible(page);
        await picture(page, "letters-dark");
        await page.setViewportSize({ width: 390, height: 844 });
        await accessible(page);
        await picture(page, "letters-phone");
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert(wide <= 390, `the page is ${wide} wide`);

        await page.getByLabel("Reason").selectOption("undeliverable");
        await page.waitForURL(/reason=undeliverable/);
        await page.locator("summary").waitFor({ state: "detached" });
        await page.getByRole("link", { name: job }).click();
        await page.getByRole("heading", { name: `Job ${job}` }).waitFor();
    });

    test("tries the chosen one again by the keyboard, and tells why another cannot be", async (t) => {
        t.after(clear);
        const [good, removed] = [await giveUpJob(held), await giveUpJob(held)];
        await letters(held, 2);
        await held.ask(`/api/v1/scan/remove/${removed}/`, { method: "DELETE" });
        const page = await open(t, browser, held, { expected: [/409/] });
        await show(page);
        await page.getByLabel("Choose all on this page").focus();
        await page.keyboard.press("Space");
        await page.getByRole("button", { name: "Try the 2 chosen again" }).press("Enter");
        const told = page.getByRole("region", { name: "What became of them" });
        await told.getByText("1 tried again, 1 could not be.").waitFor();
        await told.getByText(`job ${removed}: Its job was removed`).waitFor();
        await told.getByText("Those that were tried again").click();
        await told.getByText(`job ${good}`, { exact: true }).waitFor();
        await picture(page, "letters-told");
        await accessible(page);
        const { status } = await held.ask(`/api/v1/scan/status/${good}/`);
        assert.equal(status, "pending");
        assert.deepEqual(
            (await letters(held, 1)).map(({ job_id }) => job_id),
            [removed],
        );
    });

    test("discards all of one reason, more than one call takes, after asking", async (t) => {
        t.after(clear);
        const job = await giveUpJob(held);
        for (let number = 0; number < 120; number += 1) await giveUpMessage(held, `number ${number}`);
        const page = await open(t, browser, held);
        await letters(held, 121);
        await show(page, "?reason=unreadable_message");
        await page.getByRole("button", { name: "After →" }).click();
        await page.getByText("Page 2").waitFor();
        await page.getByRole("button", { name: "After →" }).click();
        await page.getByText("Page 3").waitFor();
        await page.getByRole("button", { name: "Discard all “unreadable_message”…" }).click();
        await page.getByRole("button", { name: "Not now" }).click();
        assert.equal((await letters(held, 121)).length, 121);
        await page.getByRole("button", { name: "Discard all “unreadable_message”…" }).click();
        await accessible(page);
        await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
        await page.getByText("120 discarded.").waitFor();
        assert.deepEqual(
            (await letters(held, 1)).map(({ job_id }) => job_id),
            [job],
        );
    });

    test("tries all again and says how many", async (t) => {
        t.after(clear);
        for (const body of ["one", "two", "three"]) await giveUpMessage(held, body);
        await letters(held, 3);
        const page = await open(t, browser, held);
        await show(page);
        await page.getByRole("button", { name: "Try all again" }).click();
        await page.getByText("3 tried again.").waitFor();
        await page.getByText("Nothing was given up on").waitFor();
    });
});
