// How far an upload is, and what to do where the line breaks. htmx sends the form; without either the form works alone.
"use strict";
{
    const form = (event) => event.target.closest?.("form[data-upload]");
    const part = (element, name) => element.querySelector(`[data-upload-${name}]`);

    const show = (element, percent) => {
        const box = part(element, "progress");
        const bar = box.querySelector("progress");
        box.hidden = false;
        bar.value = percent;
        box.querySelector("[role=status]").textContent =
            percent < 100 ? `Wird hochgeladen: ${percent} %` : "Hochgeladen, wird geprüft …";
    };

    const busy = (element, is) => {
        element.querySelector("button[type=submit]").toggleAttribute("disabled", is);
        if (!is) part(element, "progress").hidden = true;
    };

    document.addEventListener("htmx:beforeRequest", (event) => {
        const element = form(event);
        if (!element) return;
        part(element, "error").hidden = true;
        busy(element, true);
        show(element, 0);
    });

    document.addEventListener("htmx:xhr:progress", (event) => {
        const element = form(event);
        const { lengthComputable, loaded, total } = event.detail;
        if (element && lengthComputable) {
            const percent = Math.floor((100 * loaded) / total);
            if (percent > part(element, "progress").querySelector("progress").value) show(element, percent);
        }
    });

    for (const failed of ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:sendAbort"]) {
        document.addEventListener(failed, (event) => {
            const element = form(event);
            if (!element) return;
            busy(element, false);
            const alert = part(element, "error");
            alert.hidden = false;
            alert.scrollIntoView({ block: "nearest" });
        });
    }
}
