// Stacked bars, one for each place.
import { scaleBand, scaleLinear } from "d3-scale";
import { stack } from "d3-shape";
import type { ComponentChildren } from "preact";
import { HEIGHT, MARGIN, PlaceAxis, ValueAxis } from "./axes.tsx";
import { Chart, type Drawn, type Point } from "./frame.tsx";
import { Patterns, type Series, colourOf, patternId } from "./look.tsx";

/** The widest bar. */
const WIDEST_PIXELS = 56;

export function Bars(props: {
    title: string;
    description: string;
    series: Series[];
    points: Point[];
    axis: string;
    format: (value: number) => string;
    /** Shorter, for the axis. */
    short?: (value: number) => string;
    /** Whether values are counted in ones. */
    whole?: boolean;
    children?: ComponentChildren;
}) {
    return <Chart {...props} draw={(drawn) => <Drawing {...props} {...drawn} />} />;
}

function Drawing(
    props: Drawn & {
        series: Series[];
        points: Point[];
        format: (value: number) => string;
        short?: (value: number) => string;
        whole?: boolean;
    },
) {
    const { id, width, place, series, points, format, short = format, whole = false } = props;
    const sums = points.map(({ values }) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0));
    const x = scaleBand(
        points.map((_, at) => at),
        [MARGIN.left, width - MARGIN.right],
    ).padding(0.2);
    const y = scaleLinear(
        [0, Math.max(...sums, whole ? 1 : 0) || 1],
        [HEIGHT - MARGIN.bottom, MARGIN.top],
    ).nice(4);
    const ticks = y.ticks(4).filter((tick) => !whole || Number.isInteger(tick));
    const stacked = stack<Point, number>()
        .keys(series.map((_, at) => at))
        .value(({ values }, at) => values[at] ?? 0)(points);
    const wide = Math.min(x.bandwidth(), WIDEST_PIXELS);
    const left = (at: number) => (x(at) ?? 0) + (x.bandwidth() - wide) / 2;
    return (
        <svg role="presentation" viewBox={`0 0 ${width} ${HEIGHT}`} height={HEIGHT}>
            <Patterns id={id} series={series} />
            <ValueAxis ticks={ticks} y={y} width={width} format={short} />
            <PlaceAxis names={points.map(({ tick }) => tick)} x={(at) => left(at) + wide / 2} width={width} />
            {points.map(({ label }, at) => (
                <g key={label} {...place(at)}>
                    <rect
                        class="here"
                        x={left(at)}
                        width={wide}
                        y={MARGIN.top}
                        height={HEIGHT - MARGIN.top - MARGIN.bottom}
                    />
                    {stacked.map((layer, which) => {
                        const [from = 0, to = 0] = layer[at] ?? [];
                        return to > from && series[which] ? (
                            <rect
                                key={series[which].name}
                                x={left(at)}
                                width={wide}
                                y={y(to)}
                                height={Math.max(y(from) - y(to), 1)}
                                fill={`url(#${patternId(id, which)})`}
                                style={{ stroke: colourOf(series[which]) }}
                            />
                        ) : null;
                    })}
                </g>
            ))}
        </svg>
    );
}
