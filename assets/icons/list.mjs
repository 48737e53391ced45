// What goes into static/icons/sprite.svg. A name that does not exist stops the build.
export const italiaIcons = [
  'arrow-down', 'arrow-left', 'arrow-right', 'arrow-up', 'burger', 'calendar', 'check', 'check-circle',
  'chevron-left', 'chevron-right', 'clock', 'close', 'close-circle', 'comment', 'copy', 'delete', 'download', 'error',
  'expand', 'external-link', 'file', 'flag', 'help-circle', 'info-circle', 'link', 'list', 'lock', 'logout',
  'mail', 'map-marker', 'minus', 'pa', 'password-invisible', 'password-visible', 'pencil', 'pin', 'plus',
  'plus-circle', 'print', 'refresh', 'search', 'settings', 'share', 'star-outline', 'telephone', 'unlocked',
  'upload', 'user', 'warning-circle',
].map((name) => `it-${name}`);

// our id, Tabler's name
export const doorIcons = [
  ['door-hand', 'hand-stop'],
  ['door-pact', 'message-check'],
  ['door-people', 'users'],
  ['door-house', 'home'],
  ['ui-filter', 'filter'],
  ['ui-bell', 'bell'],
];
