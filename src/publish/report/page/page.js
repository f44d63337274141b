
"use strict";
(() => {
  const id = (name) => document.getElementById(name);
  const [form, box, told, chips, rows] = ["form", "q", "told", "chips", "rows"].map(id);
  const print = (n) => n.toLocaleString("en");
  const narrow = matchMedia("(max-width: 47.99em)");

  // One section of the table, with its rows, whether each is shown, and its text once it was needed.
  const parts = Array.from(rows.querySelectorAll(".part"), (part) => {
    const trs = Array.from(part.querySelectorAll("tbody tr"));
    return { part, trs, shown: trs.map(() => true), texts: null, left: trs.length };
  });
  const total = parts.reduce((sum, { trs }) => sum + trs.length, 0);

  // What a text is found by: no case, no accents.
  const plain = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
  const fold = (text) =>
    text.toLowerCase().normalize("NFKD").replace(/\p{M}+/gu, "").replace(/[ßæœøłđðþı]/g, (c) => plain[c]);
  const textOf = (tr) => {
    const link = tr.querySelector("a");
    return fold(link ? tr.textContent + link.getAttribute("href") : tr.textContent);
  };
  const texts = (one) => (one.texts ??= one.trs.map(textOf));

  let status = "";

  const filter = () => {
    const terms = fold(box.value).split(/\s+/).filter(Boolean);
    const all = !terms.length && !status;
    let found = 0;
    for (const one of parts) {
      const has = terms.length ? texts(one) : [];
      let left = 0;
      one.trs.forEach((tr, at) => {
        const shows = (!status || tr.className === status) && terms.every((term) => has[at].includes(term));
        if (shows !== one.shown[at]) tr.hidden = !(one.shown[at] = shows);
        left += shows;
      });
      if (left !== one.left) {
        one.left = left;
        one.part.hidden = !left;
        // How high it is until it is looked at; all of it is as the style says.
        const each = narrow.matches ? 11.5 : 2.75;
        one.part.style.containIntrinsicSize = left === one.trs.length ? "" : `none ${left * each}rem`;
      }
      found += left;
    }
    for (const chip of chips.children) chip.setAttribute("aria-pressed", chip.dataset.s === status);
    const noun = total === 1 ? "row" : "rows";
    told.textContent = all ? `${print(total)} ${noun}` : `${print(found)} of ${print(total)} ${noun}`;
    rows.classList.toggle("none", !found);
  };

  // The address says what is searched for, so that it can be passed on.
  const remember = () => {
    const hash = new URLSearchParams();
    if (box.value.trim()) hash.set("q", box.value.trim());
    if (status) hash.set("s", chips.querySelector(`[data-s="${status}"]`).dataset.w);
    try {
      history.replaceState(null, "", `#${hash}`);
    } catch {
      // A browser may refuse that for a file, or when it is done often; the search works all the same.
    }
  };
  const recall = () => {
    if (!/^#[qs]=/.test(location.hash)) return false;
    const hash = new URLSearchParams(location.hash.slice(1));
    const chip = Array.from(chips.children).find((one) => one.dataset.w === hash.get("s"));
    box.value = hash.get("q") ?? "";
    status = chip ? chip.dataset.s : "";
    filter();
    return true;
  };
  const choose = (wanted) => {
    status = wanted;
    filter();
    remember();
  };

  let frame = 0;
  let pause = 0;
  box.addEventListener("input", () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(filter);
    clearTimeout(pause);
    pause = setTimeout(remember, 400);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  chips.addEventListener("click", (event) => {
    const chip = event.target.closest("button");
    if (chip) choose(chip.dataset.s === status ? "" : chip.dataset.s);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const href = link?.getAttribute("href") ?? "";
    if (link?.dataset.s) {
      event.preventDefault();
      box.value = "";
      choose(link.dataset.s);
      rows.scrollIntoView();
    } else if (/^#r\d+$/.test(href) && (box.value || status)) {
      // The row may be among those that are not shown.
      box.value = status = "";
      filter();
    }
  });
  addEventListener("hashchange", recall);

  for (const paste of document.querySelectorAll(".paste")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const code = paste.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = "Selected: press Ctrl+C";
      }
    });
    paste.append(button);
  }

  form.hidden = chips.hidden = false;
  if (recall()) rows.scrollIntoView();

  // The texts are made ready while nobody is waiting, so that the first letter is as quick as the second.
  const ready = (from) => {
    if (from >= parts.length) return;
    texts(parts[from]);
    (window.requestIdleCallback ?? setTimeout)(() => ready(from + 1));
  };
  addEventListener("load", () => setTimeout(() => ready(0), 300));
})();
