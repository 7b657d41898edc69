// The frame of the console: signing in, going about, colours.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessible, becomes, browse, open, picture, product, signIn } from "./support.js";

describe("the console's frame", () => {
    let browser;
    let keyed;
    let free;
    before(async () => {
        [browser, keyed, free] = await Promise.all([browse(), product({ AUTH_MODE: "keys" }), product()]);
    });
    after(() => Promise.all([browser?.close(), keyed?.stop(), free?.stop()]));

    test("asks for a key where callers have keys, and takes the right one", async (t) => {
        const page = await open(t, browser, keyed, { expected: [/401/] });
        await page.goto(`${keyed.url}/admin/`);
        await page.getByLabel("Key", { exact: true }).fill("dx_wrong");
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.getByRole("alert").waitFor();
        await accessible(page);
        await picture(page, "sign-in");
        await signIn(page, keyed);
        await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor();
    });

    test("keeps the key for the tab alone, and forgets it when asked", async (t) => {
        const page = await open(t, browser, keyed);
        await signIn(page, keyed);
        await page.reload();
        await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor();
        assert.equal(
            await page.evaluate((key) => JSON.stringify(localStorage).includes(key), keyed.key),
            false,
        );
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByLabel("Key", { exact: true }).waitFor();
        await becomes(() => page.evaluate(() => sessionStorage.length), 0);
    });

    test("asks for no key where nobody needs one", async (t) => {
        const page = await open(t, browser, free);
        await page.goto(`${free.url}/admin/`);
        await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor();
        assert.equal(await page.getByRole("button", { name: "Sign out" }).count(), 0);
    });

    test("asks for a key again when the one in use is no longer good, and goes on where that was", async (t) => {
        const page = await open(t, browser, keyed, { expected: [/401/] });
        await signIn(page, keyed);
        await actFor(page, "acme");
        await page.getByRole("link", { name: "Usage" }).click();
        await page.getByRole("heading", { name: "Usage" }).waitFor();
        await page.route("**/api/v1/**", async (route) => {
            const headers = { ...route.request().headers(), authorization: "Bearer dx_revoked" };
            await route.continue({ headers });
        });
        // By its address: the view that is left may have been refused meanwhile, and its links gone.
        await page.goto(`${keyed.url}/admin/#/jobs`);
        await page.getByRole("alert").waitFor();
        await page.unroute("**/api/v1/**");
        await page.getByLabel("Key", { exact: true }).fill(keyed.key);
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor();
        await becomes(() => page.getByLabel("Tenant", { exact: true }).inputValue(), "acme");
    });

    test("lets an operator act for a tenant, and come back", async (t) => {
        const page = await open(t, browser, keyed);
        const headers = { "X-Tenant": "globex" };
        const json = { source: { text: "x" } };
        const { job_id: id } = await keyed.ask("/api/v1/scan/start/", { json, headers });
        await signIn(page, keyed);
        await actFor(page, "globex");
        await page.getByTitle(id).waitFor();
        await accessible(page);
        await picture(page, "tenant");
        await page.getByRole("button", { name: "Back to the tenant default" }).click();
        await page.getByText("No jobs yet").waitFor();
        const known = page.locator("form.tenant datalist option");
        await becomes(() => known.evaluateAll((all) => all.map(({ value }) => value)), ["globex"]);
    });

    test("keeps what is typed the moment that a field is shown, on a slow machine as well", async (t) => {
        const page = await open(t, browser, keyed, { lateMs: 1_000 });
        await signIn(page, keyed);
        await actFor(page, "acme");
        await becomes(() => page.getByLabel("Tenant", { exact: true }).inputValue(), "acme");
    });

    test("loads itself anew where a newer console has taken its place", async (t) => {
        const page = await open(t, browser, free, { expected: [/404/] });
        await page.goto(`${free.url}/admin/`);
        await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor();
        const html = (await page.content()).replace(/console-\w+\.js/, "console-NEWER.js");
        await page.route("**/admin/usage-*.js", (route) => route.fulfill({ status: 404 }));
        await page.route("**/admin/", async (route) => {
            if (route.request().isNavigationRequest()) return route.fallback();
            await page.unroute("**/admin/usage-*.js");
            return route.fulfill({ contentType: "text/html", body: html });
        });
        await page.getByRole("link", { name: "Usage" }).click();
        await page.getByRole("heading", { name: "Usage" }).waitFor();
    });

    test("says so where a part of it cannot be loaded", async (t) => {
        const page = await open(t, browser, free, { expected: [/404/] });
        await page.goto(`${free.url}/admin/`);
        await page.route("**/admin/usage-*.js", (route) => route.fulfill({ status: 404 }));
        await page.getByRole("link", { name: "Usage" }).click();
        await page.getByText("A part of the console could not be loaded").waitFor();
        await page.unroute("**/admin/usage-*.js");
        await page.getByRole("button", { name: "Load the page again" }).click();
        await page.getByRole("heading", { name: "Usage" }).waitFor();
    });

    test("fits on a phone, and every view can be reached by keyboard", async (t) => {
        const page = await open(t, browser, keyed, { viewport: { width: 390, height: 844 } });
        await signIn(page, keyed);
        await accessible(page);
        await picture(page, "frame-phone");
        const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
        assert.equal(await page.evaluate(isTooWide), false);
        await page.getByRole("link", { name: "Health" }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: "Health", level: 1 }).waitFor();
        await becomes(() => page.evaluate(() => document.activeElement.id), "main");
    });

    test("says that a view does not exist, and where there is one", async (t) => {
        const page = await open(t, browser, free);
        await page.goto(`${free.url}/admin/#/nothing`);
        await page.getByRole("heading", { name: "Nothing here" }).waitFor();
        await page.getByRole("link", { name: "All jobs" }).click();
        await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor();
    });
});

async function actFor(page, tenant) {
    await page.getByLabel("Tenant", { exact: true }).fill(tenant);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /Back to the tenant/ }).waitFor();
}
