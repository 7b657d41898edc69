// The frame of the console: who is signed in, where one can go, and the view that is shown.
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Lost, useLazy } from "./parts/lazy.tsx";
import { Toasts } from "./parts/toast.tsx";
import { TenantChoice } from "./parts/tenant.tsx";
import { ThemeChoice } from "./parts/theme.tsx";
import { type Route, route, to } from "./router.ts";
import { endSession, farewell, isOperator, key, may, tenant, whoami } from "./session.ts";
import { Job } from "./views/job/job.tsx";
import { Jobs } from "./views/jobs/jobs.tsx";
import { SignIn } from "./views/sign-in.tsx";

interface View {
    name: string;
    title: string;
    /** Whether whoever is signed in may see it. */
    shown?: () => boolean;
    load: () => Promise<ComponentType<{ route: Route }>>;
}

/** What there is to see; what is looked at first is part of the first file, the rest comes when it is asked for. */
const VIEWS: View[] = [
    { name: "jobs", title: "Jobs", load: async () => JobsOrJob },
    {
        name: "start",
        title: "Start",
        shown: () => may("scan:write"),
        load: async () => (await import("./views/start/start.tsx")).Start,
    },
    {
        name: "extractors",
        title: "Extractors",
        load: async () => (await import("./views/extractors/extractors.tsx")).Extractors,
    },
    { name: "usage", title: "Usage", load: async () => (await import("./views/usage/usage.tsx")).Usage },
    {
        name: "letters",
        title: "Dead letters",
        shown: () => may("admin"),
        load: async () => (await import("./views/letters/letters.tsx")).Letters,
    },
    {
        name: "keys",
        title: "Access",
        shown: () => may("admin"),
        load: async () => (await import("./views/keys/keys.tsx")).Keys,
    },
    {
        name: "health",
        title: "Health",
        load: async () => (await import("./views/health/health.tsx")).Health,
    },
];

export function App() {
    if (whoami.value === undefined) return <p class="wait">Data extraction console</p>;
    if (whoami.value === null) {
        return <SignIn why={farewell.value} />;
    }
    return (
        <>
            <a class="skip" href="#main" onClick={skip}>
                Skip to the content
            </a>
            <Header />
            <main id="main" tabIndex={-1}>
                <Shown key={`${tenant.value}`} />
            </main>
            <Toasts />
        </>
    );
}

function Header() {
    const here = route.value.path[0] ?? "jobs";
    return (
        <header class="top">
            <a class="brand" href={to(["jobs"])}>
                Data extraction
            </a>
            <nav aria-label="Views">
                {VIEWS.filter(({ shown }) => shown?.() ?? true).map(({ name, title }) => (
                    <a key={name} href={to([name])} aria-current={name === here ? "page" : undefined}>
                        {title}
                    </a>
                ))}
            </nav>
            <div class="who">
                {isOperator.value && <TenantChoice />}
                <ThemeChoice />
                {key.value && (
                    <button
                        type="button"
                        class="quiet"
                        onClick={() => endSession()}
                        title={`Signed in as ${whoami.value?.actor}`}
                    >
                        Sign out
                    </button>
                )}
            </div>
        </header>
    );
}

/** The view that the address names. */
function Shown() {
    const name = route.value.path[0] ?? "jobs";
    const view = VIEWS.find((candidate) => candidate.name === name);
    const { Part, isLost } = useLazy(view?.load);
    const isFirst = useRef(true);

    useEffect(() => {
        document.title = `${view?.title ?? "Not found"} · Data extraction`;
    }, [view]);

    // Whoever goes by keyboard or ear is told that something else is shown.
    const address = route.value.path.join("/");
    useEffect(() => {
        if (!isFirst.current) document.getElementById("main")?.focus();
        isFirst.current = false;
    }, [address]);

    if (!view) return <NotFound />;
    if (isLost) return <Lost />;
    return Part ? <Part route={route.value} /> : <p class="wait">…</p>;
}

function JobsOrJob({ route: { path, query } }: { route: Route }) {
    const id = path[1];
    return id ? <Job id={id} key={id} /> : <Jobs query={query} />;
}

function NotFound() {
    return (
        <>
            <h1>Nothing here</h1>
            <p>
                There is no such view. <a href={to(["jobs"])}>All jobs</a>
            </p>
        </>
    );
}

function skip(event: Event): void {
    event.preventDefault();
    document.getElementById("main")?.focus();
}
