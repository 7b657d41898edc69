// The value axis with its lines, and names below places as far as there is room for them.

export const HEIGHT = 200;
export const MARGIN = { top: 8, right: 8, bottom: 22, left: 52 };

/** What a place's name takes. */
const NAME_PIXELS = 64;

export function ValueAxis(props: {
    ticks: number[];
    y: (value: number) => number;
    width: number;
    format: (value: number) => string;
}) {
    const { ticks, y, width, format } = props;
    return (
        <g aria-hidden="true">
            {ticks.map((tick) => (
                <g key={tick} transform={`translate(0 ${y(tick)})`}>
                    <line class="grid" x1={MARGIN.left} x2={width - MARGIN.right} />
                    <text x={MARGIN.left - 6} dy="0.32em" text-anchor="end">
                        {format(tick)}
                    </text>
                </g>
            ))}
        </g>
    );
}

export function PlaceAxis(props: { names: string[]; x: (at: number) => number; width: number }) {
    const { names, x, width } = props;
    const room = Math.max(1, Math.floor((width - MARGIN.left - MARGIN.right) / NAME_PIXELS));
    const every = Math.max(1, Math.ceil(names.length / room));
    // Counted from the newest, so that its name is there.
    const isNamed = (at: number) => (names.length - 1 - at) % every === 0;
    return (
        <g aria-hidden="true">
            {names.map((name, at) =>
                isNamed(at) ? (
                    <text key={name} x={x(at)} y={HEIGHT - 6} text-anchor="middle">
                        {name}
                    </text>
                ) : null,
            )}
        </g>
    );
}
