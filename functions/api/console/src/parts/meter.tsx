// How much of what there may be is used.

export function Meter(props: { label: string; used: number; limit: number | "unlimited"; words: string }) {
    const { label, used, limit, words } = props;
    return (
        <div class="meter">
            <div class="bar">
                <strong>{label}</strong>
                <span>{words}</span>
            </div>
            {limit !== "unlimited" && (
                <meter
                    aria-label={`${label}: ${words}`}
                    min={0}
                    max={Math.max(limit, 1)}
                    high={Math.max(limit, 1) * 0.8}
                    optimum={0}
                    value={limit === 0 ? 1 : used}
                />
            )}
        </div>
    );
}
