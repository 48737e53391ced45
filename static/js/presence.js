/* Marks made where the network comes and goes: kept on the phone at once, sent when it is there.
   The page is one form and works without this file. Kept per shift in localStorage under
   "presences-<shift>": sign-up → { p: mark, n: how many of a group, t: when, in milliseconds }. */
(() => {
  'use strict';
  const form = document.getElementById('presenze');
  const bar = document.getElementById('barra');
  if (!form || !bar) return;
  const RETRY_MS = 20000;
  const PATIENCE_MS = 15000;
  const WAIT_MS = 1200;
  const INVALID = 422;
  const key = `presences-${form.dataset.shift}`;
  const notices = { offline: 'senza-rete', ended: 'sessione-finita', refused: 'non-presi' };
  const words = bar.dataset;

  let unkept = {};
  function kept() {
    try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return unkept; }
  }
  function keep(marks) {
    unkept = marks;
    try {
      if (Object.keys(marks).length) localStorage.setItem(key, JSON.stringify(marks));
      else localStorage.removeItem(key);
    } catch { /* no storage here (private window): the marks live as long as the page */ }
  }

  const radio = (id, mark) => form.querySelector(`input[name="p${id}"][value="${mark}"]`);
  const count = (id) => form.elements[`n${id}`];

  // --- what is shown
  function show(which) {
    for (const [name, id] of Object.entries(notices)) {
      const box = document.getElementById(id);
      if (box) box.hidden = name !== which;
    }
    if (which !== 'offline') return;
    const number = Object.keys(kept()).length;
    const box = document.getElementById(notices.offline);
    const text = number === 1 ? box.dataset.one : box.dataset.many.replace('#', number);
    box.hidden = number === 0;
    if (box.lastElementChild.textContent !== text) box.lastElementChild.textContent = text;
  }
  function say(number, many, one) { return number === 1 && one ? one : many.replace('#', number); }
  function tally() {
    const items = [...form.querySelectorAll('.roll > li')];
    const has = (item, what) => item.querySelector(what) !== null;
    const there = items.filter((item) => has(item, '.yes :checked, .state.yes')).length;
    const absent = items.filter((item) => has(item, '.no :checked, .state.no')).length;
    const share = (number) => `${(number / (items.length || 1)) * 100}%`;
    bar.querySelector('b').textContent = say(there, words.there, words.thereOne);
    const rest = say(items.length - there - absent, words.open);
    bar.querySelector('span').textContent = `${say(absent, words.absent, words.absentOne)}, ${rest}`;
    bar.querySelector('rect.yes').setAttribute('width', share(there));
    bar.querySelector('rect.no').setAttribute('x', share(there));
    bar.querySelector('rect.no').setAttribute('width', share(absent));
  }
  function done() {
    bar.querySelector('span').textContent += ` · ${words.saved}`;
    const region = document.getElementById('announcer');
    if (region) region.textContent = words.saved;
  }

  // --- sending
  let timer;
  let sending = false;
  let stopped = false;
  function later(milliseconds) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(send, milliseconds);
  }
  function stop(which) { stopped = true; clearTimeout(timer); show(which); }
  // The session's own answers are 303 to the page to sign in, and 400 for its token.
  function refuse(status) {
    if (status !== INVALID) { stop([0, 400, 401, 403].includes(status) ? 'ended' : 'refused'); return; }
    // A number nobody can be: the form goes as it is, and comes back saying which.
    keep({});
    form.submit();
  }

  async function send() {
    const marks = kept();
    if (sending || stopped || !Object.keys(marks).length) return;
    if (!navigator.onLine) { show('offline'); later(RETRY_MS); return; }
    sending = true;
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, shown: '' });
    for (const [id, mark] of Object.entries(marks)) {
      body.set(`p${id}`, mark.p);
      body.set(`t${id}`, mark.t);
      if (mark.n) body.set(`n${id}`, mark.n);
    }
    let answer;
    try {
      answer = await fetch(form.dataset.send, { method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.status >= 500 || answer.status === 429) answer = undefined;
    } catch { answer = undefined; }
    sending = false;
    if (answer === undefined) { show('offline'); later(RETRY_MS); return; }
    if (!answer.ok) { refuse(answer.status); return; }
    let now;
    try { now = (await answer.json()).marks; } catch { show('offline'); later(RETRY_MS); return; }
    settle(marks, now);
  }
  // Forget what was sent, unless it was touched again meanwhile; show who was marked by somebody else.
  function settle(sent, now) {
    const left = kept();
    for (const [id, mark] of Object.entries(sent)) if (left[id]?.t === mark.t) delete left[id];
    keep(left);
    for (const [id, mark] of Object.entries(now)) {
      const choice = mark && !left[id] && radio(id, mark);
      if (choice) choice.checked = true;
    }
    tally();
    show(null);
    if (Object.keys(left).length) later(WAIT_MS);
    else done();
  }

  // --- what people do
  function take(id) {
    const choice = form.querySelector(`input[name="p${id}"]:checked`);
    if (!choice) return;
    const marks = kept();
    marks[id] = { p: choice.value, n: count(id)?.value ?? '', t: Date.now() };
    keep(marks);
    tally();
    if (navigator.onLine || stopped) later(WAIT_MS);
    else { show('offline'); later(RETRY_MS); }
  }
  form.addEventListener('change', (event) => {
    const found = /^[pn](\d+)$/.exec(event.target.name);
    if (found) take(found[1]);
  });
  // The button sends what is kept; everything else is sent already.
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    event.stopPropagation();
    stopped = false;
    tally();
    if (Object.keys(kept()).length) send();
    else done();
  });
  addEventListener('online', () => { stopped = false; send(); });
  addEventListener('offline', () => show('offline'));

  // --- marks from before the page was loaded
  for (const [id, mark] of Object.entries(kept())) {
    const choice = radio(id, mark.p);
    if (choice) { choice.checked = true; if (count(id) && mark.n) count(id).value = mark.n; }
    else { const marks = kept(); delete marks[id]; keep(marks); }
  }
  tally();
  if (Object.keys(kept()).length) { if (!navigator.onLine) show('offline'); send(); }
})();
