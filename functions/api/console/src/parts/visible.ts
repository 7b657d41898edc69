// Texts of strangers as they are: what is not seen, or makes others be seen elsewhere, is named.

/** Controls but for line breaks and tabs, and what turns the direction of writing or has no width. */
const UNSEEN =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export function visible(text: string): string {
    return text.replace(UNSEEN, (char) => {
        const code = char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
        return `⟨U+${code}⟩`;
    });
}
