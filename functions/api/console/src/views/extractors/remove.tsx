// Removes a saved extractor with all its versions.
import { answer, api } from "../../api.ts";
import { Confirm } from "../../parts/dialog.tsx";
import { tell } from "../../parts/toast.tsx";

export function Remove(props: { name: string; onClose: () => void; onRemoved: () => void }) {
    const { name, onClose, onRemoved } = props;
    return (
        <Confirm
            title={`Remove ${name}?`}
            verb="Remove"
            danger
            onClose={onClose}
            onDo={async () => {
                await answer(api.DELETE("/api/v1/extractors/{name}/", { params: { path: { name } } }));
                tell(`Removed ${name}.`);
                onRemoved();
            }}
        >
            <p>
                All its versions go with it. Jobs that were started with it keep what they were asked;
                requests that name it are refused from now on.
            </p>
        </Confirm>
    );
}
