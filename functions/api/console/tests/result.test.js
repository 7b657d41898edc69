// What came of a job: records, text with what was found in it, tables, Markdown, and the rest of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ROOT, accessible, becomes, browse, open, picture, product } from "./support.js";

const PHONE = { viewport: { width: 390, height: 844 } };

describe("the result of a job", () => {
    let browser;
    let host;
    before(async () => {
        [browser, host] = await Promise.all([browse(), product()]);
    });
    after(() => Promise.all([browser?.close(), host?.stop()]));

    /** Runs a job to its end. */
    const run = async (request) => {
        const { job_id } = await host.ask("/api/v1/scan/start/?wait=20", { json: request });
        return job_id;
    };
    const fixture = (path) => readFileSync(join(ROOT, "shared/extract/fixtures", path)).toString("base64");
    /** The page of a job with this request. */
    const show = async (t, request, options = {}) => {
        const id = await run(request);
        const page = await open(t, browser, host, options);
        await page.goto(`${host.url}/admin/#/jobs/${id}`);
        return page;
    };
    const tab = (page, name) => page.getByRole("tab", { name });
    const ALL = [
        "entities",
        "text",
        "markdown",
        "tables",
        "links",
        "metadata",
        "structured",
        "article",
        "chunks",
        "html",
        "docling",
    ];

    test("shows records as a table, and each at its place in the text", async (t) => {
        const page = await show(t, {
            source: { base64: fixture("pdf/invoice.pdf"), name: "invoice.pdf" },
            extract: ALL,
        });
        const row = page.getByRole("row", { name: /1234\.50/ });
        await row.getByRole("cell", { name: "EUR", exact: true }).waitFor();
        await accessible(page);
        await picture(page, "result-records");
        await row.getByRole("button", { name: "p. 2, 73–85" }).click();
        await becomes(() => page.locator("mark.now").innerText(), "1,234.50 EUR");
        await page.getByText("2 of 2:").waitFor();
        await accessible(page);
        await picture(page, "result-text");
        await page.getByRole("button", { name: "Its record" }).click();
        await becomes(() => page.locator("tr.now").innerText(), /1234\.50/);
    });

    test("counts characters, not units of UTF-16", async (t) => {
        const text =
            "😀😀 a\u0301 e\u0301\r\nWrite to 👩‍👩‍👧 zoë@test.com,\r\n\ttotal 7.50 EUR 😀\r\nend b@test.com";
        const page = await show(t, { source: { text } });
        await tab(page, "Text").click();
        const marks = page.locator("mark.find");
        await marks.first().waitFor();
        await becomes(() => marks.allTextContents(), ["zoë@test.com", "7.50 EUR", "b@test.com"]);
        // What is copied is the document's text: labels are no part of it.
        await becomes(
            async () => (await page.locator(".words").textContent()).replaceAll("\r\n", "\n"),
            text.replaceAll("\r\n", "\n"),
        );
        await tab(page, /Records/).click();
        await page
            .getByRole("row", { name: /b@test\.com/ })
            .getByRole("button")
            .click();
        await becomes(() => page.locator("mark.now").innerText(), "b@test.com");
    });

    test("steps from find to find by buttons and keys, and shows the kinds that are wanted", async (t) => {
        const page = await show(t, {
            source: { text: "one a@test.com\ntwo 7.50 EUR\nthree b@test.com\nfour 2026-03-09" },
        });
        await tab(page, "Text").click();
        const words = page.getByRole("region", { name: "Text of the document" });
        await words.focus();
        const now = page.locator("mark.now");
        for (const expected of ["a@test.com", "7.50 EUR", "b@test.com", "2026-03-09", "a@test.com"]) {
            await page.keyboard.press("n");
            await now.filter({ hasText: expected }).waitFor();
        }
        await page.keyboard.press("p");
        await now.filter({ hasText: "2026-03-09" }).waitFor();
        const legend = page.getByRole("group", { name: "Kinds that are marked" });
        await legend.getByRole("button", { name: /email/ }).click();
        await becomes(() => page.locator("mark.find").allTextContents(), ["7.50 EUR", "2026-03-09"]);
        await page.getByText("2 of 2:").waitFor();
        await page.getByRole("button", { name: "Next find →" }).click();
        await now.filter({ hasText: "7.50 EUR" }).waitFor();
        await page.locator("mark.find").last().click();
        await now.filter({ hasText: "2026-03-09" }).waitFor();
        await legend.getByRole("button", { name: "All" }).click();
        await page.locator("mark.find").nth(3).waitFor();
        await accessible(page);
    });

    test("marks finds that lie over each other, each with its label", async (t) => {
        const page = await show(t, {
            source: { text: "Visit https://ann@test.com/a or write: total 5 EUR" },
            extract: [
                "entities",
                "text",
                { name: "all", fields: { url: { regex: "https\\S+" }, host: { regex: "test\\.com" } } },
            ],
        });
        await tab(page, "Text").click();
        const inner = page.locator("mark.find.several", { hasText: "test.com" }).first();
        const title = await inner.getAttribute("title");
        assert(title.includes("url") && title.includes("host"), title);
        const marked = (await page.locator("mark.find").allTextContents()).join("");
        assert(marked.includes("https://ann@test.com/a"), marked);
    });

    test("shows the fields of records where they stand, and what is wrong with them", async (t) => {
        const page = await show(t, {
            source: { text: "Order: A-1187\nOrdered on: 03/04/2026\nItem: Tea\n" },
            extract: [
                "text",
                {
                    name: "order",
                    fields: {
                        order: { label: "Order" },
                        ordered: { label: "Ordered on", type: "date" },
                        customer: { label: "Customer", required: true },
                    },
                },
            ],
        });
        await page.getByText("Nothing was found.").waitFor();
        await page.getByText(/can be 2026-04-03 or 2026-03-04/).waitFor();
        await page.getByRole("button", { name: "A-1187" }).click();
        await becomes(() => page.locator("mark.now").innerText(), "A-1187");
        await page
            .getByRole("group", { name: "Kinds that are marked" })
            .getByRole("button", { name: /order/ })
            .waitFor();
    });

    test("shows tables with their headers, some rows at first and more when asked", async (t) => {
        const rows = Array.from({ length: 700 }, (_, at) => `${at};Item ${at};${at}.50`).join("\n");
        const page = await show(t, {
            source: { text: `No;Name;Price\n${rows}`, media_type: "text/csv", name: "list.csv" },
            extract: ["tables", "text"],
        });
        await tab(page, /Tables/).click();
        await page.getByRole("columnheader", { name: "Price" }).waitFor();
        await page.getByText("50 of 700 are shown").waitFor();
        assert.equal(await page.getByRole("row").count(), 51);
        await accessible(page);
        await page.getByRole("button", { name: "More rows" }).click();
        await page.getByRole("cell", { name: "Item 500", exact: true }).waitFor();
        await page.getByText("550 of 700 are shown").waitFor();
        await page.getByRole("button", { name: /^0–/ }).click();
        await page.getByRole("region", { name: "Text of the document" }).waitFor();
    });

    test("shows Markdown as it is meant, and nothing of it is fetched or run", async (t) => {
        const source = [
            "# Notes & more",
            "",
            "Some *emphasis*, **weight**, `code`, ~~gone~~ &copy; &amp;amp;",
            "",
            "- one",
            "- two",
            "",
            "1. first",
            "",
            "> quoted",
            "",
            "| a | b |",
            "| - | - |",
            "| 1 | 2 |",
            "",
            "[good](https://example.org/x) [bad](javascript:window.ran=1) [mail](mailto:a@test.com)",
            "",
            "![a picture](https://example.org/p.png)",
            "",
            "<img src=x onerror=window.ran=1>",
            "",
            "    pre <b>x</b>",
        ].join("\n");
        const page = await show(t, {
            source: { text: source, media_type: "text/markdown", name: "notes.md" },
            extract: ["markdown", "text"],
        });
        await tab(page, "Markdown").click();
        await page.getByRole("heading", { name: "Notes & more" }).waitFor();
        const good = page.getByRole("link", { name: "good" });
        assert.match(await good.getAttribute("rel"), /noreferrer/);
        assert.equal(await page.getByRole("link", { name: "bad" }).count(), 0);
        assert.equal(await page.locator(".result img").count(), 0);
        await page.getByRole("columnheader", { name: "a", exact: true }).waitFor();
        assert.equal(await page.evaluate(() => window.ran), undefined);
        await accessible(page);
        await picture(page, "result-markdown");
    });

    test("shows what else there is: article, links, metadata, structured data, chunks, HTML", async (t) => {
        const page = await show(t, {
            source: { base64: fixture("html/article.html"), name: "article.html" },
            extract: ALL,
        });
        for (const name of [
            /Records/,
            "Text",
            /Tables/,
            "Markdown",
            "Article",
            /Links/,
            /Chunks/,
            "Metadata",
            /Structured/,
            "HTML",
            "Docling",
            /Document/,
            "JSON",
        ]) {
            await tab(page, name).click();
            await page.getByRole("tabpanel").filter({ hasText: /\S{2}/ }).waitFor();
            await accessible(page);
        }
        await tab(page, /Chunks/).click();
        await page.getByRole("button", { name: /–/ }).first().click();
        await page.locator("mark.now").first().waitFor();
        await tab(page, "JSON").click();
        await page.getByText("documents", { exact: true }).waitFor();
        await page.locator("summary", { hasText: "documents" }).click();
        await page.getByText("1 item").first().waitFor();
    });

    test("lists documents with what went wrong, and those within others", async (t) => {
        const page = await show(t, {
            sources: [
                { base64: fixture("eml/attached.eml"), name: "attached.eml" },
                { text: "%PDF-1.4 broken", media_type: "application/pdf", name: "broken.pdf" },
                { text: "last c@test.com" },
            ],
        });
        await tab(page, /Documents/).click();
        await page
            .getByRole("row", { name: /broken\.pdf/ })
            .getByText("malformed")
            .waitFor();
        await page
            .getByText(/^within attached\.eml/)
            .first()
            .waitFor();
        await accessible(page);
        await picture(page, "result-documents");
        await tab(page, /Records/).click();
        await page
            .getByRole("row", { name: /c@test\.com/ })
            .getByRole("button", { name: /Document 3/ })
            .click();
        await becomes(() => page.locator("mark.now").innerText(), "c@test.com");
        await becomes(() => page.getByRole("combobox", { name: "Document" }).inputValue(), /^2$/);
    });

    test("gives the result as files of each form", async (t) => {
        const page = await show(t, {
            source: { text: "Write to a@test.com" },
            extract: ["entities", "text", "markdown"],
        });
        const contents = {
            JSON: /^\{"columns":/,
            CSV: /^kind,value/,
            NDJSON: /^\{"email":"a@test.com"/,
            Markdown: /^Write to/,
            Text: /^Write to a@test\.com/,
        };
        for (const [form, pattern] of Object.entries(contents)) {
            const coming = page.waitForEvent("download");
            await page
                .getByRole("group", { name: "Download the result" })
                .getByRole("button", { name: form, exact: true })
                .click();
            const download = await coming;
            assert.match(download.suggestedFilename(), /^[0-9a-f-]{36}\.(json|csv|ndjson|md|txt)$/);
            assert.match(readFileSync(await download.path(), "utf8"), pattern);
        }
    });

    test("shows a collection by its manifest and its documents one by one", async (t) => {
        const zip = Buffer.from(fixture("zip/order.zip"), "base64");
        const upload = await host.ask("/api/v1/uploads/", { json: { name: "order.zip", bytes: zip.length } });
        assert((await fetch(upload.url, { method: "PUT", body: zip })).ok);
        const page = await show(t, { collection: { archive: { upload: upload.upload } } });
        await page.getByText(/documents: .* done, .* failed/).waitFor();
        const choice = page.getByLabel("Document of the job");
        const first = await choice.inputValue();
        await page.getByRole("button", { name: "Next document" }).click();
        await becomes(async () => (await choice.inputValue()) !== first, true);
        await accessible(page);
        await picture(page, "result-collection");
    });

    test("shows a hostile document as text, wherever something of it stands", async (t) => {
        const evil = `"><img src=x onerror=window.ran=1><script>window.ran=1</script>\u202Etxt.exe`;
        const escaped = evil.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
        const html = `<html><head><title>${escaped}</title><meta name="author" content="${escaped.replaceAll('"', "&quot;")}">
            <script type="application/ld+json">{"@type": "Product", "name": "<img src=x onerror=window.ran=1>"}</script></head>
            <body><h1>${escaped}</h1><a href="javascript:window.ran=1">${escaped}</a><a href="data:text/html,<script>window.ran=1</script>">x</a>
            <table><caption>${escaped}</caption><tr><th>${escaped}</th></tr><tr><td>${escaped}</td></tr></table>
            <p>${"w".repeat(5_000)} a@test.com ${escaped}</p></body></html>`;
        const mail = [
            "From: a@test.com",
            `Subject: ${evil.replace(/[^\x20-\x7e]/g, "")}`,
            "MIME-Version: 1.0",
            'Content-Type: multipart/mixed; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            evil.replace(/[^\x20-\x7e]/g, ""),
            "--b",
            "Content-Type: text/plain",
            'Content-Disposition: attachment; filename="<img src=x onerror=window.ran=1>.txt"',
            "",
            "b@test.com",
            "--b--",
            "",
        ].join("\r\n");
        const page = await show(t, {
            sources: [
                { text: html, media_type: "text/html", name: "<img src=x onerror=window.ran=1>.html" },
                { text: mail, media_type: "message/rfc822", name: "mail.eml" },
                {
                    text: `a,${evil.replaceAll('"', "")}\n=cmd|' /C calc'!A0,<svg onload=window.ran=1>`,
                    media_type: "text/csv",
                    name: "x.csv",
                },
                {
                    text: `# ${evil}\n\n[x](javascript:window.ran=1) <iframe src="javascript:window.ran=1"></iframe>`,
                    name: "x.md",
                    media_type: "text/markdown",
                },
                { text: "\0\0\0", name: "\u202Egnp.exe" },
            ],
            extract: [...ALL, { name: evil.slice(0, 60), fields: { "<b>x</b>": { regex: "test\\.com" } } }],
        });
        const documents = page.getByRole("combobox", { name: "Document" });
        await documents.waitFor();
        for (const [at] of (await documents.locator("option").all()).entries()) {
            await documents.selectOption(String(at));
            for (const one of await page
                .getByRole("tablist", { name: "Parts of the result" })
                .getByRole("tab")
                .all()) {
                await one.click();
                await page.getByRole("tabpanel").filter({ hasText: /\S/ }).first().waitFor();
                for (const fold of await page.locator("details:not([open]) > summary").all()) {
                    if (await fold.isVisible()) await fold.click();
                }
            }
        }
        await page.waitForLoadState("networkidle");
        assert.equal(await page.evaluate(() => window.ran), undefined);
        assert.equal(
            await page
                .locator("main :is(img, script, iframe, object, embed, [onload], [onerror]), .result svg")
                .count(),
            0,
        );
        assert.equal(await page.locator('main a[href^="javascript:"], main a[href^="data:"]').count(), 0);
        await documents.selectOption("0");
        await tab(page, "Text").click();
        await page
            .getByRole("region", { name: "Text of the document" })
            .getByText("<script>window.ran=1</script>")
            .first()
            .waitFor();
        await page.getByRole("tabpanel").getByText("⟨RLO⟩").first().waitFor();
        await accessible(page);
        const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert(width <= 0, `the page is ${width} px wider than the window`);
        await picture(page, "result-hostile");
    });

    test("can be read on a phone, light and dark", async (t) => {
        const page = await show(
            t,
            { source: { base64: fixture("pdf/statement.pdf"), name: "statement.pdf" }, extract: ALL },
            { ...PHONE, colorScheme: "dark" },
        );
        await page.getByRole("table").waitFor();
        await accessible(page);
        await picture(page, "result-records-phone-dark");
        await tab(page, "Text").click();
        await page.getByRole("button", { name: "Next find →" }).click();
        await accessible(page);
        await picture(page, "result-text-phone-dark");
        await tab(page, /Tables/).click();
        await picture(page, "result-tables-phone-dark");
        const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert(width <= 0, `the page is ${width} px wider than the window`);
    });
});

describe("a large result", () => {
    let browser;
    let host;
    let many;
    before(async () => {
        [browser, host] = await Promise.all([browse(), product()]);
        const lines = Array.from({ length: 100_000 }, (_, at) => `a${at}@test.com`).join("\n");
        many = await host.ask("/api/v1/scan/start/?wait=20", { json: { source: { text: lines } } });
    });
    after(() => Promise.all([browser?.close(), host?.stop()]));

    const completed = async (id) => {
        for (;;) {
            const job = await host.ask(`/api/v1/scan/status/${id}/?wait=20`);
            if (job.status !== "pending" && job.status !== "running") return job.status;
        }
    };

    test("has its records read page by page, and as one file", async (t) => {
        assert.equal(await completed(many.job_id), "completed");
        const page = await open(t, browser, host);
        await page.goto(`${host.url}/admin/#/jobs/${many.job_id}`);
        await page.getByText("Records 1 to 100", { exact: true }).waitFor();
        await page.getByRole("button", { name: "After →" }).click();
        await page.getByText("Records 101 to 200").waitFor();
        await page.getByRole("cell", { name: "a150@test.com" }).first().waitFor();
        await accessible(page);
        const coming = page.waitForEvent("download");
        await page.getByRole("button", { name: "CSV" }).click();
        const csv = readFileSync(await (await coming).path(), "utf8")
            .trimEnd()
            .split("\r\n");
        assert.equal(csv.length, 100_001);
        assert.equal(csv.filter((line) => line.startsWith("kind,")).length, 1);
        const popup = page.waitForEvent("popup");
        await page.getByRole("button", { name: "JSON", exact: true }).click();
        await (await popup).close();
        await page.getByRole("button", { name: "Load all of it" }).click();
        await page.getByRole("tab", { name: "Text", exact: true }).click();
        await page.getByText("100,000 finds").waitFor();
    });

    test("with a text of megabytes stays usable: in parts, and finds are gone to wherever they are", async (t) => {
        const line = "The quick brown fox jumps over the lazy dog, and nothing is found in it. 😀\n";
        const text = `first@test.com\n${line.repeat(35_000)}last@test.com`;
        const { job_id } = await host.ask("/api/v1/scan/start/?wait=20", { json: { source: { text } } });
        assert.equal(await completed(job_id), "completed");
        const page = await open(t, browser, host);
        await page.goto(`${host.url}/admin/#/jobs/${job_id}`);
        await page
            .getByRole("row", { name: /last@test\.com/ })
            .getByRole("button")
            .click();
        const now = page.locator("mark.now", { hasText: "last@test.com" });
        await now.waitFor();
        await becomes(() => now.evaluate((mark) => mark.getBoundingClientRect().top < innerHeight), true);
        await page.getByRole("button", { name: "Next find →" }).click();
        await page.locator("mark.now", { hasText: "first@test.com" }).waitFor();
        await page
            .getByText(/^Part 1 of \d+$/)
            .first()
            .waitFor();
    });
});
