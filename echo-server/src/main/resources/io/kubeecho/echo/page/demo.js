"use strict";
// Shows what /demo/events tells. Every text that comes from elsewhere goes through textContent: nothing is read as HTML.

const MOST_BOXES = 240; // as many as the server remembers
const BOXES_DROPPED = 60; // at a time, so that lines do not shift with every connection
const LONG_GAP = 2000; // ms from which a pause is written into the strip
const COLOURS = 8;

const at = (id) => document.getElementById(id);
const seconds = (ms) => (ms < 9950 ? (ms / 1000).toFixed(1) : String(Math.round(ms / 1000))) + "\u2009s";

let rows = [];
let paused = [];

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A, B, … Z, AA, …: pods in the order in which they first answered. */
function letter(number) {
  const last = String.fromCharCode(65 + (number % 26));
  return number < 26 ? last : letter(Math.floor(number / 26) - 1) + last;
}

/** The end of a pod's name tells it from its siblings. */
function shortName(pod) {
  return pod.length > 16 ? "…" + pod.slice(-12) : pod;
}

function paint(box, visit, size) {
  box.className = "box" + (size ? " " + size : "");
  box.replaceChildren();
  if (visit.failure) {
    box.classList.add("failed");
    box.textContent = "✕";
    return;
  }
  const round = Math.floor(visit.number / COLOURS);
  box.classList.add("p" + (visit.number % COLOURS), "q" + ((visit.number + round) % COLOURS));
  box.textContent = letter(visit.number);
  box.dataset.pod = visit.pod;
  if (!visit.kept && size !== "small") {
    box.classList.add("moved");
    box.append(element("em", "", "≠"));
  }
}

function told(visit) {
  if (visit.failure) return visit.failure;
  return visit.pod + " saw " + visit.seen + (visit.kept ? "" : " (sent from " + visit.own + ")");
}

class Row {
  constructor(target, index) {
    const section = at("row").content.cloneNode(true).firstElementChild;
    const find = (selector) => section.querySelector(selector);
    this.section = section;
    this.parts = {
      strip: find(".strip"), big: find(".big"), pod: find(".pod"), seen: find(".seen"), run: find(".run"),
      since: find(".since"), pods: find("tbody"), pause: find(".pause"), spoken: find(".spoken"),
    };
    this.label = target.label;
    this.last = undefined; // performance.now() of the latest connection's start
    this.pod = undefined;
    this.took = 0; // ms, of the latest connection
    find("h2").textContent = target.label;
    find(".address").textContent = target.address === target.label ? "" : target.address;
    section.dataset.target = target.label;
    this.parts.pause.setAttribute("aria-label", "Pause " + target.label);
    this.parts.pause.addEventListener("click", () => command({ do: paused[index] ? "resume" : "pause", target: index }));
    target.recent.forEach((visit) => this.box(visit));
    this.tally(target, target.recent[target.recent.length - 1]);
    if (target.sinceLast !== undefined) this.last = performance.now() - target.sinceLast;
  }

  box(visit) {
    const strip = this.parts.strip;
    // a connection that itself took long, such as one that timed out, is no pause
    if (visit.gap !== undefined && visit.gap - this.took >= LONG_GAP) strip.append(element("span", "gap", seconds(visit.gap)));
    this.took = visit.took;
    const box = element("span", "");
    paint(box, visit);
    box.title = told(visit) + ", after " + visit.took + " ms";
    strip.append(box);
    if (strip.children.length > MOST_BOXES) {
      while (strip.children.length > MOST_BOXES - BOXES_DROPPED) strip.firstElementChild.remove();
    }
  }

  /** As many whole lines as there is room for; written from the top while that is enough, afterwards the newest in sight. */
  settle() {
    const strip = this.parts.strip;
    const box = strip.querySelector(".box");
    if (box) {
      const line = box.offsetHeight + parseFloat(getComputedStyle(strip).rowGap);
      strip.style.height = Math.max(1, Math.floor(strip.parentElement.clientHeight / line)) * line + "px";
    }
    strip.classList.add("short");
    strip.classList.toggle("short", strip.scrollHeight <= strip.clientHeight);
  }

  visit(event) {
    this.last = performance.now() - event.visit.took;
    this.box(event.visit);
    this.tally(event, event.visit);
    this.settle();
  }

  tally(counts, visit) {
    const p = this.parts;
    if (visit) {
      paint(p.big, visit, "big");
      p.pod.textContent = visit.failure ? "no pod answered" : shortName(visit.pod);
      p.seen.textContent = visit.failure ? visit.failure
        : "saw " + visit.seen + (visit.kept ? " = own" : " ≠ " + visit.own);
      p.run.textContent = visit.failure ? "" : counts.run === 1 ? "first in a row" : counts.run + " in a row";
      const pod = visit.failure ? "no pod" : visit.pod;
      if (pod !== this.pod) p.spoken.textContent = this.label + ": " + told(visit);
      this.pod = pod;
    } else {
      p.big.className = "box big";
      p.big.textContent = "";
      p.pod.textContent = "no connection yet";
    }
    const total = counts.pods.reduce((sum, pod) => sum + pod.connections, counts.unanswered);
    const lines = counts.pods.map((pod) => {
      const small = element("span", "");
      paint(small, pod, "small");
      return this.line(small, shortName(pod.pod), pod.connections, total,
        pod.seen + (pod.kept ? "" : " ≠"), pod.pod);
    });
    if (counts.unanswered) lines.push(this.line(element("span", "box small failed", "✕"), "nobody", counts.unanswered, total, "", ""));
    p.pods.replaceChildren(...lines);
    p.strip.setAttribute("aria-label", counts.pods.map((pod) => pod.pod + " " + pod.connections).join(", "));
  }

  line(box, name, connections, total, client, title) {
    const line = document.createElement("tr");
    const cells = [element("td", ""), element("td", "name", name), element("td", ""), element("td", "share", String(connections)),
      element("td", "client", client)];
    cells[0].append(box);
    cells[1].title = title;
    const meter = document.createElement("meter");
    meter.max = total;
    meter.value = connections;
    meter.setAttribute("aria-label", connections + " of " + total);
    cells[2].append(meter);
    line.append(...cells);
    return line;
  }

  clock() {
    this.parts.since.textContent =
      this.last === undefined ? "" : seconds(Math.max(0, performance.now() - this.last)) + " since the last";
  }

  pause(now) {
    this.parts.pause.textContent = now ? "Resume" : "Pause";
    this.parts.pause.setAttribute("aria-pressed", String(now));
  }
}

function controls(state) {
  paused = state.paused;
  const all = paused.every((one) => one);
  at("pause").textContent = all ? "Resume" : "Pause";
  at("pause").setAttribute("aria-pressed", String(all));
  at("once").disabled = !paused.some((one) => one);
  const choice = at("interval");
  const value = String(state.interval);
  if (![...choice.options].some((option) => option.value === value)) {
    choice.add(new Option(seconds(state.interval), value)); // set by another client than this page
  }
  choice.value = value;
  rows.forEach((row, index) => row.pause(paused[index]));
}

function show(state) {
  at("client").textContent = state.client;
  rows = state.targets.map((target, index) => new Row(target, index));
  at("targets").className = rows.length === 1 ? "one" : rows.length <= 3 ? "few" : "many";
  at("targets").replaceChildren(...rows.map((row) => row.section));
  rows.forEach((row) => row.settle());
  controls(state);
}

function lost(text) {
  at("lost").textContent = text;
  at("lost").hidden = text === "";
}

async function command(what) {
  try {
    const answer = await fetch("demo/controls",
      { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(what) });
    if (!answer.ok) lost("The command was refused: " + (await answer.text()));
  } catch (unreachable) {
    lost("The pod that makes the connections cannot be reached.");
  }
}

function listen() {
  const events = new EventSource("demo/events");
  events.addEventListener("show", (event) => { lost(""); show(JSON.parse(event.data)); });
  events.addEventListener("visit", (event) => { const told = JSON.parse(event.data); rows[told.target].visit(told); });
  events.addEventListener("controls", (event) => controls(JSON.parse(event.data)));
  events.onerror = () => {
    lost("The pod that makes the connections cannot be reached, or has all the viewers it takes. Trying again…");
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000); // refused: the browser does not try again by itself
  };
}

const allPaused = () => paused.every((one) => one);
at("pause").addEventListener("click", () => command({ do: allPaused() ? "resume" : "pause" }));
at("once").addEventListener("click", () => command({ do: "once" }));
at("over").addEventListener("click", () => command({ do: "start over" }));
at("interval").addEventListener("change", (event) => command({ do: "interval", millis: Number(event.target.value) }));
document.addEventListener("keydown", (event) => {
  if (event.target.closest("button, select") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === " ") { event.preventDefault(); command({ do: allPaused() ? "resume" : "pause" }); }
  if (event.key === "Enter") command({ do: "once" });
});
addEventListener("resize", () => rows.forEach((row) => row.settle()));
setInterval(() => rows.forEach((row) => row.clock()), 100);
listen();
