// Light, dark, or as the system has it. Kept in this browser.
import { effect, signal } from "@preact/signals";

type Theme = "system" | "light" | "dark";

const THEME = "theme";
const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const SIGNS: Record<Theme, string> = { system: "◐", light: "☀", dark: "☾" };

const kept = localStorage.getItem(THEME);
const theme = signal<Theme>(kept === "light" || kept === "dark" ? kept : "system");

effect(() => {
    document.documentElement.dataset.theme = theme.value;
    localStorage.setItem(THEME, theme.value);
});

export function ThemeChoice() {
    const words = `Colours: ${theme.value}. Change to ${NEXT[theme.value]}`;
    return (
        <button
            type="button"
            class="quiet"
            aria-label={words}
            title={words}
            onClick={() => {
                theme.value = NEXT[theme.value];
            }}
        >
            {SIGNS[theme.value]}
        </button>
    );
}
