// The limits in force, with their units.
import { answer, api } from "../../api.ts";
import { useLoad } from "../../load.ts";
import { bytes, plain } from "../../parts/numbers.ts";
import { Problem } from "../../parts/problem.tsx";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function Limits() {
    const { data, error, reload } = useLoad((signal) => answer(api.GET("/api/v1/limits/", { signal })), []);
    const { engine = {}, ...service } = (data ?? {}) as Record<string, unknown>;
    return (
        <>
            <h2>Limits in force</h2>
            <p class="small">Whoever passes one is told its name.</p>
            <Problem error={error} again={reload} />
            {data && (
                <div class="limits">
                    <Table title="Of the service" limits={service} />
                    <Table title="Of a document" limits={engine as Record<string, unknown>} />
                </div>
            )}
        </>
    );
}

function Table({ title, limits }: { title: string; limits: Record<string, unknown> }) {
    return (
        <table>
            <caption>{title}</caption>
            <thead>
                <tr>
                    <th scope="col">Limit</th>
                    <th scope="col" class="number">
                        Is
                    </th>
                </tr>
            </thead>
            <tbody>
                {Object.entries(limits).map(([name, value]) => (
                    <tr key={name}>
                        <th scope="row">
                            <code>{name}</code>
                        </th>
                        <td class="number" title={String(value)}>
                            {typeof value === "number" ? amount(name, value) : String(value)}
                        </td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

/** A number in the unit that its name ends with. */
function amount(name: string, value: number): string {
    if (name.endsWith("_bytes")) return bytes(value);
    if (name.endsWith("_seconds")) return time(value);
    if (name.endsWith("_ms") || name.endsWith("_milliseconds")) return time(value / 1_000);
    if (name.endsWith("_chars")) return `${plain(value)} characters`;
    if (name.endsWith("_days")) return `${plain(value)} days`;
    return plain(value);
}

function time(seconds: number): string {
    for (const [unit, length] of [
        ["days", DAY],
        ["h", HOUR],
        ["min", MINUTE],
    ] as const) {
        if (seconds >= 2 * length && seconds % length === 0) return `${plain(seconds / length)} ${unit}`;
    }
    return `${plain(seconds)} s`;
}
