// Keys for the review, text blocks without a round trip, and the evidence beside the criterion. Without it links and
// buttons do the same.
"use strict";
{
    const help = document.querySelector("[data-keys]");
    const STORED = "pruefung-tasten";

    if (help) {
        const on = help.querySelector("[data-keys-on]");
        const criteria = [...document.querySelectorAll("[data-criterion]")];
        const VERDICTS = { 1: "met", 2: "not_met", 3: "query" };
        let current = Math.max(0, criteria.findIndex((each) => `#${each.id}` === location.hash));

        help.hidden = false;
        on.checked = localStorage.getItem(STORED) !== "aus"; // single keys must be possible to turn off (WCAG 2.1.4)
        on.addEventListener("change", () => localStorage.setItem(STORED, on.checked ? "an" : "aus"));

        const go = (number) => {
            if (!criteria[number]) return;
            current = number;
            criteria[number].scrollIntoView({ block: "start" });
            criteria[number].focus({ preventScroll: true });
        };
        const judge = (verdict) => {
            const parts = [...criteria[current].querySelectorAll("[data-part]")];
            const open = (part) => part.querySelector("input[type=radio][value='']")?.checked;
            const part = parts.find((each) => each.contains(document.activeElement)) || parts.find(open) || parts[0];
            const radio = part.querySelector(`input[type=radio][value=${verdict}]`);
            radio.click();
            if (verdict === "query") part.querySelector(".part__question textarea").focus();
            else radio.focus();
        };
        document.addEventListener("focusin", ({ target }) => {
            const at = criteria.findIndex((each) => each.contains(target));
            if (at >= 0) current = at;
        });
        document.addEventListener("keydown", (event) => {
            const typing = event.target.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=submit])");
            if (!on.checked || typing || event.ctrlKey || event.metaKey || event.altKey) return;
            if (event.key === "j") go(current + 1);
            else if (event.key === "k") go(current - 1);
            else if (event.key === "n") criteria[current].querySelector("[data-next]")?.click();
            else if (event.key in VERDICTS) judge(VERDICTS[event.key]);
            else return;
            event.preventDefault();
        });
        addEventListener("hashchange", () => go(criteria.findIndex((each) => `#${each.id}` === location.hash)));
    }

    document.addEventListener("click", (event) => {
        const close = event.target.closest("[data-close]");
        if (close) {
            const place = close.closest(".criterion__evidence");
            close.closest(".viewer").remove();
            place?.querySelector("a").focus();
            return;
        }
        const insert = event.target.closest("[data-blocks] button");
        if (!insert) return;
        event.preventDefault();
        const blocks = insert.closest("[data-blocks]");
        const field = document.getElementById(blocks.dataset.blocks);
        const text = blocks.querySelector("select").selectedOptions[0].dataset.text;
        field.value = field.value.trim() ? `${field.value.trimEnd()}\n\n${text}` : text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.focus();
    });

    document.addEventListener("mouseup", ({ target }) => { // words marked in the text of a page become the quote
        const words = target.closest?.("[data-words]");
        const marked = String(getSelection()).trim();
        const field = words?.closest(".viewer").querySelector("[data-quote]");
        if (field && marked && !field.value) field.value = marked;
    });
}
