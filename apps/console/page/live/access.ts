const KEY = 'holdfast-console-token';

/** The link that the start prints ends with `#token=…`. A fragment is sent to no server, and leaves the address bar here. */
export function takeTokenOfLink(): void {
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (token === undefined) return;
  localStorage.setItem(KEY, token);
  history.replaceState(null, '', '#/now');
}

export function tokenHeader(): Record<string, string> {
  const token = localStorage.getItem(KEY);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}
