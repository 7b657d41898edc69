// Ending a key: slowly, with a successor beside it, or at once.
import { useState } from "preact/hooks";
import { answer, api } from "../../api.ts";
import { Confirm } from "../../parts/dialog.tsx";
import { visible } from "../../parts/visible.ts";
import type { Key, MadeKey } from "./list.tsx";

const OVERLAPS: { seconds: number; words: string }[] = [
    { seconds: 0, words: "not at all: the old one ends now" },
    { seconds: 3_600, words: "an hour" },
    { seconds: 86_400, words: "a day" },
    { seconds: 604_800, words: "a week" },
];

const USUAL_OVERLAP_SECONDS = 86_400;

export function RotateKey(props: { of: Key; onMade: (key: MadeKey) => void; onClose: () => void }) {
    const { of, onMade, onClose } = props;
    const [seconds, setSeconds] = useState(USUAL_OVERLAP_SECONDS);
    const rotate = async () => {
        const params = { path: { key_id: of.id } };
        const body = { overlap_seconds: seconds };
        onMade(await answer(api.POST("/api/v1/keys/{key_id}/rotate/", { params, body })));
    };
    return (
        <Confirm title={`Rotate “${visible(of.name)}”?`} verb="Rotate" onDo={rotate} onClose={onClose}>
            <p>
                A successor is made, with the same name, scopes and length of life. Give it to whoever uses
                this key, before this one ends.
            </p>
            <label class="field">
                Both hold for
                <select value={seconds} onChange={(event) => setSeconds(Number(event.currentTarget.value))}>
                    {OVERLAPS.map((overlap) => (
                        <option key={overlap.seconds} value={overlap.seconds}>
                            {overlap.words}
                        </option>
                    ))}
                </select>
            </label>
        </Confirm>
    );
}

export function RevokeKey(props: { of: Key; isOwn: boolean; onRevoked: () => void; onClose: () => void }) {
    const { of, isOwn, onRevoked, onClose } = props;
    const revoke = async () => {
        await answer(api.DELETE("/api/v1/keys/{key_id}/", { params: { path: { key_id: of.id } } }));
        onRevoked();
    };
    return (
        <Confirm title={`Revoke “${visible(of.name)}”?`} verb="Revoke" danger onDo={revoke} onClose={onClose}>
            <p>
                Within a minute it is good for nothing anywhere, for good. Whoever still uses it is refused;
                to change a key without a gap, rotate it.
            </p>
            <p>
                {of.last_used ? (
                    <>
                        It was last used on <strong>{of.last_used}</strong> (UTC).
                    </>
                ) : (
                    "It was never used."
                )}
            </p>
            {isOwn && (
                <p>
                    <strong>You are signed in with this key.</strong> You will be signed out.
                </p>
            )}
        </Confirm>
    );
}
