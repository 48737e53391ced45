/* What htmx does not do by itself: focus, spoken messages, waiting, failures, no double sending.
   Every page works without this file. Texts come from the data attributes of #announcer:
   data-network-error, data-server-error and, for one status, data-error-403 and the like. */
(() => {
  'use strict';
  const byId = (id) => document.getElementById(id);
  // The same moments have other names in htmx 4 (ctx) and htmx 2 (flat detail).
  const on = (names, act) => names.split(' ').forEach((name) => document.addEventListener(name, (event) => act(event.detail ?? {}, event)));
  const sourceOf = (detail) => detail.ctx?.sourceElement ?? detail.elt;
  const targetOf = (detail) => detail.ctx?.target ?? detail.target;

  // --- words: one region that is never swapped itself; emptied first so that the same words are said again
  let speaking;
  function announce(words) {
    const region = byId('announcer');
    if (!region) return;
    region.textContent = '';
    clearTimeout(speaking);
    speaking = setTimeout(() => { region.textContent = words; }, 60);
  }
  function complain(kind) {
    const texts = byId('announcer');
    const words = texts?.getAttribute(`data-${kind}`) ?? texts?.getAttribute('data-server-error');
    const box = byId('network-message');
    if (!words) return;
    if (box) { box.textContent = words; box.hidden = false; }
    announce(words);
  }
  const forgive = () => { const box = byId('network-message'); if (box) box.hidden = true; };

  // --- new content: say what it says, then put the reader where it matters
  const places = ['[autofocus]', '[data-focus]', '.error-summary', 'h1[tabindex="-1"]'];
  function settle(roots) {
    const find = (selector) => roots.flatMap((root) => [...(root.matches(selector) ? [root] : []), ...root.querySelectorAll(selector)]);
    const words = find('[data-announce]').map((element) => element.dataset.announce).filter(Boolean).join(' ');
    if (words) announce(words);
    const place = places.flatMap(find)[0];
    if (!place) return;
    if (!place.matches('a[href], button, input, select, textarea, summary, [tabindex]')) place.tabIndex = -1;
    place.focus({ preventScroll: true });
    const { top, bottom } = place.getBoundingClientRect();
    if (top < 0 || bottom > window.innerHeight) place.scrollIntoView({ block: 'start' });
  }
  on('htmx:after:settle', (detail) => settle((detail.newContent ?? []).filter((node) => node instanceof Element)));
  on('htmx:load', (detail) => { if (detail.elt instanceof Element && detail.elt !== document.body) settle([detail.elt]); });

  // --- waiting
  const waiting = new Map();
  on('htmx:before:request htmx:beforeRequest', (detail) => {
    forgive();
    const [source, target] = [sourceOf(detail), targetOf(detail)];
    if (target instanceof Element) { target.setAttribute('aria-busy', 'true'); waiting.set(detail.ctx ?? detail.xhr, target); }
    hold(source?.closest?.('form'), document.activeElement);
  });
  on('htmx:finally:request htmx:afterRequest', (detail) => {
    const request = detail.ctx ?? detail.xhr;
    waiting.get(request)?.removeAttribute('aria-busy');
    waiting.delete(request);
    release(sourceOf(detail)?.closest?.('form'));
  });

  // --- failures. 409 and 422 come with a page of their own; the rest is listed in noSwap
  on('htmx:response:error htmx:responseError', (detail) => {
    const status = detail.ctx?.response?.status ?? detail.xhr?.status;
    if (status !== 409 && status !== 422) complain(`error-${status}`);
  });
  on('htmx:error', (detail) => { if (detail.ctx && !detail.ctx.response) complain('network-error'); });
  on('htmx:sendError htmx:timeout', () => complain('network-error'));

  // --- one press, one sending: the form is held, never its fields, so the pressed button's value arrives.
  // aria-disabled and not disabled: the button keeps the focus. A form that only asks (GET) is left alone.
  const held = new Map();
  function hold(form, button) {
    if (!form || held.has(form) || form.getAttribute('method')?.toLowerCase() !== 'post') return;
    const pressed = button?.form === form ? button : form.querySelector('button:not([type="button"])');
    pressed?.setAttribute('aria-disabled', 'true');
    held.set(form, { pressed, timer: setTimeout(() => release(form), 30000) });
  }
  function release(form) {
    const state = held.get(form);
    if (!state) return;
    clearTimeout(state.timer);
    state.pressed?.removeAttribute('aria-disabled');
    held.delete(form);
  }
  document.addEventListener('submit', (event) => {
    if (!held.has(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener('submit', (event) => {
    if (!event.defaultPrevented) hold(event.target, event.submitter);
  });
  window.addEventListener('pageshow', (event) => { if (event.persisted) [...held.keys()].forEach(release); });
})();
