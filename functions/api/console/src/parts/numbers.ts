// Numbers as people read them.

const PLAIN = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const BYTES = ["B", "KB", "MB", "GB", "TB"];

export const plain = (value: number): string => PLAIN.format(value);

export const short = (value: number): string => SHORT.format(value);

/** Bytes by thousands, as the API's limits are: `4.5 MB`. */
export function bytes(value: number): string {
    let [rest, unit] = [value, 0];
    while (rest >= 1_000 && unit < BYTES.length - 1) {
        rest /= 1_000;
        unit += 1;
    }
    return `${unit > 0 && rest < 10 ? rest.toFixed(1) : Math.round(rest)} ${BYTES[unit]}`;
}
