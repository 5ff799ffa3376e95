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
    const said = ["saved", "signed_out", "new_password", "ended", "done", "lang",
        "confirmed", "new_address"].filter((name) => address.searchParams.has(name));
    if (!said.length) return;
    said.forEach((name) => address.searchParams.delete(name));
    history.replaceState(null, "", address);
}

// A second press while the first is under way would be told that somebody else was faster.
function sendOnce(form) {
    let sent = false;
    form.addEventListener("submit", (event) => {
        if (event.submitter && event.submitter.formTarget === "_blank") return undefined;
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

// What of a new password can be told without sending it; null: not known here. Counted as the server counts: code points of the
// length, bytes of the rest (app/account/password_policy.c, password_person.c); it looks at everything again on saving.
const bytes = (text) => new TextEncoder().encode(text).length;
const passwordChecks = {
    saving: () => null,
    least: (password, limit) => [...password].length >= limit,
    most: (password, limit) => bytes(password) <= limit,
    mixed: (password) => [/[a-z]/, /[A-Z]/, /[0-9]/].every((kind) => kind.test(password)),
    kinds: (password) => [/[a-z]/, /[A-Z]/, /[0-9]/, /[ -/:-@[-`{-~]/].filter((kind) => kind.test(password)).length >= 3,
    row: (password) => !/(.)\1\1/su.test(password),
    personal: (password, limit, form) => {
        const counts = (word) => bytes(word) > 3 || (bytes(word) === 3 && bytes(password) <= 12);
        const text = password.toLowerCase();
        if (wordsOfPerson(form).some((word) => counts(word) && text.includes(word))) return false;
        // A sign-up says everything about the person; elsewhere the server knows more than the page.
        return form.elements.email ? true : null;
    },
    same: (password, limit, form) => form.elements.password_again.value ? form.elements.password_again.value === password : null,
};

// Their name and addresses as far as the page shows them: each part of a name, an address up to its @, no phone number.
function wordsOfPerson(form) {
    const names = ["name", "first", "last"].map((name) => `[name="user_metadata.${name}"]`).join();
    const inputs = [...form.querySelectorAll(`[autocomplete=username], [autocomplete=email], ${names}`)].map((input) => input.value);
    const shown = document.querySelector(".person-name bdi");
    return [...inputs, shown ? shown.textContent : ""].filter((text) => !text.startsWith("+"))
        .map((text) => text.trim().toLowerCase().split("@")[0]).flatMap((name) => [name, ...name.split(" ")]);
}

// Each rule of a new password says whether it is met, to the eye at once, to the ear once the typing rests.
function hintPassword(voice) {
    const form = voice.closest("form");
    const password = form.elements.password;
    const rules = [...form.querySelectorAll("[data-rule]")].map((line) => {
        const rule = { line, text: line.textContent, word: document.createElement("span") };
        rule.word.className = "unseen";
        line.append(rule.word);
        return rule;
    });
    const isOpen = ({ line, word }) => {
        const met = password.value ? passwordChecks[line.dataset.rule](password.value, Number(line.dataset.limit), form) : null;
        line.classList.toggle("met", met === true);
        line.classList.toggle("open", met === false);
        word.textContent = met === null ? "" : ` (${met ? voice.dataset.done : voice.dataset.open})`;
        return met === false;
    };
    let rest;
    form.addEventListener("input", () => {
        const open = rules.filter(isOpen).map((rule) => rule.text);
        const words = open.length ? [voice.dataset.left, ...open].join(" ") : voice.dataset.all;
        clearTimeout(rest);
        rest = setTimeout(() => { voice.textContent = password.value ? words : ""; }, 1000);
    });
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

// Colours of a look while somebody chooses them: the numbers and the words of app/model/palette.c, which has the last say.
const parts = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
const mixed = (one, other, percent) => one.map((part, i) => Math.floor((part * (100 - percent) + other[i] * percent + 50) / 100));
const hex = (colour) => "#" + colour.map((part) => part.toString(16).padStart(2, "0")).join("");

function luminance(colour) {
    const linear = colour.map((part) => part / 255).map((share) => share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

function contrast(one, other) {
    const [low, high] = [luminance(one) + 0.05, luminance(other) + 0.05].sort((a, b) => a - b);
    return high / low;
}

function judgeColours(primary, page) {
    const [white, black, ink] = [[255, 255, 255], [0, 0, 0], parts("#14242a")];
    const grounds = [white, page, mixed(white, primary, 10)];
    const least = (colour) => Math.min(...grounds.map((ground) => contrast(colour, ground)));
    const isWhite = contrast(primary, white) >= contrast(primary, black);
    let percent = 0;
    while (percent < 100 && least(mixed(primary, black, percent)) < 4.5) percent += 1;
    const link = mixed(primary, black, percent);
    const readable = luminance(page) > luminance(ink) && contrast(page, ink) >= 4.5;
    return {
        page: { is: readable, ratio: contrast(page, ink), colour: page },
        button: { is: isWhite, ratio: contrast(primary, isWhite ? white : black), colour: primary },
        link: { is: percent === 0, ratio: least(link), colour: link },
    };
}

// Both colours as they are now: "#abc" counts as written out, null is none.
function readColour(text) {
    const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text.trim());
    const long = short ? "#" + short.slice(1).map((digit) => digit + digit).join("") : text.trim();
    return /^#[0-9a-f]{6}$/i.test(long) ? long.toLowerCase() : null;
}

function offerPicker(input, changed) {
    const picker = document.createElement("input");
    const follow = () => { picker.value = readColour(input.value) || "#ffffff"; };
    picker.type = "color";
    picker.setAttribute("aria-label", document.querySelector(`label[for="${input.id}"]`).textContent);
    picker.addEventListener("input", () => { input.value = picker.value; changed(); });
    input.addEventListener("input", () => { follow(); changed(); });
    const row = document.createElement("div");
    row.className = "colour";
    input.before(row);
    row.append(input, picker);
    follow();
}

function showSample(sample, primary, page, verdict) {
    const button = sample.querySelector(".button");
    sample.hidden = false;
    sample.style.setProperty("background-color", page);
    button.style.setProperty("background-color", primary);
    button.style.setProperty("color", verdict.button.is ? "#ffffff" : "#000000");
    sample.querySelector(".link").style.setProperty("color", hex(verdict.link.colour));
}

function judgeLive(box) {
    const inputs = [...document.querySelectorAll("[data-colour]")];
    const sample = document.querySelector("[data-sample]");
    const [note, list] = [box.querySelector("p"), box.querySelector("ul")];
    const judge = () => {
        const [primary, page] = inputs.map((input) => readColour(input.value));
        const isJudged = primary && page;
        note.hidden = isJudged;
        list.hidden = !isJudged;
        sample.hidden = true;
        note.textContent = inputs.some((input) => input.value.trim()) ? note.dataset.unknown : note.dataset.none;
        if (!isJudged) return;
        const verdict = judgeColours(parts(primary), parts(page));
        list.querySelectorAll("[data-line]").forEach((line) => {
            const said = verdict[line.dataset.line];
            const ratio = (Math.floor(said.ratio * 10) / 10).toFixed(1) + ":1";
            line.classList.toggle("bad", line.dataset.line === "page" && !said.is);
            line.textContent = (said.is ? line.dataset.one : line.dataset.other).replace("{RATIO}", ratio).replace("{COLOUR}", hex(said.colour));
        });
        showSample(sample, primary, page, verdict);
    };
    inputs.forEach((input) => offerPicker(input, judge));
    judge();
}

// The list follows what somebody types into its form: the same page as without, of which only the list is taken. It comes as a
// document, because trusted types refuse to make one of a text.
function searchLive(form) {
    const list = document.getElementById(form.dataset.search);
    const found = document.getElementById("found");
    let rest;
    let running = new XMLHttpRequest();
    const show = (page, address) => {
        const next = page && page.getElementById(list.id);
        if (!next) return location.assign(address);
        list.replaceChildren(...next.childNodes);
        found.textContent = page.getElementById("found").textContent;
        return history.replaceState(null, "", address);
    };
    const look = () => {
        const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value)).toString();
        const address = form.action + (asked ? "?" + asked : "");
        const request = new XMLHttpRequest();
        clearTimeout(rest);
        running.abort();
        running = request;
        request.responseType = "document";
        request.addEventListener("load", () => show(request.response, address));
        request.addEventListener("error", () => { found.textContent = form.dataset.trouble; });
        request.open("GET", address);
        request.send();
    };
    form.addEventListener("input", () => {
        clearTimeout(rest);
        rest = setTimeout(look, 250);
    });
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        look();
    });
}

// What is being made shows how far it is, until nothing of it waits any more.
function followWaiting(part) {
    const look = () => {
        const request = new XMLHttpRequest();
        request.responseType = "document";
        request.addEventListener("load", () => {
            const next = request.response && request.response.getElementById(part.id);
            if (!next) return;
            part.replaceChildren(...next.childNodes);
            part.querySelectorAll("form[method=post]").forEach(sendOnce);
            again();
        });
        request.addEventListener("error", () => again());
        request.open("GET", location.pathname);
        request.send();
    };
    const again = () => {
        if (part.querySelector(`[data-${part.dataset.follow}]`)) setTimeout(look, 1500);
    };
    again();
}

// Choosing the part of a picture before it is sent. What is sent then is that part alone, at most 1024 pixels a side; a picture that
// the browser cannot read goes as it is, and the server says what is wrong with it.
const largestSide = 1024;
async function drawCrop(canvas, bitmap, part, side) {
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.clearRect(0, 0, side, side);
    context.drawImage(bitmap, part.x, part.y, part.size, part.size, 0, 0, side, side);
    return context;
}

// The chosen square in pixels of the picture: what the sliders say, never outside.
function cropOf(bitmap, sliders) {
    const whole = Math.min(bitmap.width, bitmap.height);
    const size = Math.max(1, Math.round(whole / (1 + 3 * sliders.zoom.value / 100)));
    const along = (length, slider) => Math.round((length - size) * slider.value / 100);
    return { x: along(bitmap.width, sliders.across), y: along(bitmap.height, sliders.down), size };
}

// Photographs as JPEG; what has holes keeps them.
async function cropFile(bitmap, part) {
    const canvas = document.createElement("canvas");
    let side = Math.min(part.size, largestSide);
    const context = await drawCrop(canvas, bitmap, part, side);
    const hollow = context.getImageData(0, 0, side, side).data.some((value, at) => at % 4 === 3 && value < 255);
    if (hollow) await drawCrop(canvas, bitmap, part, side = Math.min(side, 512));
    const type = hollow ? "image/png" : "image/jpeg";
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, 0.92));
    return new File([blob], hollow ? "picture.png" : "picture.jpg", { type });
}

function offerCrop(form) {
    const input = document.getElementById(form.dataset.crop), stage = form.querySelector("[data-stage]");
    const canvas = stage.querySelector("canvas");
    const sliders = { zoom: stage.querySelector("[data-zoom]"), across: stage.querySelector("[data-across]"), down: stage.querySelector("[data-down]") };
    let bitmap = null, ready = false;
    const show = () => bitmap && drawCrop(canvas, bitmap, cropOf(bitmap, sliders), 256);
    input.addEventListener("change", async () => {
        bitmap = null;
        const file = input.files[0];
        const read = file ? await createImageBitmap(file).catch(() => null) : null;
        if (file !== input.files[0]) return;
        bitmap = read;
        stage.hidden = !bitmap;
        show();
    });
    stage.addEventListener("input", show);
    form.addEventListener("submit", async (event) => {
        if (!bitmap || ready) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        const files = new DataTransfer();
        files.items.add(await cropFile(bitmap, cropOf(bitmap, sliders)));
        input.files = files.files;
        ready = true;
        form.requestSubmit(form.querySelector("button[type=submit]"));
    });
    addEventListener("pageshow", () => { ready = false; });
}

focusMessage();
forgetNotice();
document.querySelectorAll("[data-crop]").forEach(offerCrop);
document.querySelectorAll("form[method=post]").forEach(sendOnce);
document.querySelectorAll("[data-reveal]").forEach(offerReveal);
document.querySelectorAll("[data-hints]").forEach(hintPassword);
document.querySelectorAll("[data-zones]").forEach(offerZones);
document.querySelectorAll("[data-countdown]").forEach(countDown);
document.querySelectorAll("[data-verdict]").forEach(judgeLive);
document.querySelectorAll("[data-search]").forEach(searchLive);
document.querySelectorAll("[data-follow]").forEach(followWaiting);
