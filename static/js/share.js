/* The address of a page, copied or handed to the phone's own way of sharing; nothing of others.
   The buttons are hidden until the browser can do it: the address can be marked by hand, or sent
   by e-mail, without this file. */
(() => {
  'use strict';
  const said = document.getElementById('copiato');
  const copy = document.querySelector('[data-copy]');
  const share = document.querySelector('[data-share]');
  const address = document.getElementById(copy?.dataset.copy);

  if (copy && address && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(address.value);
        said.textContent = copy.dataset.done;
      } catch { address.select(); /* not allowed here: ready to be copied by hand */ }
    });
  }
  if (share && navigator.share) {
    share.hidden = false;
    share.addEventListener('click', () => {
      const { share: url, text } = share.dataset;
      navigator.share({ title: document.title, text, url }).catch(() => { /* closed without sharing */ });
    });
  }
})();
