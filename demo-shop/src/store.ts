/** A value of this tab's session; anything unreadable counts as absent. */
export function read<T>(key: string, accept: (value: unknown) => value is T): T | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(key) ?? 'null');
    return accept(value) ? value : null;
  } catch {
    return null;
  }
}

/** Without storage the shop still works; it just forgets at the next page. */
export function write(key: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    return;
  }
}
