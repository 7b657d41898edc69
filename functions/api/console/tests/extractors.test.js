// Saved extractors: the list, their versions, editing them beside a sample, removing them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessible, becomes, browse, open, picture, product } from "./support.js";

const PHONE = { viewport: { width: 390, height: 844 } };

describe("saved extractors", () => {
    let browser;
    let host;
    before(async () => {
        [browser, host] = await Promise.all([browse(), product()]);
    });
    after(() => Promise.all([browser?.close(), host?.stop()]));

    const put = (name, label) =>
        host.ask(`/api/v1/extractors/${name}/`, {
            method: "PUT",
            json: { extract: [{ name, fields: { total: { label, type: "money" } } }] },
        });
    const visit = async (t, address, options = {}) => {
        const page = await open(t, browser, host, options);
        await page.goto(`${host.url}/admin/${address}`);
        return page;
    };
    const preview = (page) => page.getByRole("region", { name: "Preview" });

    test("are written beside what they find in a sample, and saved", async (t) => {
        const page = await visit(t, "#/extractors");
        await page.getByRole("link", { name: "New extractor" }).click();
        await preview(page).getByText("1234.50 EUR").first().waitFor();
        await accessible(page);
        await picture(page, "extractor-new");
        await preview(page).getByLabel("A sample to try it with").fill("Invoice no.: B-9\nTotal: 3 EUR");
        await preview(page).getByText("B-9").first().waitFor();
        await page.getByRole("button", { name: "Save …" }).click();
        await accessible(page);
        await page.getByLabel("Name", { exact: true }).fill("written");
        await page.getByRole("button", { name: "Save", exact: true }).click();
        await page.getByRole("heading", { name: /written\s+version 1/ }).waitFor();
        assert.equal((await host.ask("/api/v1/extractors/written/")).extract[0].name, "invoice");
        await becomes(
            () => preview(page).getByLabel("A sample to try it with").inputValue(),
            "Invoice no.: B-9\nTotal: 3 EUR",
        );
    });

    test("have versions, which can be looked at and made the newest again", async (t) => {
        await put("versions", "Total");
        await put("versions", "Sum");
        const page = await visit(t, "#/extractors/versions");
        await page.getByRole("heading", { name: /version 2/ }).waitFor();
        await becomes(() => page.getByRole("textbox", { name: "label" }).inputValue(), "Sum");
        await page.getByRole("link", { name: "Version 1" }).click();
        await page.getByRole("heading", { name: /version 1/ }).waitFor();
        await becomes(() => page.getByRole("textbox", { name: "label" }).inputValue(), "Total");
        await accessible(page);
        await page.getByRole("button", { name: "Save …" }).click();
        await page.getByRole("button", { name: "Save", exact: true }).click();
        await page.getByRole("heading", { name: /version 3/ }).waitFor();
        assert.equal((await host.ask("/api/v1/extractors/versions/")).extract[0].fields.total.label, "Total");
    });

    test("that somebody else changed meanwhile are saved over only when that is said again", async (t) => {
        await put("shared", "Total");
        const page = await visit(t, "#/extractors/shared", { expected: [/412/] });
        await page.getByRole("textbox", { name: "label" }).fill("Mine");
        await put("shared", "Theirs");
        await page.getByRole("button", { name: "Save …" }).click();
        await page.getByRole("button", { name: "Save", exact: true }).click();
        await page.getByText(/Somebody saved another version of shared since you read version 1/).waitFor();
        assert.equal((await host.ask("/api/v1/extractors/shared/")).extract[0].fields.total.label, "Theirs");
        await accessible(page);
        await picture(page, "extractor-conflict");
        await page.getByRole("button", { name: "Save over it" }).click();
        await page.getByRole("heading", { name: /version 3/ }).waitFor();
        assert.equal((await host.ask("/api/v1/extractors/shared/")).extract[0].fields.total.label, "Mine");
    });

    test("are listed, used and removed", async (t) => {
        await put("goes", "Total");
        const page = await visit(t, "#/extractors");
        await page.getByRole("link", { name: "goes", exact: true }).waitFor();
        await accessible(page);
        await picture(page, "extractors");
        await page.getByRole("link", { name: "Start a job with goes" }).click();
        await page.getByRole("heading", { name: "Start a job" }).waitFor();
        await page.getByRole("textbox", { name: "label" }).waitFor();
        await page.goBack();
        await page.getByRole("button", { name: "Remove goes" }).click();
        await page.getByRole("button", { name: "Remove", exact: true }).click();
        await page.getByRole("link", { name: "goes", exact: true }).waitFor({ state: "detached" });
        assert(!(await host.ask("/api/v1/extractors/")).extractors.some(({ name }) => name === "goes"));
    });

    test("that do not exist are told of", async (t) => {
        const page = await visit(t, "#/extractors/nothing", { expected: [/404/] });
        await page
            .getByRole("alert")
            .getByText(/no saved extractor|not found/i)
            .first()
            .waitFor();
    });

    test("can be read on a phone, light and dark", async (t) => {
        await put("phone", "Total");
        const page = await visit(t, "#/extractors", { ...PHONE, colorScheme: "dark" });
        await page.getByRole("link", { name: "phone", exact: true }).waitFor();
        await accessible(page);
        await picture(page, "extractors-phone-dark");
        await page.getByRole("link", { name: "phone", exact: true }).click();
        await page.getByRole("textbox", { name: "label" }).waitFor();
        await accessible(page);
        await picture(page, "extractor-phone-dark");
    });
});
