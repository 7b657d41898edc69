// Starting a job: files, text, addresses; what is extracted, tried while it is written.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ROOT, accessible, becomes, browse, open, picture, product } from "./support.js";

const PHONE = { viewport: { width: 390, height: 844 } };
const INVOICE = join(ROOT, "shared/extract/fixtures/pdf/invoice.pdf");

describe("starting a job", () => {
    let browser;
    let host;
    before(async () => {
        [browser, host] = await Promise.all([browse(), product()]);
    });
    after(() => Promise.all([browser?.close(), host?.stop()]));

    const start = async (t, options = {}, address = "#/start") => {
        const page = await open(t, browser, host, options);
        await page.goto(`${host.url}/admin/${address}`);
        await page.getByRole("heading", { name: "Start a job" }).waitFor();
        return page;
    };
    const tab = (page, name) => page.getByRole("tab", { name, exact: true });
    const preview = (page) => page.getByRole("region", { name: "Preview" });
    /** Has a text typed in. */
    const type = async (page, text) => {
        await page.getByRole("tablist", { name: "Documents" }).getByRole("tab", { name: "Text" }).click();
        await page.getByRole("textbox", { name: "Text", exact: true }).fill(text);
    };
    /** The job that the page has come to. */
    const started = async (page) => {
        await page.waitForURL(/#\/jobs\/[0-9a-f-]{36}$/);
        const id = page.url().split("/").at(-1);
        return host.ask(`/api/v1/scan/status/${id}/?wait=20`);
    };

    test("tries a text while it is typed, and starts it", async (t) => {
        const page = await start(t);
        await type(page, "Invoice no.: A-17\nTotal: 1.234,50 €\nWrite to ann@example.com");
        await preview(page).getByText("ann@example.com").first().waitFor();
        await page.getByRole("button", { name: "Add fields of your own" }).click();
        await page.getByLabel("Records are called").fill("invoice");
        await page.getByLabel("Locale").first().fill("de-AT");
        await page.getByLabel("Name of the field").fill("total");
        await page.getByLabel("label", { exact: true }).fill("Total");
        await page.getByLabel("Type").selectOption("money");
        await preview(page).getByText("1234.50 EUR").first().waitFor();
        await accessible(page);
        await picture(page, "start-preview");
        await page.getByRole("button", { name: "Start", exact: true }).click();
        assert.equal((await started(page)).status, "completed");
    });

    test("says what is wrong at the line of the JSON and at the field of the form", async (t) => {
        const page = await start(t, { expected: [/422/] });
        await type(page, "Total: 5 EUR");
        await tab(page, "JSON").first().click();
        const code = page.getByLabel("What is extracted, as JSON");
        await code.fill(
            '[\n  "text",\n  {"fields": {\n    "total": {"label": "Total",\n      "type": "mony"}\n  }}\n]',
        );
        await page.getByRole("button", { name: "Line 5" }).click();
        await becomes(
            () => code.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)),
            '"type": "mony"',
        );
        await becomes(() => code.getAttribute("aria-invalid"), "true");
        await accessible(page);
        await picture(page, "start-json-wrong");
        await tab(page, "Form").click();
        await page
            .getByRole("group", { name: "Field total" })
            .getByText(/did you mean `money`/)
            .waitFor();
        await page.getByRole("group", { name: "Field total" }).getByLabel("Type").selectOption("money");
        await preview(page).getByText("5 EUR").first().waitFor();
        await page.getByRole("tab", { name: "JSON", exact: true }).first().click();
        await becomes(() => code.inputValue(), /"type": "money"/);
        await code.fill("[\n  nothing\n]");
        await page.getByText(/Line 2/).waitFor();
        await becomes(() => page.getByRole("button", { name: "Start", exact: true }).isDisabled(), true);
    });

    test("writes alternatives, lists of objects and options of fields", async (t) => {
        const page = await start(t);
        await type(page, "Item Tea 4.50 EUR\nItem Rye 2.00 EUR\nSum 6.50 EUR");
        await page.getByRole("button", { name: "Add fields of your own" }).click();
        await page.getByLabel("Name of the field").fill("sum");
        await page.getByRole("textbox", { name: "label" }).fill("Total");
        await page.getByRole("button", { name: "Add an alternative" }).click();
        await page.getByLabel("How it is found").last().selectOption("regex");
        await page.getByRole("textbox", { name: "regex" }).fill("Sum (.+)");
        await page.getByLabel("Type").selectOption("money");
        await page.getByLabel("required").check();
        await page.getByRole("button", { name: "Add a list of objects" }).click();
        await page.getByLabel("Each", { exact: true }).selectOption("regex");
        await page
            .getByRole("group", { name: "items" })
            .getByRole("textbox", { name: "regex" })
            .fill("(?m)^Item .*$");
        const inner = page.getByRole("group", { name: "Field field" });
        await inner.getByLabel("How it is found").selectOption("regex");
        await inner.getByRole("textbox", { name: "regex" }).fill("Item (\\w+)");
        await inner.getByLabel("Name of the field").fill("name");
        await preview(page).getByText("6.50 EUR").first().waitFor();
        await tab(page, "JSON").first().click();
        const written = JSON.parse(await page.getByLabel("What is extracted, as JSON").inputValue());
        assert.deepEqual(written.at(-1), {
            name: "fields",
            fields: {
                sum: { any: [{ label: "Total" }, { regex: "Sum (.+)" }], type: "money", required: true },
                items: { each: { regex: "(?m)^Item .*$" }, fields: { name: { regex: "Item (\\w+)" } } },
            },
        });
    });

    test("takes a file that is chosen, tries it and starts it", async (t) => {
        const page = await start(t);
        await page.locator("input[type=file]").setInputFiles(INVOICE);
        await page.getByText("invoice.pdf", { exact: true }).waitFor();
        await preview(page).getByText("billing@test.com").first().waitFor();
        await page.getByLabel(/^tables/).check();
        await page.getByText("Tags and webhook").click();
        await page.getByRole("button", { name: "Add a tag" }).click();
        await page.getByLabel("Name of the tag").fill("batch");
        await page.getByLabel("Value of the tag").fill("7");
        await accessible(page);
        await page.getByRole("button", { name: "Start", exact: true }).click();
        const job = await started(page);
        assert.deepEqual([job.status, job.tags], ["completed", { batch: "7" }]);
        const { documents } = await host.ask(`/api/v1/scan/result/${job.job_id}/`);
        assert.deepEqual([documents[0].name, documents[0].media_type], ["invoice.pdf", "application/pdf"]);
        assert(documents[0].tables);
    });

    test("takes files that are dropped anywhere, as one job or one for each", async (t) => {
        const page = await start(t);
        const drop = (names) =>
            page.evaluate((names) => {
                const transfer = new DataTransfer();
                for (const name of names)
                    transfer.items.add(new File([`Write to ${name}@test.com`], `${name}.txt`));
                const on = (kind) =>
                    document.body.dispatchEvent(
                        new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }),
                    );
                on("dragover");
                on("drop");
            }, names);
        await drop(["a", "b"]);
        await page.getByText("b.txt").waitFor();
        await page.getByRole("button", { name: "Start one job for all" }).click();
        assert.equal((await started(page)).documents, 2);

        await page.goto(`${host.url}/admin/#/start`);
        await page.getByRole("heading", { name: "Start a job" }).waitFor();
        const before = (await host.ask("/api/v1/scan/?limit=200")).jobs.length;
        await drop(["c", "d", "e"]);
        await page.getByRole("button", { name: "Remove d.txt" }).click();
        await page.getByRole("button", { name: "Start a job for each" }).click();
        await page.getByText("Started 2 jobs.").waitFor();
        assert.equal((await host.ask("/api/v1/scan/?limit=200")).jobs.length, before + 2);
    });

    test("starts one job however often it is pressed", async (t) => {
        const page = await start(t);
        await type(page, "twice@test.com");
        const before = (await host.ask("/api/v1/scan/?limit=200")).jobs.length;
        await page.getByRole("button", { name: "Start", exact: true }).dblclick();
        await started(page);
        assert.equal((await host.ask("/api/v1/scan/?limit=200")).jobs.length, before + 1);
    });

    test("sends the same job once more where its answer was lost", async (t) => {
        const page = await start(t, { expected: [/ERR_FAILED/, /Failed to load/] });
        await type(page, "lost@test.com");
        const before = (await host.ask("/api/v1/scan/?limit=200")).jobs.length;
        await page.route(
            "**/api/v1/scan/start/",
            async (route) => {
                await route.fetch();
                await route.abort();
            },
            { times: 1 },
        );
        await page.getByRole("button", { name: "Start", exact: true }).click();
        await page.getByText("No answer").waitFor();
        await page.getByRole("button", { name: "Start", exact: true }).click();
        await started(page);
        assert.equal((await host.ask("/api/v1/scan/?limit=200")).jobs.length, before + 1);
    });

    test("says what a preview does not take, and tries a sample in its place", async (t) => {
        const page = await start(t);
        await page.locator("input[type=file]").setInputFiles({
            name: "long.txt",
            mimeType: "text/plain",
            buffer: Buffer.alloc(300_000, "long "),
        });
        await preview(page)
            .getByText(/takes a document of up to 262 KB; long\.txt is longer/)
            .waitFor();
        await preview(page).getByLabel("A sample to try it with").fill("sample@test.com");
        await preview(page).getByRole("cell", { name: "sample@test.com" }).first().waitFor();
        await tab(page, "Addresses").click();
        await page.getByLabel("Addresses, one a line").fill("https://example.org/a.pdf");
        await preview(page).getByText("A preview fetches nothing.").waitFor();
        await page.getByLabel("Addresses, one a line").fill("s3://documents/in/");
        await page.getByLabel("Taken for").selectOption("prefix");
        await accessible(page);
    });

    test("says what is wrong with an empty file", async (t) => {
        const page = await start(t, { expected: [/422/] });
        const empty = { name: "empty.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) };
        await page.locator("input[type=file]").setInputFiles(empty);
        await preview(page).getByRole("alert").getByText("The document is empty (0 bytes).").waitFor();
    });

    test("waits for the limits, and says so where they cannot be had", async (t) => {
        const page = await open(t, browser, host, { expected: [/ERR_FAILED/, /Failed to load/] });
        let fails = true;
        await page.route("**/api/v1/limits/", (route) => (fails ? route.abort() : route.continue()));
        await page.goto(`${host.url}/admin/#/start`);
        await page.getByRole("alert").getByText("No answer").waitFor();
        await type(page, "limit@test.com");
        await becomes(() => page.getByRole("button", { name: "Start", exact: true }).isDisabled(), true);
        assert.equal(await preview(page).getByText(/up to/).count(), 0);
        fails = false;
        await page.getByRole("button", { name: "Try again" }).click();
        await preview(page).getByText("limit@test.com").first().waitFor();
        await page.getByRole("button", { name: "Start", exact: true }).click();
        await started(page);
    });

    test("reads addresses from the web and from S3", async (t) => {
        const page = await start(t);
        await tab(page, "Addresses").click();
        await page
            .getByLabel("Addresses, one a line")
            .fill("https://127.0.0.1/a.pdf\nhttps://127.0.0.1/b.pdf");
        await page.getByRole("button", { name: "Start", exact: true }).click();
        assert.equal((await started(page)).documents, 2);
    });

    test("begins with what was asked of another job", async (t) => {
        await host.ask("/api/v1/webhooks/secrets/", { method: "POST" });
        const { job_id } = await host.ask("/api/v1/scan/start/", {
            json: {
                sources: [{ url: "https://127.0.0.1/like.pdf" }],
                extract: ["links", { fields: { total: { label: "Total" } } }],
                tags: { batch: "9" },
                webhook: { url: "https://example.org/hook" },
            },
        });
        const page = await start(t, {}, `#/start?like=${job_id}`);
        await page.getByLabel("Addresses, one a line").waitFor();
        await becomes(
            () => page.getByLabel("Addresses, one a line").inputValue(),
            "https://127.0.0.1/like.pdf",
        );
        await becomes(() => page.getByLabel(/^links/).isChecked(), true);
        await becomes(() => page.getByLabel("Value of the tag").inputValue(), "9");
        await becomes(() => page.getByLabel(/Who is told/).inputValue(), "https://example.org/hook");
        await becomes(() => page.getByLabel("Name of the field").inputValue(), "total");
    });

    test("begins with a saved extractor, and saves what was written as one", async (t) => {
        await host.ask("/api/v1/extractors/receipt/", {
            method: "PUT",
            json: {
                extract: ["text", { name: "receipt", fields: { total: { label: "Sum", type: "money" } } }],
            },
        });
        const page = await start(t, { expected: [/412/] }, "#/start?extractor=receipt");
        await type(page, "Sum: 3 EUR");
        await preview(page).getByText("3 EUR").first().waitFor();
        await page.getByRole("button", { name: "Start", exact: true }).click();
        assert.deepEqual((await started(page)).extractor, { name: "receipt", version: 1 });

        await page.goto(`${host.url}/admin/#/start`);
        await page.getByLabel(/^links/).check();
        await page.getByRole("button", { name: "Save as an extractor …" }).click();
        await page.getByLabel("Name", { exact: true }).fill("receipt2");
        await page.getByRole("button", { name: "Save", exact: true }).click();
        await page.getByText("Saved receipt2, version 1.").waitFor();
        const saved = await host.ask("/api/v1/extractors/receipt2/");
        assert(saved.extract.includes("links"));
    });

    test("can be used on a phone, light and dark", async (t) => {
        const page = await start(t, { ...PHONE, colorScheme: "dark" });
        await type(page, "Total: 5 EUR");
        await page.getByRole("button", { name: "Add fields of your own" }).click();
        await page.getByRole("textbox", { name: "label" }).fill("Total");
        await preview(page).getByText("5 EUR").first().waitFor();
        await picture(page, "start-phone-dark");
        await accessible(page);
        const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert(width <= 0, `the page is ${width} px wider than the window`);
    });
});

describe("starting a job with files that are too long for a request", () => {
    let browser;
    let host;
    before(async () => {
        [browser, host] = await Promise.all([browse(), product({ MAX_REQUEST_BYTES: "200000" })]);
    });
    after(() => Promise.all([browser?.close(), host?.stop()]));

    test("puts them into the storage first", async (t) => {
        const page = await open(t, browser, host);
        await page.goto(`${host.url}/admin/#/start`);
        await page.locator("input[type=file]").setInputFiles({
            name: "long.txt",
            mimeType: "text/plain",
            buffer: Buffer.from(`long@test.com ${"x ".repeat(150_000)}`),
        });
        await page.getByRole("button", { name: "Start", exact: true }).click();
        await page.waitForURL(/#\/jobs\/[0-9a-f-]{36}$/);
        const id = page.url().split("/").at(-1);
        assert.equal((await host.ask(`/api/v1/scan/status/${id}/?wait=20`)).status, "completed");
        await page.reload();
        await page.getByRole("cell", { name: "long@test.com" }).first().waitFor();
    });
});
