// How long the list of jobs takes to be seen with many jobs in the table: `make bench-console`.
//
// Each load is in a browser that was never here, but for the key of who is signed in: nothing is cached. Reported are the first
// contentful paint, and the moment when the first rows of the list are painted, both from the beginning of the navigation.
import { plant } from "./tests/emulated.js";
import { browse, product } from "./tests/support.js";

const JOBS = Number(process.env.JOBS ?? 100_000);
const LOADS = 15;

const [browser, served] = await Promise.all([browse(), product({ AUTH_MODE: "keys" })]);
try {
    const { job_id } = await served.ask("/api/v1/scan/start/?wait=20", { method: "POST" });
    const begin = Date.now();
    await plant(served, job_id, JOBS);
    console.log(`${JOBS} jobs in the table after ${Math.round((Date.now() - begin) / 1_000)} s`);
    const loads = [];
    for (let load = 0; load < LOADS; load += 1) loads.push(await measure());
    for (const what of ["first contentful paint", "first rows"]) {
        const times = loads.map((load) => load[what]).sort((one, other) => one - other);
        const [median, worst] = [times[LOADS >> 1], times.at(-1)].map(Math.round);
        console.log(`${what}: median ${median} ms, worst ${worst} ms of ${LOADS} loads`);
    }
} finally {
    await Promise.all([browser.close(), served.stop()]);
}

async function measure() {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.addInitScript((key) => sessionStorage.setItem("key", key), served.key);
    await page.addInitScript(noteRows);
    await page.goto(`${served.url}/admin/`);
    await page.waitForFunction(() => window.rowsPaintedAt !== undefined);
    const measured = await page.evaluate(() => ({
        "first contentful paint": performance.getEntriesByName("first-contentful-paint")[0].startTime,
        "first rows": window.rowsPaintedAt,
    }));
    await context.close();
    return measured;
}

/** In the page: notes when the frame is over that first showed rows. */
function noteRows() {
    const look = () => {
        if (document.querySelector("tbody tr") === null) return requestAnimationFrame(look);
        const painted = new MessageChannel();
        painted.port1.onmessage = () => {
            window.rowsPaintedAt = performance.now();
        };
        requestAnimationFrame(() => painted.port2.postMessage(undefined));
    };
    requestAnimationFrame(look);
}
