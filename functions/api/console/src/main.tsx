// The console: a page for whoever looks after the service. It uses the public API alone.
import { render } from "preact";
import { App } from "./app.tsx";
import { begin } from "./identify.ts";

const place = document.getElementById("console");
if (place) {
    place.replaceChildren();
    render(<App />, place);
    void begin();
}
