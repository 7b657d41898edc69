// Makes dist/, what the API serves at /admin/, out of src/: `make console`. With --check it changes nothing, and fails where dist/ is not
// what it would have made. `build.js to FOLDER` writes elsewhere.
//
// Names carry a digest of their content, so that browsers may keep the files for good; only index.html has its own name.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const DIST = join(HERE, "dist");

/** What browsers of 2023 and later run. */
const TARGET = ["es2022", "chrome117", "firefox120", "safari17.2"];

async function main(argument, folder) {
    const files = await build();
    if (argument === "--check") return check(files);
    const out = folder ?? DIST;
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    for (const [name, bytes] of files) writeFileSync(join(out, name), bytes);
}

/** All files by name. */
async function build() {
    const { outputFiles, metafile } = await esbuild.build({
        absWorkingDir: HERE,
        entryPoints: { console: "src/main.tsx", style: "src/style.css" },
        bundle: true,
        splitting: true,
        format: "esm",
        minify: true,
        charset: "utf8",
        target: TARGET,
        jsx: "automatic",
        jsxImportSource: "preact",
        legalComments: "none",
        // The one for browsers decodes `&amp;` by writing HTML, which the page's policy forbids; this one has a list.
        alias: {
            "decode-named-character-reference": "./node_modules/decode-named-character-reference/index.js",
        },
        entryNames: "[name]-[hash]",
        chunkNames: "[name]-[hash]",
        outdir: "dist",
        metafile: true,
        write: false,
    });
    const files = new Map(outputFiles.map(({ path, contents }) => [path.slice(DIST.length + 1), contents]));
    const icon = readFileSync(join(HERE, "icon.svg"));
    files.set(named("icon.svg", icon), icon);
    files.set("licences.txt", Buffer.from(licences(metafile)));
    files.set("index.html", Buffer.from(page(files, metafile)));
    return files;
}

/** The page, with the names of what it asks for. What its script imports at once is asked for beside it and not after it. */
function page(files, { outputs }) {
    const nameOf = (stem, ending) => {
        const found = [...files.keys()].find((name) => name.startsWith(`${stem}-`) && name.endsWith(ending));
        if (!found) throw new Error(`nothing was made of ${stem}${ending}`);
        return found;
    };
    const script = nameOf("console", ".js");
    return readFileSync(join(HERE, "index.html"), "utf8")
        .replace("icon.svg", nameOf("icon", ".svg"))
        .replace("console.css", nameOf("style", ".css"))
        .replace(
            /( *)(<script.*)console\.js/,
            (_, indent, tag) => `${preloads(outputs, script, indent)}${indent}${tag}${script}`,
        );
}

/** Links to all that this script imports, itself or by what it imports. */
function preloads(outputs, script, indent) {
    const found = new Set();
    const follow = (name) => {
        for (const { path, kind } of outputs[`dist/${name}`].imports) {
            const imported = path.slice("dist/".length);
            if (kind !== "import-statement" || found.has(imported)) continue;
            found.add(imported);
            follow(imported);
        }
    };
    follow(script);
    return [...found].map((name) => `${indent}<link rel="modulepreload" href="${name}" />\n`).join("");
}

function named(name, bytes) {
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
    const ending = extname(name);
    return `${name.slice(0, -ending.length)}-${digest}${ending}`;
}

/** The libraries that went in, each with its version and its licence. */
function licences({ inputs }) {
    const folders = new Set();
    for (const input of Object.keys(inputs)) {
        const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
        if (found) folders.add(found[1]);
    }
    const parts = [...folders].map((folder) => {
        const at = join(HERE, folder);
        const { name, version, license } = JSON.parse(readFileSync(join(at, "package.json"), "utf8"));
        const file = readdirSync(at).find((name) => /^licen[cs]e/i.test(name));
        const text = file ? readFileSync(join(at, file), "utf8").trim() : `Licence: ${license}`;
        return { name, text: `${name} ${version} (${license})\n\n${text}\n` };
    });
    parts.sort((one, other) => (one.name < other.name ? -1 : 1));
    return `The console contains these libraries.\n\n${parts.map(({ text }) => text).join(`\n${"-".repeat(80)}\n\n`)}`;
}

function check(files) {
    const there = new Set(readdirSync(DIST));
    const same = (name, bytes) =>
        there.has(name) && Buffer.compare(readFileSync(join(DIST, name)), bytes) === 0;
    const wrong = [...files].filter(([name, bytes]) => !same(name, Buffer.from(bytes))).map(([name]) => name);
    const left = [...there].filter((name) => !files.has(name));
    if (wrong.length + left.length > 0) {
        console.error(
            `console/dist is not what is made of src: ${[...wrong, ...left].join(", ")}. Run \`make console\`.`,
        );
        process.exitCode = 1;
    }
}

await main(...process.argv.slice(2));
