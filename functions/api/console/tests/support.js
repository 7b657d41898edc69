// What the tests of the pages share: a product of their own, a browser, and what no page may do.
//
// CONSOLE=dist takes the console's files from dist/ and not out of the binary, for work on the console. A test that trusts in who is
// first is found by SLOW_TEST=300, which waits so many milliseconds before each step of a test, and by SLOW_API=300, which holds
// each request of a page back by up to as many, and by SLOW_PAGE=300, which lets a page notice so many milliseconds late what happens to it.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../../..");

/** Where pictures of the pages are kept. */
const SCREENSHOTS = join(ROOT, "target/screenshots");

const DIST = join(ROOT, "functions/api/console/dist");
const START_MS = 30_000;
const SHOWN_MS = 30_000;
const SLOW_PAGE = Number(process.env.SLOW_PAGE ?? 0);

/** It asks nobody but the page that is tested. */
const CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    // A page that is given to it from dist/ comes from no address: then it would not let it reach the storage on this machine.
    ...(process.env.CONSOLE === "dist" ? ["--disable-features=LocalNetworkAccessChecks"] : []),
];

/** The browser; one for a file of tests. */
export function browse() {
    const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
    assert(executablePath, "no chromium: scripts/setup.sh installs it");
    return chromium.launch({ executablePath, args: CHROMIUM, slowMo: Number(process.env.SLOW_TEST ?? 0) });
}

/**
 * Starts the built product with a data folder of its own. `key` is an admin's where callers have keys (`AUTH_MODE=keys`).
 * Whoever starts it stops it; after its pages are closed, whose calls would fail: hooks of a test run as they were given.
 */
export async function product(variables = {}) {
    const folder = mkdtempSync(join(tmpdir(), "console-"));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
        PATH: process.env.PATH,
        LISTEN: `127.0.0.1:${port}`,
        DATA_DIR: join(folder, "data"),
        ...variables,
    };
    const log = join(folder, "log");
    const out = openSync(log, "w");
    const child = spawn(binary("local"), { cwd: folder, env, stdio: ["ignore", out, out] });
    closeSync(out);
    // What nobody came to stop, after a fault, holds up no end of the tests.
    child.unref();
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    const ended = new Promise((done) => child.once("exit", done));
    const stop = async () => {
        child.ref();
        child.kill("SIGTERM");
        await ended;
        process.off("exit", kill);
        rmSync(folder, { recursive: true, force: true });
    };
    try {
        await healthy(url, child, log);
        const wantsKey = variables.AUTH_MODE?.startsWith("keys");
        const key = wantsKey ? makeKey(folder, env) : undefined;
        return { url, key, folder, stop, ask: (path, init) => ask(url, key, path, init) };
    } catch (error) {
        await stop();
        throw error;
    }
}

/** What the API answers, as JSON; nothing where there is none. Fails where it refuses. */
async function ask(url, key, path, { json, ...init } = {}) {
    const headers = { ...(key ? { Authorization: `Bearer ${key}` } : {}), ...init.headers };
    const asJson = json === undefined ? {} : { body: JSON.stringify(json) };
    if (json !== undefined) headers["Content-Type"] = "application/json";
    const method = init.method ?? (asJson.body || init.body ? "POST" : "GET");
    const response = await fetch(url + path, { ...init, ...asJson, method, headers });
    const text = await response.text();
    assert(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
}

/**
 * A page in a browser that was never here. What no page may do fails the test that called this, at its end: an error in the console, a
 * violation of the page's policy, a request that leaves this machine. `expected` are patterns of errors that the test brings about.
 * `lateMs` makes the page's machine a slow one.
 */
export async function open(test, browser, { url }, { expected = [], lateMs = SLOW_PAGE, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    const faults = [];
    page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("request", (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (protocol !== "data:" && protocol !== "blob:" && hostname !== "127.0.0.1")
            faults.push(`asks ${request.url()}`);
    });
    if (process.env.CONSOLE === "dist") await fromDist(page, url);
    if (process.env.SLOW_API) await holdBack(page, url, Number(process.env.SLOW_API));
    if (lateMs) await page.addInitScript(dawdle, lateMs);
    test.after(async () => {
        await context.close();
        const unexpected = faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)));
        assert.deepEqual(unexpected, []);
    });
    return page;
}

/** Signs in with the product's key. */
export async function signIn(page, { url, key }) {
    await page.goto(`${url}/admin/`);
    await page.getByLabel("Key", { exact: true }).fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Views" }).waitFor();
}

/**
 * Reads something of a page until it is `expected`: a pattern, or a value. What a page does for a click is done a moment after that, so a
 * value that is read once may be the one before.
 */
export async function becomes(read, expected) {
    const isExpected = (value) =>
        expected instanceof RegExp ? expected.test(value) : isDeepStrictEqual(value, expected);
    const deadline = Date.now() + SHOWN_MS;
    let value = await read();
    while (!isExpected(value) && Date.now() < deadline) {
        await new Promise((done) => setTimeout(done, 50));
        value = await read();
    }
    if (expected instanceof RegExp) assert.match(value, expected);
    else assert.deepEqual(value, expected);
}

/** Keeps a picture of the page among the build's artefacts. */
export async function picture(page, name) {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** That whoever cannot see or point can use the page: no serious fault by axe-core's rules for WCAG 2.2 AA. */
export async function accessible(page) {
    const { violations } = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
        .analyze();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    assert.deepEqual(told, []);
}

/** Where cargo has built it. */
function binary(name) {
    const metadata = execFileSync("cargo", ["metadata", "--no-deps", "--offline", "--format-version", "1"], {
        cwd: ROOT,
        maxBuffer: 1 << 26,
    });
    return (
        process.env[name.toUpperCase()] ??
        join(JSON.parse(metadata).target_directory, process.env.PROFILE ?? "debug", name)
    );
}

function makeKey(folder, env) {
    return execFileSync(binary("scan"), ["keys", "create", "--admin"], {
        cwd: folder,
        env,
        encoding: "utf8",
    }).trim();
}

async function healthy(url, child, log) {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline && child.exitCode === null) {
        const answer = await fetch(`${url}/api/v1/health/`).catch(() => undefined);
        if (answer?.ok) return;
        await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`the product did not start: ${readFileSync(log, "utf8")}`);
}

export function freePort() {
    const { promise, resolve, reject } = withResolvers();
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
        const { port } = server.address();
        server.close(() => resolve(port));
    });
    return promise;
}

function withResolvers() {
    const held = {};
    held.promise = new Promise((resolve, reject) => Object.assign(held, { resolve, reject }));
    return held;
}

/** Lets what the page asks of the product wait for up to `most` milliseconds, so that answers come late and in another order. */
function holdBack(page, url, most) {
    return page.route(`${url}/**`, async (route) => {
        await new Promise((done) => setTimeout(done, Math.random() * most));
        // The page may have gone meanwhile.
        await route.fallback().catch(() => {});
    });
}

/** Runs in the page: what it does for a change of its address, before the next frame or after some time, it does so much later. */
function dawdle(ms) {
    const { addEventListener, requestAnimationFrame, setTimeout } = window;
    const late =
        (action) =>
        (...given) =>
            setTimeout.call(window, () => action(...given), ms);
    window.requestAnimationFrame = (action) => requestAnimationFrame.call(window, late(action));
    window.setTimeout = (action, after = 0, ...given) =>
        setTimeout.call(window, action, after + ms, ...given);
    window.addEventListener = (type, action, ...given) =>
        addEventListener.call(
            window,
            type,
            /^(hashchange|popstate)$/.test(type) ? late(action) : action,
            ...given,
        );
}

/** Serves the console's files as they are in dist/, under the policy that the product gives its page. */
async function fromDist(page, url) {
    const { headers } = await fetch(`${url}/admin/`);
    const policy = headers.get("content-security-policy");
    const types = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
    await page.route(`${url}/admin/**`, (route) => {
        const name = new URL(route.request().url()).pathname.split("/").at(-1) || "index.html";
        const path = join(DIST, name);
        if (!existsSync(path)) return route.fulfill({ status: 404 });
        const contentType = types[name.split(".").at(-1)] ?? "text/plain";
        return route.fulfill({ path, contentType, headers: { "content-security-policy": policy } });
    });
}
