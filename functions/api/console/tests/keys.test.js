// Access: keys, quotas, webhooks' secrets, the audit.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { accessible, becomes, browse, open, picture, product, signIn } from "./support.js";

const HOSTILE = "<img src=x onerror=alert(1)></script>";

describe("access", () => {
    let browser;
    let keyed;
    before(async () => {
        [browser, keyed] = await Promise.all([browse(), product({ AUTH_MODE: "keys" })]);
    });
    after(() => Promise.all([browser?.close(), keyed?.stop()]));

    const show = async (t, part = "", options = {}) => {
        const page = await open(t, browser, keyed, {
            ...options,
            expected: [/401/, ...(options.expected ?? [])],
        });
        await signIn(page, keyed);
        await page.goto(`${keyed.url}/admin/#/keys${part}`);
        await page.getByRole("heading", { name: "Access" }).waitFor();
        return page;
    };
    const make = (name, scopes = ["scan:read"], headers = {}) =>
        keyed.ask("/api/v1/keys/", { json: { name, scopes }, headers });

    test("makes a key, shows it once, and keeps it nowhere", async (t) => {
        const page = await show(t, "", { permissions: ["clipboard-read", "clipboard-write"] });
        await page.getByRole("button", { name: "Make a key…" }).press("Enter");
        const dialog = page.getByRole("dialog");
        await dialog.getByLabel("Name").fill(`nightly ${HOSTILE}`);
        await dialog.getByLabel("scan:write").uncheck();
        await dialog.getByLabel("Expires").selectOption("in 30 days");
        await accessible(page);
        await picture(page, "keys-make");
        await dialog.getByRole("button", { name: "Make it" }).click();
        const once = page.getByRole("region", { name: "The key of" });
        const key = await once.locator("code").innerText();
        assert.match(key, /^dx_[0-9a-f]{16}_[0-9a-f]{72}$/);
        await once.getByRole("button", { name: "Copy the key" }).click();
        await page.getByText("Copied the key.").waitFor();
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
        await accessible(page);
        await picture(page, "keys-once");

        const row = page.getByRole("row", { name: HOSTILE });
        await row.getByText("in 29 days").waitFor();
        await row.getByText("active").waitFor();
        assert.equal(await row.getByText("scan:write").count(), 0);
        assert.equal(await page.locator("main img").count(), 0);
        const kept = await page.evaluate(() =>
            JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]),
        );
        assert.equal(kept.includes(key), false);
        await once.getByRole("button", { name: "I have kept it" }).click();
        await once.waitFor({ state: "detached" });
        assert.equal((await page.content()).includes(key), false);
        const whoami = await fetch(`${keyed.url}/api/v1/whoami/`, { headers: { "X-Api-Key": key } });
        assert.deepEqual((await whoami.json()).scopes, ["scan:read"]);
    });

    test("says what is wrong with a key that cannot be made", async (t) => {
        const page = await show(t, "", { expected: [/422/] });
        await page.getByRole("button", { name: "Make a key…" }).click();
        await page.getByRole("dialog").getByLabel("Name").fill("   ");
        await page.getByRole("button", { name: "Make it" }).click();
        await page.getByRole("alert").getByText("say what the key is for").waitFor();
        await accessible(page);
    });

    test("rotates a key and revokes it", async (t) => {
        const { id, key } = await make("importer");
        const page = await show(t);
        await page.getByRole("button", { name: "Rotate importer" }).click();
        await page.getByLabel("Both hold for").selectOption("an hour");
        await page.getByRole("button", { name: "Rotate", exact: true }).click();
        const once = page.getByRole("region", { name: "The successor of “importer”" });
        const successor = await once.locator("code").innerText();
        const row = page.getByRole("row", { name: id }).first();
        await row.getByText(`succeeded by ${successor.slice(3, 19)}`).waitFor();
        assert.equal(await row.getByRole("button", { name: "Rotate importer" }).count(), 0);
        await row.getByRole("button", { name: "Revoke importer" }).click();
        await page.getByRole("dialog").getByText("It was never used.").waitFor();
        await accessible(page);
        await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
        await page.getByText("Revoked “importer”").waitFor();
        await row.getByText("revoked").waitFor();
        const { keys } = await keyed.ask("/api/v1/keys/");
        assert.equal(keys.find((other) => other.id === id).state, "revoked");
        const refused = await fetch(`${keyed.url}/api/v1/whoami/`, { headers: { "X-Api-Key": key } });
        assert.equal(refused.status, 401);
        await picture(page, "keys");
        await page.emulateMedia({ colorScheme: "dark" });
        await page.setViewportSize({ width: 390, height: 844 });
        await accessible(page);
        await picture(page, "keys-phone-dark");
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert(wide <= 390, `the page is ${wide} wide`);
    });

    test("signs out who revokes the own key", async (t) => {
        const { key } = await make("leaving", ["admin"]);
        const page = await open(t, browser, keyed, { expected: [/401/] });
        await signIn(page, { url: keyed.url, key });
        await page.goto(`${keyed.url}/admin/#/keys`);
        await page.getByRole("row", { name: "(yours)" }).getByRole("button", { name: "Revoke" }).click();
        await page.getByText("You are signed in with this key.").waitFor();
        await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
        await page.getByLabel("Key", { exact: true }).waitFor();
    });

    test("makes keys for the tenant that an operator acts for", async (t) => {
        await make("of acme", ["scan:read"], { "X-Tenant": "acme" });
        const page = await show(t);
        await page.getByLabel("Tenant").fill("acme");
        await page.getByLabel("Tenant").press("Enter");
        await page.getByRole("row", { name: "of acme" }).waitFor();
        await becomes(() => page.getByRole("row").count(), 2);
    });

    test("shows quotas as they are used, and lets operators set and reset them", async (t) => {
        const page = await show(t, "/quotas");
        await page.getByText("no limit").first().waitFor();
        await page.getByRole("button", { name: "Set…" }).click();
        await page.getByLabel("Jobs in flight").fill("200");
        await page.getByLabel("Pages a day").fill("unlimited");
        await accessible(page);
        await page.getByRole("dialog").getByRole("button", { name: "Set" }).click();
        await page.getByText("0 of 200").waitFor();
        await accessible(page);
        await picture(page, "quotas");
        await page.emulateMedia({ colorScheme: "dark" });
        await accessible(page);
        await page.setViewportSize({ width: 390, height: 844 });
        await picture(page, "quotas-phone-dark");
        const { jobs_in_flight, pages_per_day, bytes_per_day } = await keyed.ask("/api/v1/quotas/");
        assert.deepEqual(
            [jobs_in_flight.limit, pages_per_day.source, bytes_per_day.source],
            [200, "tenant", "installation"],
        );
        await page.getByRole("button", { name: "As for all…" }).click();
        await page.getByRole("button", { name: "Forget what was set" }).click();
        await page.getByText("0 of 200").waitFor({ state: "detached" });
        assert.equal((await keyed.ask("/api/v1/quotas/")).jobs_in_flight.source, "installation");
    });

    test("makes a webhook secret, shows it once, and removes it", async (t) => {
        const page = await show(t, "/webhooks");
        await page.getByText("No secret yet.").waitFor();
        await accessible(page);
        await page.getByRole("button", { name: "Make a secret…" }).click();
        await page.getByRole("button", { name: "Make it" }).click();
        const once = page.getByRole("region", { name: "The new secret" });
        assert.match(await once.locator("code").innerText(), /^whsec_/);
        await page.getByRole("cell", { name: "all webhooks" }).waitFor();
        // The one that signs stays, until there is another.
        assert.equal(await page.getByRole("button", { name: /^Remove/ }).count(), 0);
        await accessible(page);
        await picture(page, "webhooks");
        await once.getByRole("button", { name: "I have kept it" }).click();
        await page.getByRole("button", { name: "Make a secret…" }).click();
        await page.getByRole("button", { name: "Make it" }).click();
        await page.getByRole("button", { name: /^Remove/ }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
        await page.getByText("Removed the secret.").waitFor();
        assert.equal((await keyed.ask("/api/v1/webhooks/secrets/")).secrets.length, 1);
    });

    test("lists who did what, filtered, page by page", async (t) => {
        // Behind all others, whichever of them is made first.
        await make(`number 0 ${HOSTILE}`);
        await Promise.all(Array.from({ length: 54 }, (_, at) => make(`number ${at + 1} ${HOSTILE}`)));
        const { id } = await make("last");
        await keyed.ask(`/api/v1/keys/${id}/`, { method: "DELETE" });
        const page = await show(t, "/audit");
        await page.getByRole("cell", { name: "key revoked" }).first().waitFor();
        await accessible(page);
        await picture(page, "audit");
        await page.getByRole("button", { name: "After →" }).click();
        await page.getByText("Page 2").waitFor();
        await page.getByRole("cell", { name: "number 0" }).waitFor();
        await page.getByLabel("What was done").selectOption("key revoked");
        await page.getByRole("cell", { name: "key created" }).first().waitFor({ state: "detached" });
        await page.getByRole("cell", { name: id }).waitFor();
        await page.getByLabel("From").fill("2099-01-01T00:00");
        await page.getByLabel("From").press("Tab");
        await page.getByText("Nothing.").waitFor();
        await page.setViewportSize({ width: 390, height: 844 });
        await page.goto(`${keyed.url}/admin/#/keys/audit`);
        await page.getByRole("cell", { name: "key revoked" }).first().waitFor();
        await picture(page, "audit-phone");
        await accessible(page);
    });
});

describe("receivers of webhooks", () => {
    test("that want no more are listed and told again", async (t) => {
        const gone = createServer((_, answer) => answer.writeHead(410).end());
        await new Promise((done) => gone.listen(0, "127.0.0.1", done));
        const { port } = gone.address();
        const [browser, free] = await Promise.all([browse(), product({ FETCH_ALLOW: `127.0.0.1:${port}` })]);
        await free.ask("/api/v1/webhooks/secrets/", { method: "POST" });
        const url = `http://127.0.0.1:${port}/<b>hook`;
        const json = { source: { text: "hello" }, webhook: { url } };
        await free.ask("/api/v1/scan/start/", { json });
        for (;;) {
            const { endpoints } = await free.ask("/api/v1/webhooks/disabled/");
            if (endpoints.length > 0) break;
            await new Promise((done) => setTimeout(done, 50));
        }
        const page = await open(t, browser, free);
        t.after(() => Promise.all([browser.close(), free.stop(), new Promise((done) => gone.close(done))]));
        await page.goto(`${free.url}/admin/#/keys/webhooks`);
        await page.getByRole("button", { name: `Tell http://127.0.0.1:${port}` }).click();
        await page.getByText("None: every receiver is told.").waitFor();
        assert.deepEqual((await free.ask("/api/v1/webhooks/disabled/")).endpoints, []);
    });
});
