/* Who else is writing in this article. The form's own heartbeat goes only while it is in sight and
   somebody has lately typed in it or gone into a field. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  const EVERY = 20_000; // milliseconds; a third of what the server takes for gone
  const ACTIVE_FOR = 120_000;
  const FIELDS = "input, textarea, select, [contenteditable=true]";

  const line = document.getElementById("desk-writers");
  const { url } = line?.dataset ?? {};
  if (!url) return; // not stored yet, so that nobody else can have it open
  const form = document.getElementById("article_form");

  const newName = () =>
    [...crypto.getRandomValues(new Uint8Array(8))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
  // A page that is loaded anew, as by saving it, is still the same tab. One that was duplicated has
  // the name of the other, which tells it so.
  let tab = sessionStorage.getItem("desk-tab") ?? newName();
  const take = (name) => {
    tab = name;
    sessionStorage.setItem("desk-tab", name);
  };
  take(tab);
  const tabs = new BroadcastChannel("desk-tab");
  tabs.addEventListener("message", ({ data }) => {
    if (data.name !== tab) return;
    if (data.isTaken) take(newName());
    else tabs.postMessage({ name: tab, isTaken: true });
  });
  tabs.postMessage({ name: tab });

  const message = (more = {}) => {
    const data = new FormData();
    const csrfmiddlewaretoken = form.elements.csrfmiddlewaretoken.value;
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken, tab, ...more })) {
      data.append(name, value);
    }
    return data;
  };

  let activeAt = -Infinity;
  let beatAt = -Infinity;

  const ask = async () => {
    if (document.hidden) return;
    const isWriting = Date.now() - activeAt < ACTIVE_FOR;
    if (isWriting) beatAt = Date.now();
    const request = isWriting ? { method: "POST", body: message() } : {};
    let text = "";
    try {
      const answer = await fetch(isWriting ? url : `${url}?tab=${tab}`, {
        ...request,
        redirect: "manual",
      });
      if (answer.ok) text = await answer.text();
    } catch {
      // Without a connection nobody knows who else is writing.
    }
    if (line.textContent !== text) line.textContent = text;
  };

  const activity = () => {
    activeAt = Date.now();
    if (activeAt - beatAt >= EVERY) ask();
  };
  form.addEventListener("input", activity);
  form.addEventListener("focusin", (event) => {
    if (event.target.matches(FIELDS)) activity();
  });
  document.addEventListener("visibilitychange", ask);
  addEventListener("pageshow", (event) => {
    if (event.persisted) ask();
  });
  addEventListener("pagehide", () => {
    if (beatAt > 0) navigator.sendBeacon(url, message({ left: "1" }));
    beatAt = -Infinity;
  });
  setInterval(ask, EVERY);
  ask();
});
