"use strict";
(() => {
  const EVERY = 5000, CUT_AFTER = 30000;
  let heard = Date.now();
  async function look() {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("door");
      const door = document.getElementById("door");
      if (now && now.innerHTML !== door.innerHTML) door.innerHTML = now.innerHTML;
      heard = Date.now();
    } catch {
      /* tried again in a moment; the page says so when it lasts */
    }
    document.body.classList.toggle("cut", Date.now() - heard > CUT_AFTER);
    setTimeout(look, EVERY);
  }
  setTimeout(look, EVERY);
})();
