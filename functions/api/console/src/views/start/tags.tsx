// Names and values by which a job is found again.

export function Tags({
    tags,
    onTags,
}: {
    tags: [string, string][];
    onTags: (tags: [string, string][]) => void;
}) {
    const set = (at: number, tag: [string, string]) =>
        onTags(tags.map((one, number) => (number === at ? tag : one)));
    return (
        <fieldset class="tags">
            <legend class="only-read">Tags</legend>
            {tags.map(([name, value], at) => (
                <div class="way" key={at}>
                    <input
                        aria-label="Name of the tag"
                        placeholder="batch"
                        value={name}
                        maxLength={40}
                        onInput={(event) => set(at, [event.currentTarget.value, value])}
                    />
                    <input
                        aria-label="Value of the tag"
                        placeholder="7"
                        value={value}
                        maxLength={80}
                        onInput={(event) => set(at, [name, event.currentTarget.value])}
                    />
                    <button
                        type="button"
                        class="quiet"
                        aria-label={`Remove the tag ${name}`}
                        onClick={() => onTags(tags.filter((_, number) => number !== at))}
                    >
                        ×
                    </button>
                </div>
            ))}
            {tags.length < 10 && (
                <button type="button" onClick={() => onTags([...tags, ["", ""]])}>
                    Add a tag
                </button>
            )}
        </fieldset>
    );
}
