// Select2 shows a box of its own in place of a field, and does not tell screen readers what it is called.
"use strict";
{
    const name = () => {
        for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
            const [label] = select.labels;
            const shown = select.nextElementSibling.querySelector(".select2-selection__rendered");
            if (label && shown) {
                label.id ||= `${select.id}_label`;
                for (const box of [shown, shown.closest("[role=combobox]")]) {
                    box.setAttribute("aria-labelledby", `${label.id} ${shown.id}`);
                }
            }
        }
    };
    window.django?.jQuery?.(name); // called in turn, after Django has put up the boxes
    document.addEventListener("formset:added", () => setTimeout(name));
}
