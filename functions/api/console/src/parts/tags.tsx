// A job's tags; each leads to the jobs that have it too.
import { to } from "../router.ts";
import { visible } from "./visible.ts";

export function Tags({ of }: { of: Record<string, string> | null | undefined }) {
    const tags = Object.entries(of ?? {});
    if (tags.length === 0) return <>–</>;
    return (
        <ul class="tag-list">
            {tags.map(([name, value]) => (
                <li key={name}>
                    {name.includes(":") ? (
                        <bdi class="tag">{visible(`${name}:${value}`)}</bdi>
                    ) : (
                        <a class="tag" href={to(["jobs"], { tag: `${name}:${value}` })}>
                            <bdi>{visible(`${name}:${value}`)}</bdi>
                        </a>
                    )}
                </li>
            ))}
        </ul>
    );
}
