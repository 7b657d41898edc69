// What a job is to read: files, a text, or addresses.
import { useEffect, useRef, useState } from "preact/hooks";
import { bytes } from "../../parts/numbers.ts";
import { Tabs } from "../../parts/tabs.tsx";
import { visible } from "../result/visible.ts";
import { type Given, type Kind, addressesOf, choicesOf } from "./given.ts";

const KINDS: [string, string][] = [
    ["", "told from the text"],
    ["text/plain", "plain text"],
    ["text/html", "HTML"],
    ["text/markdown", "Markdown"],
    ["text/csv", "CSV"],
    ["application/json", "JSON"],
    ["application/xml", "XML"],
    ["message/rfc822", "an e-mail"],
];

const AS: Record<Given["as"], string> = {
    document: "a document",
    prefix: "the beginning of the names of many objects: a collection",
    archive: "a ZIP archive of many documents: a collection",
};

export function Documents(props: {
    given: Given;
    onGiven: (given: Given) => void;
    maxUploadBytes: number | undefined;
}) {
    const { given, onGiven, maxUploadBytes } = props;
    const set = (change: Partial<Given>) => onGiven({ ...given, ...change });
    const choices = choicesOf(given);
    const isDragged = useDrops((files) => set({ kind: "files", files: [...given.files, ...files] }));
    const tooLong = addressesOf(given).length > 100;
    return (
        <>
            {isDragged && <div class="drop-here">Let go to add the files</div>}
            <Tabs
                label="Documents"
                selected={given.kind}
                onSelect={(kind) => set({ kind: kind as Kind })}
                tabs={[
                    { name: "files", title: "Files" },
                    { name: "text", title: "Text" },
                    { name: "addresses", title: "Addresses" },
                ]}
            >
                {given.kind === "files" && (
                    <Files
                        files={given.files}
                        onFiles={(files) => set({ files })}
                        maxUploadBytes={maxUploadBytes}
                    />
                )}
                {given.kind === "text" && (
                    <>
                        <label class="field">
                            Text
                            <textarea
                                rows={10}
                                value={given.text}
                                spellcheck={false}
                                placeholder="Paste a text, a page's HTML, a table …"
                                onInput={(event) => set({ text: event.currentTarget.value })}
                            />
                        </label>
                        <label class="field inline">
                            It is
                            <select
                                value={given.mediaType}
                                onChange={(event) => set({ mediaType: event.currentTarget.value })}
                            >
                                {KINDS.map(([value, words]) => (
                                    <option key={value} value={value}>
                                        {words}
                                    </option>
                                ))}
                            </select>
                        </label>
                    </>
                )}
                {given.kind === "addresses" && (
                    <label class="field">
                        Addresses, one a line
                        <textarea
                            rows={4}
                            value={given.addresses}
                            spellcheck={false}
                            autocapitalize="none"
                            placeholder={"https://example.org/a.pdf\ns3://bucket/folder/b.pdf"}
                            onInput={(event) => set({ addresses: event.currentTarget.value })}
                        />
                        {tooLong && (
                            <span class="bad">A job has at most 100 documents; more are a collection.</span>
                        )}
                    </label>
                )}
                {choices.length > 1 && (
                    <label class="field inline">
                        Taken for
                        <select
                            value={choices.includes(given.as) ? given.as : "document"}
                            onChange={(event) => set({ as: event.currentTarget.value as Given["as"] })}
                        >
                            {choices.map((as) => (
                                <option key={as} value={as}>
                                    {AS[as]}
                                </option>
                            ))}
                        </select>
                    </label>
                )}
            </Tabs>
        </>
    );
}

function Files(props: {
    files: File[];
    onFiles: (files: File[]) => void;
    maxUploadBytes: number | undefined;
}) {
    const { files, onFiles, maxUploadBytes = Number.POSITIVE_INFINITY } = props;
    return (
        <>
            <label class="drop">
                <span>Drop files anywhere on the page, or choose them</span>
                <input
                    type="file"
                    multiple
                    aria-label="Files"
                    onChange={(event) => {
                        onFiles([...files, ...(event.currentTarget.files ?? [])]);
                        event.currentTarget.value = "";
                    }}
                />
            </label>
            {files.length > 0 && (
                <ul class="files">
                    {files.map((file, at) => (
                        <li key={at}>
                            <bdi>{visible(file.name)}</bdi> <span class="small">{bytes(file.size)}</span>
                            {file.size === 0 && <span class="bad">It is empty.</span>}
                            {file.size > maxUploadBytes && (
                                <span class="bad">It is longer than {bytes(maxUploadBytes)}.</span>
                            )}
                            <button
                                type="button"
                                class="quiet"
                                aria-label={`Remove ${visible(file.name)}`}
                                onClick={() => onFiles(files.filter((_, number) => number !== at))}
                            >
                                ×
                            </button>
                        </li>
                    ))}
                </ul>
            )}
        </>
    );
}

/** Takes files that are dropped anywhere on the page. Says whether some are being dragged over it. */
function useDrops(onFiles: (files: File[]) => void): boolean {
    const [isDragged, setDragged] = useState(false);
    const latest = useRef(onFiles);
    latest.current = onFiles;
    useEffect(() => {
        const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
        const over = (event: DragEvent) => {
            if (!hasFiles(event)) return;
            event.preventDefault();
            setDragged(true);
        };
        const leave = (event: DragEvent) => {
            if (event.relatedTarget === null) setDragged(false);
        };
        const drop = (event: DragEvent) => {
            if (!hasFiles(event)) return;
            event.preventDefault();
            setDragged(false);
            latest.current([...(event.dataTransfer?.files ?? [])]);
        };
        addEventListener("dragover", over);
        addEventListener("dragleave", leave);
        addEventListener("drop", drop);
        return () => {
            removeEventListener("dragover", over);
            removeEventListener("dragleave", leave);
            removeEventListener("drop", drop);
        };
    }, []);
    return isDragged;
}
