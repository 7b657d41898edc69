// Lines over time, one for each series, with a mark at each value.
import { scaleLinear, scalePoint } from "d3-scale";
import { line, symbol, symbolCircle, symbolDiamond, symbolSquare } from "d3-shape";
import type { ComponentChildren } from "preact";
import { HEIGHT, MARGIN, PlaceAxis, ValueAxis } from "./axes.tsx";
import { Chart, type Drawn, type Point } from "./frame.tsx";
import { type Series, colourOf } from "./look.tsx";

const MARKS = [symbolCircle, symbolSquare, symbolDiamond];
const MARK_AREA_PIXELS = 36;

export function Lines(props: {
    title: string;
    description: string;
    series: Series[];
    points: Point[];
    axis: string;
    format: (value: number) => string;
    children?: ComponentChildren;
}) {
    return <Chart {...props} lines draw={(drawn) => <Drawing {...props} {...drawn} />} />;
}

function Drawing(props: Drawn & { series: Series[]; points: Point[]; format: (value: number) => string }) {
    const { width, place, series, points, format } = props;
    const most = Math.max(...points.flatMap(({ values }) => values.map((value) => value ?? 0)), 0) || 1;
    const x = scalePoint(
        points.map((_, at) => at),
        [MARGIN.left, width - MARGIN.right],
    ).padding(0.5);
    const y = scaleLinear([0, most], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(4);
    const at = (index: number) => x(index) ?? 0;
    const step = x.step() || width;
    return (
        <svg role="presentation" viewBox={`0 0 ${width} ${HEIGHT}`} height={HEIGHT}>
            <ValueAxis ticks={y.ticks(4)} y={y} width={width} format={format} />
            <PlaceAxis names={points.map(({ tick }) => tick)} x={at} width={width} />
            {series.map((it, which) => {
                const path = line<Point>()
                    .defined(({ values }) => values[which] !== undefined)
                    .x((_, index) => at(index))
                    .y(({ values }) => y(values[which] ?? 0))(points);
                return (
                    <path
                        key={it.name}
                        class="line"
                        d={path ?? ""}
                        stroke-dasharray={it.dashes}
                        style={{ stroke: colourOf(it) }}
                    />
                );
            })}
            {points.map(({ label, values }, index) => (
                <g key={label} {...place(index)}>
                    <rect
                        class="here"
                        x={at(index) - step / 2}
                        width={step}
                        y={MARGIN.top}
                        height={HEIGHT - MARGIN.top - MARGIN.bottom}
                    />
                    {series.map((it, which) => {
                        const value = values[which];
                        const mark = symbol(MARKS[which % MARKS.length], MARK_AREA_PIXELS)();
                        return value === undefined ? null : (
                            <path
                                key={it.name}
                                d={mark ?? ""}
                                transform={`translate(${at(index)} ${y(value)})`}
                                style={{ fill: colourOf(it) }}
                            />
                        );
                    })}
                </g>
            ))}
        </svg>
    );
}
