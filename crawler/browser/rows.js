// Runs inside a drawn list page: says what looks like a row or a pager, and clicks where it is told to.
// The page's own elements are left as they are; what was learned by clicking is written into a list at its end.
(() => {
  const NEXT = /^(?:下一?页|后一?页|next(?: ?page)?|[>›»→])$/i;
  const OFF = /(?:^|[\s_-])(?:disabled?|off|none|gray|grey)(?:$|[\s_-])/i;
  const HAN = /[\u4e00-\u9fff]/g;
  const LEAST = 6;
  const LONGEST = 160;
  const SHORTEST = 80;
  const words = (element) => (element.innerText || element.textContent || "").replace(/\s+/g, " ").trim();
  const isShown = (element) => element.getClientRects().length > 0;
  const leadsNowhere = (href) => !href || href.startsWith("#") && !href.startsWith("#/") || /^\s*javascript:/i.test(href);
  const isTitle = (text) => (text.match(HAN) || []).length >= LEAST && text.length <= LONGEST;

  const linked = () =>
    [...document.querySelectorAll("a[href]")]
      .filter((link) => isShown(link) && !leadsNowhere(link.getAttribute("href")) && isTitle(words(link)))
      .map(words);

  // What a person would click for want of a link: the innermost of each.
  const clickable = () => {
    const found = [...document.querySelectorAll("a, li, tr, dd, p, div, span, [onclick]")].filter((element) => {
      if (!isShown(element) || !isTitle(words(element))) return false;
      if (element.tagName === "A") return leadsNowhere(element.getAttribute("href"));
      if (element.closest("a") || element.querySelector("a[href]")) return false;
      return element.hasAttribute("onclick") || getComputedStyle(element).cursor === "pointer";
    });
    // The pointer is inherited: of elements inside each other the outermost that shows one title is the row.
    const holds = (outer, inner) => outer !== inner && outer.contains(inner);
    const single = found.filter((element) => found.filter((other) => holds(element, other)).length <= 3);
    return single.filter((element) => !single.some((other) => holds(other, element)));
  };

  const rowOf = (element) => element.closest("li, tr, dd") || element;

  const control = () => {
    const named = [...document.querySelectorAll("a, button, li, span, i, [role=button]")].filter((element) => {
      if (!isShown(element)) return false;
      const name = words(element) || element.title || element.getAttribute("aria-label") || "";
      return NEXT.test(name.trim()) || (!words(element) && /(?:^|[\s_-])(?:btn-)?next(?:$|[\s_-])/i.test(element.className));
    });
    return named.find((element) => !named.some((other) => other !== element && element.contains(other))) || null;
  };

  const isOff = (element) => {
    for (let at = element, depth = 0; at && depth < 3; at = at.parentElement, depth += 1) {
      if (at.disabled || at.getAttribute("aria-disabled") === "true" || OFF.test(String(at.className))) return true;
    }
    return false;
  };

  window.nianbao = {
    opened: null,
    // Empty while nothing stands there.
    signature: () => {
      const rows = [linked(), clickable().map(words)];
      return rows[0].length + rows[1].length ? JSON.stringify(rows) : "";
    },
    article: () => {
      const text = words(document.body);
      return text.length >= SHORTEST ? text : "";
    },
    titles: () => clickable().map((element) => element.title || words(element)),
    pager: () => {
      const next = control();
      return next === null ? "none" : isOff(next) ? "last" : "more";
    },
    clickNext: () => { control()?.click(); },
    clickRow: (number) => { clickable()[number]?.click(); },
    // `addresses`: one a row, "" where a click showed none, null where nobody clicked.
    write: (addresses, pager) => {
      document.documentElement.setAttribute("data-nianbao-pager", pager);
      const rows = clickable();
      if (rows.length === 0) return;
      const list = document.createElement("ul");
      list.setAttribute("data-nianbao-rows", String(rows.length));
      rows.forEach((element, number) => {
        const link = document.createElement("a");
        if (addresses[number]) link.setAttribute("href", addresses[number]);
        else if (addresses[number] === "") link.setAttribute("data-nianbao-clicked", "in vain");
        if (element.title) link.title = element.title;
        link.textContent = words(rowOf(element));
        const item = document.createElement("li");
        item.append(link);
        list.append(item);
      });
      document.body.append(list);
    },
    erase: () => { document.querySelectorAll("[data-nianbao-rows]").forEach((list) => list.remove()); },
  };
  window.open = (address) => { window.nianbao.opened = String(address); return null; };
})();
