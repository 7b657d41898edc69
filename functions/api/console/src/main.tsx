// The console: a page for whoever looks after the service. It uses the public API alone.
import { options, render } from "preact";
import { App } from "./app.tsx";
import { begin } from "./identify.ts";

// Effects run at once, not after the next frame: until then whoever is quick, or has a slow machine, would type into a field that
// is about to be filled, or press a key that nobody heeds yet.
options.requestAnimationFrame = queueMicrotask;

const place = document.getElementById("console");
if (place) {
    place.replaceChildren();
    render(<App />, place);
    void begin();
}
