// What the room does without, but more slowly: following a run, dropping files anywhere in the frame.
"use strict";

const bar = document.querySelector("[data-follow]");
if (bar) {
  const follow = async () => {
    try {
      const response = await fetch(bar.dataset.follow, { credentials: "same-origin" });
      const state = await response.json();
      if (!state.is_under_way) {
        location.reload();
        return;
      }
      document.getElementById("phase").textContent = state.phase;
      document.getElementById("count").textContent = state.total ? `${state.done} sur ${state.total}` : "";
      if (state.total) {
        bar.max = state.total;
        bar.value = state.done;
      } else {
        bar.removeAttribute("value");
      }
    } catch {
      // The server is starting again, or the session has ended: the next turn tells.
    }
    setTimeout(follow, 700);
  };
  setTimeout(follow, 300);
}

const zone = document.querySelector(".drop");
if (zone) {
  const input = zone.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    zone.addEventListener(name, () => zone.classList.remove("over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}
