// For which tenant an operator acts.
import { useEffect, useId, useState } from "preact/hooks";
import { actFor, tenant, whoami } from "../session.ts";

/** Where this browser keeps the tenants that were acted for, the latest first. */
const RECENT = "tenants";
const RECENT_MOST = 10;

export function TenantChoice() {
    const own = whoami.value?.tenant ?? "";
    const [name, setName] = useState(tenant.value);
    const list = useId();
    useEffect(() => setName(tenant.value), [tenant.value]);
    const choose = (event: Event) => {
        event.preventDefault();
        const chosen = name.trim() === own ? "" : name.trim();
        setName(chosen);
        if (chosen === tenant.value) return;
        if (chosen) keep(chosen);
        actFor(chosen);
    };
    return (
        <form class={tenant.value ? "tenant other" : "tenant"} onSubmit={choose}>
            <label>
                Tenant{" "}
                <input
                    value={name}
                    placeholder={own}
                    size={12}
                    list={list}
                    spellcheck={false}
                    autocomplete="off"
                    autocapitalize="none"
                    onInput={(event) => setName(event.currentTarget.value)}
                    onChange={choose}
                />
            </label>
            <datalist id={list}>
                {recent().map((each) => (
                    <option key={each} value={each} />
                ))}
            </datalist>
            {tenant.value && (
                <button
                    type="button"
                    class="quiet"
                    title={`Back to ${own}`}
                    aria-label={`Back to the tenant ${own}`}
                    onClick={() => actFor("")}
                >
                    ×
                </button>
            )}
        </form>
    );
}

function recent(): string[] {
    return (localStorage.getItem(RECENT) ?? "").split(" ").filter(Boolean);
}

function keep(name: string): void {
    const names = [name, ...recent().filter((other) => other !== name)];
    localStorage.setItem(RECENT, names.slice(0, RECENT_MOST).join(" "));
}
