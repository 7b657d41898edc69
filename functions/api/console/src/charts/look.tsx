// How series look: by colour, and by a pattern or dashes for who does not see colours.

export interface Series {
    name: string;
    /** Which of the named colours: 1 to 5. */
    colour: number;
    pattern?: "plain" | "hatched" | "dotted" | "open";
    dashes?: string;
}

export const colourOf = ({ colour }: Series): string => `var(--series-${colour})`;

/** What areas of these series are filled with; `id` keeps them apart from another chart's. */
export function Patterns({ id, series }: { id: string; series: Series[] }) {
    return (
        <defs>
            {series.map((it, at) => (
                <pattern
                    key={it.name}
                    id={patternId(id, at)}
                    width="6"
                    height="6"
                    patternUnits="userSpaceOnUse"
                    patternTransform={it.pattern === "hatched" ? "rotate(45)" : undefined}
                >
                    <Pattern of={it} />
                </pattern>
            ))}
        </defs>
    );
}

export const patternId = (id: string, at: number): string => `${id}-pattern-${at}`;

function Pattern({ of }: { of: Series }) {
    const colour = colourOf(of);
    if (of.pattern === "hatched") {
        return (
            <>
                <rect width="6" height="6" style={{ fill: colour, opacity: 0.35 }} />
                <rect width="3" height="6" style={{ fill: colour }} />
            </>
        );
    }
    if (of.pattern === "dotted") {
        return (
            <>
                <rect width="6" height="6" style={{ fill: colour, opacity: 0.25 }} />
                <circle cx="3" cy="3" r="1.75" style={{ fill: colour }} />
            </>
        );
    }
    const opacity = of.pattern === "open" ? 0.3 : 1;
    return <rect width="6" height="6" style={{ fill: colour, opacity }} />;
}

export function Legend({ id, series, lines = false }: { id: string; series: Series[]; lines?: boolean }) {
    return (
        <ul class="legend">
            {series.map((it, at) => (
                <li key={it.name}>
                    <svg viewBox="0 0 24 14" aria-hidden="true">
                        {lines ? (
                            <line
                                x1="0"
                                x2="24"
                                y1="7"
                                y2="7"
                                class="line"
                                stroke-dasharray={it.dashes}
                                style={{ stroke: colourOf(it) }}
                            />
                        ) : (
                            <rect
                                width="24"
                                height="14"
                                fill={`url(#${patternId(id, at)})`}
                                style={{ stroke: colourOf(it) }}
                            />
                        )}
                    </svg>
                    {it.name}
                </li>
            ))}
        </ul>
    );
}
