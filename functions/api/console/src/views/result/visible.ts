// Characters that are not seen, or that turn the words around them, shown as signs: what stands there should not be mistaken.
// Of documents: joiners and marks of direction stay, for words of many languages, and emoji, are made with them.

const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202d\u202e]/g;

const OVERRIDES: Record<string, string> = { "\u202d": "⟨LRO⟩", "\u202e": "⟨RLO⟩", "\u007f": "␡" };

/** The text with signs for control characters and for overrides of the direction of writing. */
export function visible(text: string): string {
    return text.replace(UNSEEN, (one) => OVERRIDES[one] ?? String.fromCharCode(0x2400 + one.charCodeAt(0)));
}
