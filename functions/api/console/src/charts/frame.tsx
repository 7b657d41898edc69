// What all charts have: a title, words on what is shown, a legend, a line that says what the pointer or the focus is on, and the same
// numbers as a table. Arrow keys go from one place to the next.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Legend, type Series } from "./look.tsx";

export interface Point {
    /** What the place is called: a day, an hour, a media type. */
    label: string;
    /** A short form of it for the axis. */
    tick: string;
    /** A number for each series; undefined where there is none. */
    values: (number | undefined)[];
}

/** What a chart needs to draw itself. */
export interface Drawn {
    id: string;
    width: number;
    /** What the place is: its name, how it is reached, what it says. */
    place: (at: number) => Record<string, unknown>;
}

export function Chart(props: {
    title: string;
    description: string;
    series: Series[];
    points: Point[];
    /** What the points are called together, for the table: `Day (UTC)`. */
    axis: string;
    format: (value: number) => string;
    lines?: boolean;
    draw: (drawn: Drawn) => ComponentChildren;
    children?: ComponentChildren;
}) {
    const { title, description, series, points, axis, format, lines = false, draw, children } = props;
    const id = useId();
    const box = useRef<HTMLDivElement>(null);
    const width = useWidth(box);
    const [shown, setShown] = useState<number>();
    const [stop, setStop] = useState(0);
    const reached = Math.min(stop, Math.max(points.length - 1, 0));
    const words = (at: number) => said(points[at], series, format);
    const move = (event: KeyboardEvent) => {
        const targets: Record<string, number> = {
            ArrowLeft: reached - 1,
            ArrowRight: reached + 1,
            Home: 0,
            End: points.length - 1,
        };
        const target = targets[event.key];
        if (target === undefined || !points[target]) return;
        event.preventDefault();
        setStop(target);
        box.current?.querySelector<SVGGElement>(`[data-at="${target}"]`)?.focus();
    };
    const place = (at: number) => ({
        role: "img",
        "aria-label": words(at),
        "data-at": at,
        tabIndex: at === reached ? 0 : -1,
        onFocus: () => {
            setStop(at);
            setShown(at);
        },
        onBlur: () => setShown(undefined),
        onPointerEnter: () => setShown(at),
        onPointerLeave: () => setShown(undefined),
    });
    return (
        <figure class="chart" aria-labelledby={`${id}-title`}>
            <figcaption>
                <h2 id={`${id}-title`}>{title}</h2>
                <p class="small" id={`${id}-words`}>
                    {description}
                </p>
            </figcaption>
            {children}
            <Legend id={id} series={series} lines={lines} />
            <div ref={box} role="group" aria-label={title} aria-describedby={`${id}-words`} onKeyDown={move}>
                {width > 0 && draw({ id, width, place })}
            </div>
            <p class="readout" aria-hidden="true">
                {shown === undefined ? (
                    <span class="small">Point at a place, or go along with the arrow keys.</span>
                ) : (
                    words(shown)
                )}
            </p>
            <details>
                <summary>The numbers</summary>
                <Numbers title={title} series={series} points={points} axis={axis} format={format} />
            </details>
        </figure>
    );
}

function Numbers(props: {
    title: string;
    series: Series[];
    points: Point[];
    axis: string;
    format: (value: number) => string;
}) {
    const { title, series, points, axis, format } = props;
    return (
        <div class="scroll" tabIndex={0} role="region" aria-label={`The numbers: ${title}`}>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{axis}</th>
                        {series.map(({ name }) => (
                            <th key={name} scope="col" class="number">
                                {name}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {[...points].reverse().map(({ label, values }) => (
                        <tr key={label}>
                            <th scope="row">{label}</th>
                            {values.map((value, at) => (
                                <td key={series[at]?.name} class="number">
                                    {value === undefined ? "–" : format(value)}
                                </td>
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

/** `2 Sept: 203 completed, 0 failed`. */
function said(point: Point | undefined, series: Series[], format: (value: number) => string): string {
    if (!point) return "";
    const told = series.flatMap(({ name }, at) => {
        const value = point.values[at];
        return value === undefined ? [] : [`${format(value)} ${name}`];
    });
    return `${point.label}: ${told.join(", ") || "nothing"}`;
}

/** How wide the place for a drawing is, so that its letters are not stretched. */
function useWidth(box: { current: HTMLElement | null }): number {
    const [width, setWidth] = useState(0);
    useEffect(() => {
        const element = box.current;
        if (!element) return;
        const measure = () => setWidth(Math.floor(element.clientWidth));
        const observer = new ResizeObserver(measure);
        observer.observe(element);
        measure();
        return () => observer.disconnect();
    }, []);
    return width;
}
