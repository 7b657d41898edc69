// Tables of a document as tables, with their header rows; long ones a stretch at a time.
import { useState } from "preact/hooks";
import { plain } from "../../parts/numbers.ts";
import type { Place, TableOf } from "./types.ts";
import { placeWords } from "./text.tsx";
import { visible } from "./visible.ts";

const SHOWN_ROWS = 50;
const SHOWN_TABLES = 20;

export function Tables({
    tables,
    onPlace,
}: {
    tables: TableOf[];
    onPlace?: ((place: Place) => void) | undefined;
}) {
    const [shown, setShown] = useState(SHOWN_TABLES);
    if (tables.length === 0) return <p>No tables.</p>;
    return (
        <>
            {tables.slice(0, shown).map((table, number) => (
                <One key={number} table={table} number={number} onPlace={onPlace} />
            ))}
            {tables.length > shown && (
                <button type="button" onClick={() => setShown(shown + SHOWN_TABLES)}>
                    {plain(tables.length - shown)} more tables
                </button>
            )}
        </>
    );
}

function One(props: { table: TableOf; number: number; onPlace?: ((place: Place) => void) | undefined }) {
    const { table, number, onPlace } = props;
    const { rows, header_rows, caption, place } = table;
    const [shown, setShown] = useState(SHOWN_ROWS);
    const [heads, body] = [rows.slice(0, header_rows), rows.slice(header_rows)];
    return (
        <section class="extracted">
            <div class="scroll" role="region" aria-label={`Table ${number + 1}`} tabIndex={0}>
                <table class="grid">
                    <caption>
                        Table {plain(number + 1)}
                        {caption && (
                            <>
                                : <bdi>{visible(caption)}</bdi>
                            </>
                        )}{" "}
                        <span class="small">
                            {plain(body.length)} {body.length === 1 ? "row" : "rows"}
                        </span>{" "}
                        {place && onPlace && (
                            <button type="button" class="link" onClick={() => onPlace(place)}>
                                {placeWords(place)}
                            </button>
                        )}
                    </caption>
                    {heads.length > 0 && (
                        <thead>
                            {heads.map((cells, at) => (
                                <tr key={at}>
                                    {cells.map((cell, column) => (
                                        <th key={column} scope="col">
                                            <bdi>{visible(cell)}</bdi>
                                        </th>
                                    ))}
                                </tr>
                            ))}
                        </thead>
                    )}
                    <tbody>
                        {body.slice(0, shown).map((cells, at) => (
                            <tr key={at}>
                                {cells.map((cell, column) => (
                                    <td key={column}>
                                        <bdi>{visible(cell)}</bdi>
                                    </td>
                                ))}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
            {body.length > shown && (
                <p>
                    <button type="button" onClick={() => setShown(shown + 10 * SHOWN_ROWS)}>
                        More rows
                    </button>{" "}
                    <span class="small">
                        {plain(shown)} of {plain(body.length)} are shown
                    </span>
                </p>
            )}
        </section>
    );
}
