// What makes the pages a little easier; each of them works without it.
"use strict";

// After a save or a refusal the message is what matters: focus goes there, so that it is read out and seen.
function focusMessage() {
    const message = document.getElementById("errors") || document.getElementById("notice");
    if (message && !location.hash) message.focus();
}

// "Saved" is said once: loading the page again does not say it again.
function forgetNotice() {
    const address = new URL(location.href);
    const said = ["saved", "signed_out", "new_password", "ended", "done", "lang"].filter((name) => address.searchParams.has(name));
    if (!said.length) return;
    said.forEach((name) => address.searchParams.delete(name));
    history.replaceState(null, "", address);
}

// A second press while the first is under way would be told that somebody else was faster.
function sendOnce(form) {
    let sent = false;
    form.addEventListener("submit", (event) => {
        if (sent) return event.preventDefault();
        sent = true;
        form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
    });
    addEventListener("pageshow", () => {
        sent = false;
        form.querySelectorAll("button[type=submit]").forEach((button) => button.removeAttribute("aria-disabled"));
    });
}

function offerReveal(box) {
    const input = document.getElementById(box.dataset.reveal);
    const button = document.createElement("button");
    const show = (shown) => {
        input.type = shown ? "text" : "password";
        button.textContent = shown ? box.dataset.hide : box.dataset.show;
        button.setAttribute("aria-label", button.textContent + " (" + box.dataset.what + ")");
    };
    button.type = "button";
    button.className = "quiet";
    button.addEventListener("click", () => show(input.type === "password"));
    input.form.addEventListener("submit", () => show(false));
    box.classList.add("on");
    box.append(button);
    show(false);
}

// The browser knows all time zones, and its own.
function offerZones(input) {
    const list = document.createElement("datalist");
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const zones = Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : [];
    list.id = input.id + "-zones";
    list.append(...[own, ...zones.filter((zone) => zone !== own)].map((zone) => new Option(zone, zone)));
    input.after(list);
    input.setAttribute("list", list.id);
}

// How long something has to wait, second by second; the button before it waits too.
function countDown(line) {
    const end = Date.now() + Number(line.dataset.countdown) * 1000;
    const button = line.previousElementSibling.querySelector("button");
    const two = (number) => String(number).padStart(2, "0");
    const show = () => {
        const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
        const hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60;
        const time = (hours ? hours + ":" + two(minutes) : minutes) + ":" + two(left % 60);
        line.textContent = line.dataset.words.replace("{TIME}", "\u2066" + time + "\u2069");
        line.hidden = left === 0;
        button.disabled = left > 0;
        if (left === 0) clearInterval(timer);
    };
    const timer = setInterval(show, 500);
    show();
}

focusMessage();
forgetNotice();
document.querySelectorAll("form[method=post]").forEach(sendOnce);
document.querySelectorAll("[data-reveal]").forEach(offerReveal);
document.querySelectorAll("[data-zones]").forEach(offerZones);
document.querySelectorAll("[data-countdown]").forEach(countDown);
