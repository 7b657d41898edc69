// The documents of a job to come, and how a request names them.
import type { Source } from "../editor/preview.tsx";

export type Kind = "files" | "text" | "addresses";

export interface Given {
    kind: Kind;
    files: File[];
    text: string;
    /** What the text is called to be; empty where it is told from the text. */
    mediaType: string;
    /** URLs, `s3://…`, and `upload:…` for what was uploaded before: one a line. */
    addresses: string;
    /** What a single address or archive is taken for. */
    as: "document" | "prefix" | "archive";
}

export const NONE: Given = {
    kind: "files",
    files: [],
    text: "",
    mediaType: "",
    addresses: "",
    as: "document",
};

export const UPLOAD = "upload:";

export function addressesOf({ addresses }: Given): string[] {
    return addresses
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean);
}

/** Whether nothing is there to be sent. */
export function isEmpty(given: Given): boolean {
    if (given.kind === "files") return given.files.length === 0;
    if (given.kind === "text") return given.text === "";
    return addressesOf(given).length === 0;
}

/** What the documents can be taken for, beside what they are. */
export function choicesOf(given: Given): Given["as"][] {
    if (given.kind === "files") {
        const [file] = given.files;
        return given.files.length === 1 && /\.zip$/i.test(file?.name ?? "")
            ? ["document", "archive"]
            : ["document"];
    }
    if (given.kind === "text") return ["document"];
    const [address = "", ...others] = addressesOf(given);
    if (others.length > 0) return ["document"];
    if (address.startsWith(UPLOAD)) return ["document", "archive"];
    return address.startsWith("s3://") ? ["document", "prefix", "archive"] : ["document"];
}

/** An address as a request names it. */
export function sourceOf(address: string): Source {
    if (address.startsWith(UPLOAD)) return { upload: address.slice(UPLOAD.length) };
    return address.startsWith("s3://") ? { s3: address } : { url: address };
}

export function textSource({ text, mediaType }: Given): Source {
    return { text, ...(mediaType ? { media_type: mediaType } : {}) };
}

/** A file with its bytes in the request. */
export async function inlineSource(file: File): Promise<Source> {
    return { base64: await base64(file), ...labels(file) };
}

/** What a file is called; a media type only where the browser knows one. */
export function labels(file: File): Source {
    return { ...(file.name && { name: file.name }), ...(file.type && { media_type: file.type }) };
}

/** How long a file is in base64. */
export const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4;

function base64(file: File): Promise<string> {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,?/, ""));
        reader.onerror = () => reject(new Error(`${file.name} cannot be read: ${reader.error?.message}`));
        reader.readAsDataURL(file);
    });
}
