// What every page needs: writes of htmx carry the page's word, and problems are shown in words.
"use strict";

document.addEventListener("htmx:configRequest", (event) => {
  const word = document.querySelector('meta[name="csrf"]');
  if (word) event.detail.headers["X-CSRF-Token"] = word.content;
});

document.addEventListener("htmx:responseError", (event) => {
  const place = document.getElementById("problems");
  if (!place) return;
  let text = String(event.detail.xhr.status);
  try {
    text = JSON.parse(event.detail.xhr.responseText).detail;
  } catch {
    // a page, or nothing: the status says enough
  }
  place.textContent = text;
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-send-on-change]");
  if (form) form.requestSubmit();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// What renews itself waits while somebody works in it, or looks elsewhere.
document.addEventListener("htmx:beforeRequest", (event) => {
  const place = event.target.closest("[data-refresh]");
  if (place && (place.contains(document.activeElement) || document.hidden)) event.preventDefault();
});

// A figure that is wider than the screen shows first what the page is about.
for (const here of document.querySelectorAll(".scroll svg .here")) {
  const [own, room] = [here, here.closest(".scroll")].map((each) => each.getBoundingClientRect());
  here.closest(".scroll").scrollLeft += own.left + own.width / 2 - room.left - room.width / 2;
}

// Hours that are wider than the screen show first, right of the days, the first hour with data.
for (const hours of document.querySelectorAll(".scroll .heat")) {
  const there = hours.querySelectorAll(".full, .partly, .little");
  const first = Math.min(...Array.from(there, (each) => each.offsetLeft));
  const days = hours.querySelector("th").offsetWidth;
  if (there.length) hours.closest(".scroll").scrollLeft = first - days;
}
