// Lets the browser make or show a passkey (WebAuthn) and sends its answer with the form. Forms that can do without
// (the sign-in page) are hidden until it is known that the browser has passkeys.
"use strict";
{
    const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    const text = (buffer) =>
        btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    const keys = (list = []) => list.map((key) => ({ ...key, id: bytes(key.id) }));

    const ask = {
        create: (asked) => ({
            ...asked,
            challenge: bytes(asked.challenge),
            user: { ...asked.user, id: bytes(asked.user.id) },
            excludeCredentials: keys(asked.excludeCredentials),
        }),
        get: (asked) => ({
            ...asked,
            challenge: bytes(asked.challenge),
            allowCredentials: keys(asked.allowCredentials),
        }),
    };

    const answer = (credential) => {
        const response = {};
        for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
            if (credential.response[name]) response[name] = text(credential.response[name]);
        }
        return JSON.stringify({
            id: credential.id,
            rawId: text(credential.rawId),
            type: credential.type,
            authenticatorAttachment: credential.authenticatorAttachment,
            clientExtensionResults: credential.getClientExtensionResults(),
            response,
        });
    };

    const options = async (form) => {
        const given = form.querySelector("script[type='application/json']");
        const data = given
            ? JSON.parse(given.textContent)
            : await (await fetch(form.action, { headers: { Accept: "application/json" } })).json();
        return (data.creation_options ?? data.request_options).publicKey;
    };

    for (const form of document.querySelectorAll("form[data-passkey]")) {
        const error = form.querySelector(".passkey__error");
        const kind = form.dataset.passkey;
        if (!window.PublicKeyCredential) {
            if (error) error.hidden = false;
            continue;
        }
        form.closest("[data-needs-passkey]")?.removeAttribute("hidden");
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            error.hidden = true;
            try {
                const credential = await navigator.credentials[kind]({ publicKey: ask[kind](await options(form)) });
                form.elements.credential.value = answer(credential);
                form.submit();
            } catch {
                error.hidden = false;
            }
        });
    }
}
