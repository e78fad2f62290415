// The phones. What is typed or pressed is posted; what is shown is what the stream of events says, and nothing else: the answer to a
// post may come after a later event. Text only ever goes in as text.
"use strict";

const byId = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 719px)");
const phones = new Map(); // by address
let school = null;
let price = 0;
let here = [0, 0];
let current = "";

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
const dollars = (amount) => `$${amount.toFixed(4)}`;
const counted = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

async function post(path, body) {
  let response;
  try {
    response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    throw new Error("Platica does not answer. Is `platica serve` running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || "Something is wrong on our side. The log of `platica serve` says what.");
  return answer;
}

// One phone

class Phone {
  constructor(state) {
    this.state = state;
    this.pending = new Map(); // what is on its way to the server, by message id
    this.shown = new Map(); // message id to its element and what it was made from
    this.unseen = 0;
    this.atEnd = true; // of the log; it stays there when messages come or the phone changes its size
    this.root = byId("phone").content.firstElementChild.cloneNode(true);
    this.find = (selector) => this.root.querySelector(selector);
    this.log = this.find(".log");
    this.field = this.find("textarea");
    this.tab = make("button");
    this.writing = make("div", "writing");
    this.writing.setAttribute("aria-hidden", "true");
    this.writing.append(make("i"), make("i"), make("i"));
    this.empty = make("p", "empty", "No messages yet. Write one, or press one below.");
    this.build();
  }

  build() {
    const { address, title, look } = this.state;
    this.root.classList.add(look);
    this.root.id = `phone-${address}`;
    this.root.setAttribute("aria-labelledby", `title-${address}`);
    this.find("h2").id = `title-${address}`;
    this.find("h2").textContent = title;
    this.find(".face").textContent = initial(title);
    this.log.setAttribute("aria-label", `Messages: ${title}`);
    this.field.id = `field-${address}`;
    this.find("label").htmlFor = this.field.id;
    this.find("label").textContent = `Message from ${title}`;
    this.find("[type=submit]").setAttribute("aria-label", `Send from ${title}`);
    for (const hint of this.state.hints) this.find(".hints").append(this.hint(hint));
    this.find("form").addEventListener("submit", (event) => this.submit(event));
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.submit(event);
    });
    this.log.addEventListener("scroll", () => this.scrolled());
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.log);
    this.find(".block").hidden = look !== "telegram";
    this.find(".block").addEventListener("click", () => this.post({ block: !this.state.blocked }));
    this.tab.type = "button";
    this.tab.id = `tab-${address}`;
    this.tab.setAttribute("role", "tab");
    this.tab.setAttribute("aria-controls", this.root.id);
    this.tab.addEventListener("click", () => choose(address));
  }

  hint(text) {
    const chip = make("button", "", text);
    chip.type = "button";
    chip.setAttribute("aria-label", `Send: ${text}`);
    chip.addEventListener("click", () => this.say({ text }, text));
    return chip;
  }

  submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.say({ text }, text);
  }

  // A message of ours: shown at once, faint until the server has it. Sent again under the same id, it is one message.
  async say(body, text, id = crypto.randomUUID()) {
    const kind = body.location ? "location" : "say";
    const message = { id: `${kind}-${id}`, from: "me", kind, text, at: new Date().toISOString(), state: "sending" };
    this.pending.set(message.id, message);
    this.show();
    try {
      await post("/phone/say", { address: this.state.address, id, ...body });
    } catch (error) {
      this.pending.set(message.id, { ...message, state: "failed", reason: error.message, again: () => this.say(body, text, id) });
      this.show();
    }
  }

  async post(body) {
    try {
      this.trouble("");
      await post("/phone/say", { address: this.state.address, id: crypto.randomUUID(), ...body });
      return true;
    } catch (error) {
      this.trouble(error.message);
      return false;
    }
  }

  async press(data, buttons) {
    const all = [...buttons.children];
    this.log.focus({ preventScroll: true });
    for (const each of all) each.disabled = true;
    if (!(await this.post({ press: data }))) for (const each of all) each.disabled = false;
  }

  trouble(sentence) {
    this.find(".error").hidden = !sentence;
    this.find(".error").textContent = sentence;
  }

  update(state) {
    const news = state.messages.filter((message) => message.from === "bot" && !this.shown.has(message.id)).length;
    if (narrow.matches && current !== state.address) this.unseen += news;
    this.state = state;
    for (const message of state.messages) this.pending.delete(message.id);
    this.show();
  }

  show() {
    const { blocked, stopped, language, look, address } = this.state;
    const messages = [...this.state.messages, ...this.pending.values()];
    this.log.lang = language || "en";
    this.keepAtEnd(() => this.reconcile(messages));
    this.find(".kind").textContent = [look === "telegram" ? "Telegram" : "SMS", stopped && !blocked ? "stopped" : "", blocked ? "blocked" : ""]
      .filter(Boolean)
      .join(" · ");
    this.find(".block").textContent = blocked ? "Unblock" : "Block";
    this.find(".block").setAttribute("aria-label", `${blocked ? "Unblock" : "Block"} the bot on ${this.state.title}`);
    for (const control of this.root.querySelectorAll(".write textarea, .write button, .hints button")) control.disabled = blocked;
    this.find(".cost").textContent = this.cost(messages);
    this.showTab(address === current);
  }

  // Only what changed is touched, so that a screen reader hears just the new messages.
  reconcile(messages) {
    const ids = new Set(messages.map((message) => message.id));
    for (const [id, { element }] of this.shown) {
      if (ids.has(id)) continue;
      element.remove();
      this.shown.delete(id);
    }
    let before = null;
    messages.forEach((message, place) => {
      const last = place === messages.length - 1;
      const made = JSON.stringify([message, last, this.state.blocked]);
      const old = this.shown.get(message.id);
      const element = old && old.made === made ? old.element : this.message(message, last);
      if (old && old.element !== element) old.element.replaceWith(element);
      const next = before ? before.nextSibling : this.log.firstChild;
      if (element !== next) this.log.insertBefore(element, next);
      this.shown.set(message.id, { element, made });
      before = element;
    });
    this.empty.remove();
    this.writing.remove();
    if (this.state.writing) this.log.append(this.writing);
    else if (!messages.length) this.log.append(this.empty);
  }

  keepAtEnd(change) {
    const { atEnd } = this;
    const focused = this.log.contains(document.activeElement) && document.activeElement !== this.log;
    change();
    if (focused && !this.log.contains(document.activeElement)) this.log.focus({ preventScroll: true });
    if (atEnd || this.pending.size) this.toEnd();
  }

  // A scroll that comes with another height is the browser's own, after lines broke differently.
  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    if (this.height === scrollHeight) this.atEnd = scrollHeight - scrollTop - clientHeight < 60;
    this.height = scrollHeight;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.height = this.log.scrollHeight;
    this.atEnd = true;
  }

  message(message, last) {
    const element = byId("message").content.firstElementChild.cloneNode(true);
    const part = (selector) => element.querySelector(selector);
    const lost = ["failed", "skipped", "unknown"].includes(message.state);
    element.classList.add(message.from);
    element.classList.toggle("sending", message.state === "sending");
    element.classList.toggle("undelivered", lost);
    element.classList.toggle("note", message.kind === "block" || message.kind === "unblock");
    element.setAttribute("aria-label", message.from === "me" ? "You" : "Platica");
    part(".text").textContent = spoken(message);
    part("time").dateTime = message.at;
    part("time").textContent = moment(message.at);
    part(".state").textContent = lost ? undelivered(message) : message.state === "sending" ? "sending…" : "";
    if (message.again) element.append(this.again(message));
    this.buttons(message, last, part(".buttons"));
    if (message.segments) part(".bill").textContent = bill(message.segments);
    return element;
  }

  again(message) {
    const button = make("button", "again", "Try again");
    button.type = "button";
    button.addEventListener("click", message.again);
    return button;
  }

  buttons(message, last, into) {
    for (const [label, data, chosen] of message.buttons || []) {
      const button = make("button", chosen ? "chosen" : "", chosen ? `✓ ${label}` : label);
      button.type = "button";
      button.dir = "auto";
      button.disabled = !message.live || this.state.blocked;
      button.addEventListener("click", () => this.press(data, into));
      into.append(button);
    }
    if (message.ask_location) {
      const button = make("button", "place", `◉ ${message.ask_location}`);
      button.type = "button";
      button.title = "Shares where the school is, never where this machine is";
      button.disabled = !last || this.state.blocked;
      button.addEventListener("click", () => this.say({ location: here }, ""));
      into.append(button);
    }
  }

  cost(messages) {
    if (this.state.look === "telegram") return "Telegram messages cost nothing.";
    const billed = messages.filter((message) => message.segments && message.state !== "skipped");
    const segments = billed.reduce((sum, message) => sum + message.segments.count, 0);
    return `So far ${counted(segments, "segment")}: ${dollars(segments * price)} at an example price`;
  }

  showTab(chosen) {
    if (chosen) this.unseen = 0;
    this.tab.textContent = this.state.title;
    if (this.unseen) {
      const badge = make("span", "new", String(this.unseen));
      badge.append(make("span", "unseen", " new"));
      this.tab.append(" ", badge);
    }
    this.tab.setAttribute("aria-selected", String(chosen));
    this.tab.tabIndex = chosen ? 0 : -1;
    this.root.classList.toggle("current", chosen);
    this.root.setAttribute("role", narrow.matches ? "tabpanel" : "region");
  }
}

function initial(title) {
  const words = title.split(" ").filter((word) => !["A", "The"].includes(word));
  return (/\d+$/.exec(title)?.[0] ?? words[0][0]).toUpperCase();
}

function spoken(message) {
  if (message.kind === "location") return "◉ My location";
  if (message.kind === "block") return "You blocked the bot";
  if (message.kind === "unblock") return "You unblocked the bot";
  return message.text;
}

function undelivered({ from, reason }) {
  const what = from === "me" ? "not sent" : "not delivered";
  return reason ? `${what}: ${reason}` : what;
}

function moment(at) {
  const then = new Date(at);
  return (then.toDateString() === new Date().toDateString() ? clock : day).format(then);
}

function bill({ count, encoding, units, room }) {
  return `${counted(count, "segment")} · ${encoding} · ${units}/${room} · ${dollars(count * price)}`;
}

// All of them

function choose(address, focus = false) {
  current = address;
  for (const phone of phones.values()) phone.showTab(phone.state.address === current);
  const phone = phones.get(address);
  if (!phone) return;
  phone.toEnd();
  phone.tab.scrollIntoView({ inline: "nearest", block: "nearest" });
  if (focus) phone.tab.focus();
}

function put(state) {
  const known = phones.get(state.address);
  if (known) return known.update(state);
  const phone = new Phone(state);
  phones.set(state.address, phone);
  byId("phones").append(phone.root);
  byId("tabs").append(phone.tab);
  phone.show();
  phone.toEnd();
}

function putAll(state) {
  ({ school, price, here } = state);
  byId("school").textContent = school ? `${school.name} · keyword ${school.keyword}` : "No school yet: run `platica demo`.";
  byId("phones").setAttribute("aria-busy", "true");
  for (const phone of state.phones) put(phone);
  byId("phones").setAttribute("aria-busy", "false");
  if (!current) choose(state.phones[0].address);
}

async function add(look) {
  try {
    trouble("");
    const state = await post("/phone/new", { look });
    if (!phones.has(state.address)) put(state);
    choose(state.address);
    phones.get(state.address).root.scrollIntoView({ inline: "end", block: "nearest" });
    phones.get(state.address).field.focus();
  } catch (error) {
    trouble(error.message);
  }
}

function trouble(sentence) {
  byId("trouble").hidden = !sentence;
  byId("trouble").textContent = sentence;
}

function listen() {
  const events = new EventSource("/phone/events");
  events.addEventListener("state", (event) => {
    trouble("");
    putAll(JSON.parse(event.data));
  });
  events.addEventListener("phone", (event) => put(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    trouble("Not connected. Trying again…");
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
}

byId("tabs").addEventListener("keydown", (event) => {
  const addresses = [...phones.keys()];
  const at = addresses.indexOf(current);
  const step = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: addresses.length - 1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  choose(addresses[(step + addresses.length) % addresses.length], true);
});
for (const button of document.querySelectorAll("[data-add]")) button.addEventListener("click", () => add(button.dataset.add));
narrow.addEventListener("change", () => choose(current));
listen();
