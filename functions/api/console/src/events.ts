// Server-sent events read by `fetch`, for `EventSource` can say no key.

export interface ServerEvent {
    id: string;
    data: string;
    /** After how many milliseconds whoever was cut off comes back, as far as it was said by now. */
    retryMs: number | undefined;
}

/** The events of an answer, one by one, until it ends. */
export async function* events(response: Response): AsyncGenerator<ServerEvent> {
    if (!response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let [rest, id, retryMs]: [string, string, number | undefined] = ["", "", undefined];
    let data: string[] = [];
    try {
        for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
            const lines = (rest + chunk.value).split("\n");
            rest = lines.pop() ?? "";
            for (const line of lines.map((each) => each.replace(/\r$/, ""))) {
                const [name, value] = field(line);
                if (name === "data") data.push(value);
                if (name === "id") id = value;
                if (name === "retry" && /^\d+$/.test(value)) retryMs = Number(value);
                if (line === "") {
                    yield { id, data: data.join("\n"), retryMs };
                    data = [];
                }
            }
        }
    } finally {
        await reader.cancel().catch(() => undefined);
    }
}

/** `name: value`; one without a name is a comment. */
function field(line: string): [string, string] {
    const colon = line.indexOf(":");
    if (colon < 0) return [line, ""];
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}
