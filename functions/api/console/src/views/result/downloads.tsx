// The result as files, in each form that there is.
import { useState } from "preact/hooks";
import { fetched } from "../../api.ts";
import { tellFailure } from "../../parts/toast.tsx";
import { readAs } from "./read.ts";

interface Form {
    title: string;
    ending: string;
    mediaType: string;
    /** Whether it is read page by page where it is too large for one answer. */
    hasPages: boolean;
}

const FORMS: Form[] = [
    { title: "JSON", ending: "json", mediaType: "application/json", hasPages: false },
    { title: "CSV", ending: "csv", mediaType: "text/csv", hasPages: true },
    { title: "NDJSON", ending: "ndjson", mediaType: "application/x-ndjson", hasPages: true },
    { title: "Markdown", ending: "md", mediaType: "text/markdown", hasPages: false },
    { title: "Text", ending: "txt", mediaType: "text/plain", hasPages: false },
];

const PAGE_RECORDS = 10_000;

export function Downloads(props: {
    job: string;
    /** Those that there are. */
    forms?: string[];
    /** Whether it is too large for one answer. */
    isLarge?: boolean;
}) {
    const { job, forms = FORMS.map(({ title }) => title), isLarge = false } = props;
    const [busy, setBusy] = useState("");
    const download = async (form: Form) => {
        setBusy(form.title);
        try {
            await save(job, form, isLarge);
        } catch (error) {
            tellFailure(`No ${form.title}`, error);
        }
        setBusy("");
    };
    return (
        <div class="downloads" role="group" aria-label="Download the result">
            <span class="small">Download</span>
            {FORMS.filter(({ title }) => forms.includes(title)).map((form) => (
                <button key={form.title} type="button" disabled={busy !== ""} onClick={() => download(form)}>
                    {busy === form.title ? `${form.title} …` : form.title}
                </button>
            ))}
        </div>
    );
}

async function save(job: string, form: Form, isLarge: boolean): Promise<void> {
    const name = `${job}.${form.ending}`;
    if (isLarge && form.hasPages) return saveAs(name, await pages(job, form));
    const read = await readAs(job, form.mediaType);
    if (typeof read === "string") follow(read);
    else saveAs(name, [read]);
}

/** All pages of a form. Each of CSV begins with the columns, which are said once. */
async function pages(job: string, form: Form): Promise<string[]> {
    const found: string[] = [];
    const headers = { Accept: form.mediaType };
    const path = `/api/v1/scan/result/${job}/`;
    for (let next: string | undefined = `${path}?limit=${PAGE_RECORDS}`; next;) {
        const response: Response = await fetched(next, { headers });
        const text = await response.text();
        const isRepeated = form.ending === "csv" && found.length > 0;
        found.push(isRepeated ? text.slice(text.indexOf("\n") + 1) : text);
        next = /^<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    }
    return found;
}

/** Bytes of no type, so that no browser ever takes them for a page of ours. */
export function saveAs(name: string, parts: BlobPart[]): void {
    const url = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
    const anchor = document.createElement("a");
    anchor.href = url;
    anchor.download = name;
    anchor.click();
    // The browser has begun to read it when the click is dealt with; some do so a little later.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** What lies at the storage is fetched by the browser itself. */
function follow(link: string): void {
    const anchor = document.createElement("a");
    anchor.href = link;
    anchor.rel = "noopener noreferrer";
    anchor.target = "_blank";
    anchor.click();
}
