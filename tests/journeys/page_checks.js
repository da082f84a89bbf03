// What a page is measured by. Each function gives a list of what is wrong, in a line each, empty when all is well.

const name = (element) => {
  const words = (element.getAttribute("aria-label") || element.textContent || element.name || "").trim();
  return `${element.localName}.${element.className && element.className.baseVal === undefined ? element.className : ""} "${words.replace(/\s+/g, " ").slice(0, 60)}"`;
};

const isSeen = (element) => {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.display !== "none";
};

// Things wider than the window, outermost first; what scrolls inside a box of its own is no fault.
const sideways = () => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width + 1) return []; // a fraction of a pixel is rounded up
  const scrolls = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX) && at !== document.body) return true;
    }
    return false;
  };
  const wide = [...document.body.querySelectorAll("*")]
    .filter((element) => isSeen(element) && element.getBoundingClientRect().right > width + 1 && !scrolls(element))
    .map((element) => `${name(element)} ends at ${Math.round(element.getBoundingClientRect().right)} of ${width}`);
  return wide.length ? wide.slice(0, 6) : [`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`];
};

// What a finger can't hit: under 24 px either way, links within a sentence excepted (WCAG 2.5.8).
const smallTargets = () => {
  const inSentence = (element) => {
    if (element.localName !== "a" || getComputedStyle(element).display !== "inline") return false;
    const around = element.closest("p, li, dd, td, span, div");
    return around && around.textContent.trim().length > element.textContent.trim().length;
  };
  const target = (element) => {
    const label = /checkbox|radio/.test(element.type) ? element.closest("label") : null;
    return (label || element).getBoundingClientRect();
  };
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((element) => isSeen(element) && !element.closest(".vh") && !inSentence(element))
    .filter((element) => { const box = target(element); return box.bottom > 0 && Math.min(box.width, box.height) < 23.5; })
    .map((element) => { const box = target(element); return `${name(element)} ${Math.round(box.width)}×${Math.round(box.height)}`; });
};

// Text at so many times the reader's usual size.
const enlarge = (times) => { document.documentElement.style.fontSize = times === 1 ? "" : `${times * 100}%`; return []; };

// Where the focus is, once the page has scrolled to it; null when it has left the page's own things.
const focused = async () => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const ring = /checkbox|radio/.test(element.type) ? element.closest("label") || element : element;
  const isInWindow = () => {
    const box = ring.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  };
  for (let frames = 0; frames < 60 && !isInWindow(); frames += 1) await new Promise(requestAnimationFrame);
  return { what: `${name(element)} at ${Math.round(ring.getBoundingClientRect().top)}`, seen: isSeen(ring) && isInWindow() };
};
