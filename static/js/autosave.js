// Tells how saving goes, tries again where it failed, and warns before anything is lost. The saving itself is htmx;
// where no script runs the buttons of the form save. What is said stands in the <template> elements of the page.
"use strict";
{
    const form = document.querySelector("form[data-autosave]");
    const place = document.getElementById("speicherstand");
    const PAUSES = [2, 4, 8, 15, 30]; // seconds between attempts; the last one again and again
    let edits = 0; // how often she has typed
    let saved = 0; // how much of that the server has
    let sent = 0;
    let busy = false;
    let failed = 0;
    let timer;
    let button; // pressed while a request was under way
    let leaving = false;

    const say = (name) => place.replaceChildren(document.getElementById(`stand-${name}`).content.cloneNode(true));
    const again = () => {
        clearTimeout(timer);
        htmx.trigger(form, "again");
    };

    form.addEventListener("input", () => { edits += 1; });
    // Only the form itself saves; what is loaded inside it, such as a page of evidence, bubbles up to it too.
    form.addEventListener("htmx:beforeRequest", ({ target }) => {
        if (target !== form) return;
        clearTimeout(timer);
        [busy, sent] = [true, edits];
        if (!failed) say("laeuft");
    });
    form.addEventListener("htmx:afterRequest", ({ target, detail: { xhr } }) => {
        if (target !== form) return;
        busy = false;
        if (xhr.status === 200) {
            [failed, saved] = [0, sent];
        } else if (xhr.status === 401) { // the server keeps what was typed
            saved = sent;
            say("abgemeldet");
        } else if (xhr.status >= 400 && xhr.status < 500) {
            say("abgelehnt");
        } else {
            say("fehlt");
            timer = setTimeout(again, 1000 * PAUSES[Math.min(failed, PAUSES.length - 1)]);
            failed += 1;
        }
        if (button) form.requestSubmit(button);
    });
    window.addEventListener("online", () => { if (failed) again(); });
    form.addEventListener("submit", (event) => {
        if (busy) { // or the answer on its way would look like somebody else's
            event.preventDefault();
            button = event.submitter;
        } else {
            leaving = true;
        }
    });
    window.addEventListener("beforeunload", (event) => {
        if (!leaving && (edits > saved || place.querySelector("[data-unsaved]"))) event.preventDefault();
    });
    window.addEventListener("pageshow", () => { leaving = false; });

    for (const more of document.querySelectorAll("button[data-more]")) {
        more.hidden = false;
        more.addEventListener("click", () => {
            const inputs = more.parentElement.querySelectorAll("input");
            const next = inputs[inputs.length - 1].cloneNode();
            next.value = "";
            next.id = `${more.dataset.more}_${inputs.length + 1}`;
            next.setAttribute("aria-label", `Datum ${inputs.length + 1}`);
            more.before(next);
            next.focus();
        });
    }
}
